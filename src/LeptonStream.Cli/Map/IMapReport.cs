namespace LeptonStream.Cli.Map;

/// <summary>Shows what payloads became.</summary>
internal interface IMapReport
{
    void Add(MappedPayload payload);

    /// <summary>Says what all of them became.</summary>
    /// <param name="tally">All of them.</param>
    /// <param name="topic">The topic that they are from; null of files.</param>
    void End(MapTally tally, MappedTopic? topic);
}

/// <summary>A topic whose records were mapped.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Records">Its records.</param>
/// <param name="IsSource">Whether the collector reads it, by collector.yaml.</param>
internal sealed record MappedTopic(string Name, TopicRecords Records, bool IsSource);
