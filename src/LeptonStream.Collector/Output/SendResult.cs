using Confluent.Kafka;
using LeptonStream.Kafka;

namespace LeptonStream.Collector.Output;

/// <summary>The broker's answer to a batch of records.</summary>
/// <param name="Acknowledged">Records that every replica in sync has.</param>
/// <param name="Refused">Records that the broker will never take; they are dead letters.</param>
/// <param name="Failure">The failure of the others, which may be sent again later; null where all are answered.</param>
internal sealed record SendResult(int Acknowledged, int Refused, Error? Failure)
{
    /// <summary>The answer to no records.</summary>
    public static readonly SendResult Nothing = new(0, 0, null);

    /// <summary>The records that are to be sent again; empty where the sender may forget the batch.</summary>
    public IReadOnlyList<Message<byte[]?, byte[]?>> Unsent { get; init; } = [];

    /// <summary>The broker's time at its last acknowledgement; null where it is not known.</summary>
    public DateTimeOffset? BrokerTime { get; init; }

    /// <summary>Whether the sender may forget all of the batch.</summary>
    public bool IsDone => Failure is null;

    /// <summary>The failure in words for people; null where there is none.</summary>
    public string? Reason => Failure?.Code == ErrorCode.Local_QueueFull ? "too much waits for the broker" : Failure?.Words();
}
