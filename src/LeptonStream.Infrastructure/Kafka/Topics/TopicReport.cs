namespace LeptonStream.Kafka.Topics;

/// <summary>The findings about one topic.</summary>
/// <param name="Name">The topic.</param>
/// <param name="Purpose">What it is for.</param>
/// <param name="Partitions">How many partitions it has; null where there is no such topic.</param>
/// <param name="SettingsKnown">Whether the broker gave the topic's settings; else only its partitions are checked.</param>
/// <param name="Problems">What is wrong with it, in plain words; empty where all is well.</param>
public sealed record TopicReport(string Name, string Purpose, int? Partitions, bool SettingsKnown, IReadOnlyList<string> Problems)
{
    public bool IsSound => Problems.Count == 0;
}
