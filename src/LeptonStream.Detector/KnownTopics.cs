using LeptonStream.Kafka.Topics;

namespace LeptonStream.Detector;

/// <summary>The knowledge of one loop about the topics and their partitions from one session to the next.</summary>
internal sealed class KnownTopics
{
    /// <summary>The metrics topic as it was described last; null until it was.</summary>
    public TopicFacts? Metrics { get; set; }

    /// <summary>Number of times that each partition's state began empty in this loop.</summary>
    public Dictionary<int, int> Beginnings { get; } = [];
}
