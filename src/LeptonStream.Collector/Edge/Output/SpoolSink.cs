using Confluent.Kafka;
using LeptonStream.Collector.Output;

namespace LeptonStream.Collector.Edge.Output;

/// <summary>
/// Writes records to the spool: a sender is answered when they are written, whatever becomes of Kafka. It is never in trouble, so that
/// pages are read and the host is judged even where the disk is full.
/// </summary>
internal sealed class SpoolSink(EdgeFolder folder, TimeProvider time) : IRecordSink
{
    public string? Trouble => null;

    public Task<SendResult> Send(IReadOnlyList<Message<byte[]?, byte[]?>> records, Action release)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var record in records) folder.Samples.Append(now, record.Key, record.Value);
        release();
        // Kafka has acknowledged none of them yet: the forwarder counts them when it has.
        return Task.FromResult(SendResult.Nothing);
    }
}
