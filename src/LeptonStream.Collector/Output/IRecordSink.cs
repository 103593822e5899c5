using Confluent.Kafka;

namespace LeptonStream.Collector.Output;

/// <summary>
/// Takes the records that payloads become: the collector's sends them to Kafka, the edge's writes them to its spool. Any thread may call
/// it.
/// </summary>
internal interface IRecordSink
{
    /// <summary>Reason for which nothing can be taken now; null where it can.</summary>
    string? Trouble { get; }

    /// <summary>Takes records, and answers when they are safe.</summary>
    /// <param name="records">The records; they must not change before the answer is there.</param>
    /// <param name="release">Gives back the memory that they take; called once, when they are safe or will never be.</param>
    Task<SendResult> Send(IReadOnlyList<Message<byte[]?, byte[]?>> records, Action release);
}
