namespace LeptonStream.Kafka.Topics;

/// <summary>The findings about one topic.</summary>
/// <param name="Name">The topic.</param>
/// <param name="Purpose">Its purpose in a few words.</param>
/// <param name="Partitions">Number of its partitions; null where there is no such topic.</param>
/// <param name="SettingsKnown">Whether the broker gave the topic's settings; else only its partitions are checked.</param>
/// <param name="Problems">Its problems in plain words, one sentence each; empty where it is sound.</param>
public sealed record TopicReport(string Name, string Purpose, int? Partitions, bool SettingsKnown, IReadOnlyList<string> Problems)
{
    public bool IsSound => Problems.Count == 0;
}
