using System.IO.Hashing;
using Confluent.Kafka;
using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Detector.Policies;
using LeptonStream.Detector.Snapshots;
using LeptonStream.Testing;
using Timestamp = LeptonStream.Samples.Timestamp;

namespace LeptonStream.Integration.Tests.Detector;

/// <summary>
/// What one detector on one thread, without any fault, makes of a partition as it is now: its records, and the decisions of its journal at
/// their offsets.
/// </summary>
internal sealed class ReferenceDetector
{
    private readonly PartitionPipeline _pipeline;
    private readonly int _partition;

    private ReferenceDetector(string topic, int partition, Guid topicId, string? policies)
    {
        _partition = partition;
        _pipeline = new(topic, partition, DetectionPolicy.Default, Policies(policies).Set, topicId);
    }

    /// <summary>The events, in their order.</summary>
    public List<AlertEvent> Events { get; } = [];

    /// <summary>The offsets of the records that it refuses.</summary>
    public List<long> Refused { get; } = [];

    /// <summary>Its number.</summary>
    public int Partition => _partition;

    /// <summary>How many decisions of clocks and operators were in its journal.</summary>
    public int Decisions { get; private set; }

    /// <summary>The offset behind its last record.</summary>
    public long Next { get; private set; }

    /// <summary>Judges all partitions of a rig.</summary>
    /// <param name="rig">The topics.</param>
    /// <param name="policies">The policy file's text at the start; null for the built-in policies.</param>
    public static List<ReferenceDetector> Run(DetectorOnKafka rig, string? policies = null)
    {
        var topicId = rig.TopicId(rig.Topics.Metrics);
        var journals = rig.Probe.Read(rig.Topics.State).ToLookup(record => record.Partition.Value);
        return
        [
            .. rig.Probe.Read(rig.Topics.Metrics).GroupBy(record => record.Partition.Value).Select(records =>
            {
                var reference = new ReferenceDetector(rig.Topics.Metrics, records.Key, topicId, policies);
                reference.Judge(records, Journal(journals[records.Key]));
                return reference;
            }),
        ];
    }

    /// <summary>The newest snapshot in the state topic is of the end of the input, and is to the bit the reference's own state.</summary>
    public void AssertNewestSnapshot(DetectorOnKafka rig)
    {
        var newest = rig.Probe.Read(rig.Topics.State)
            .Where(record => record.Partition.Value == _partition && StateKeys.IsHeader(record.Message.Key))
            .Select(record => SnapshotHeader.Read(record.Message.Value)).MaxBy(header => header.Number)!;
        var chunks = new ChunkWriter();
        _pipeline.Save(chunks);
        Assert.That(newest.Next, Is.EqualTo(Next), $"partition {_partition}: the last snapshot is of the end");
        Assert.That(newest.Chunks.Select(chunk => chunk.Hash), Is.EqualTo(chunks.End().Select(chunk => XxHash3.HashToUInt64(chunk))),
            $"partition {_partition}: the state");
    }

    private void Judge(IEnumerable<ConsumeResult<byte[]?, byte[]?>> records, Queue<JournalEntry> journal)
    {
        foreach (var record in records)
        {
            Decide(journal, record.Offset.Value);
            var outcome = _pipeline.Process(record.Message.Value, record.Offset.Value,
                Timestamp.FromUnixMilliseconds(record.Message.Timestamp.UnixTimestampMs), Events);
            if (!outcome.IsAccepted) Refused.Add(record.Offset.Value);
            Next = record.Offset.Value + 1;
        }

        Decide(journal, Next);
        Assert.That(journal, Is.Empty, "entries behind the end of the input");
    }

    private void Decide(Queue<JournalEntry> journal, long position)
    {
        while (journal.TryPeek(out var entry) && entry.Next <= position)
        {
            journal.Dequeue();
            Decisions++;
            if (entry.Silence is { } silence) _pipeline.Tick(new(silence), Events);
            if (entry.PartitionsAdded is true) _pipeline.OnPartitionsAdded();
            if (entry.Policies is { } policies) _pipeline.Adopt(Policies(policies.Yaml).Set);
        }
    }

    private static PoliciesInForce Policies(string? yaml) => PoliciesInForce.Of(yaml) ?? throw new AssertionException("unknown policies");

    // The first of a number holds: a producer that was not sure of an entry has sent it again.
    private static Queue<JournalEntry> Journal(IEnumerable<ConsumeResult<byte[]?, byte[]?>> state)
    {
        var entries = new Queue<JournalEntry>();
        foreach (var record in state.Where(record => StateKeys.IsJournal(record.Message.Key)))
        {
            var entry = JournalEntry.Read(record.Message.Value);
            if (entry.Sequence < entries.Count) continue;
            Assert.That(entry.Sequence, Is.EqualTo(entries.Count), "the journal has no gap");
            entries.Enqueue(entry);
        }

        return entries;
    }
}

/// <summary>By what two events are the same: id, score to the bit, and the hash of their JSON.</summary>
internal readonly record struct EventPrint(string Id, long Score, ulong Content)
{
    public static EventPrint Of(AlertEvent made) => Of(AlertEventJson.Write(made));

    public static EventPrint Of(byte[] json) => AlertEventJson.TryRead(json, out var made, out var error)
        ? new(made!.Id, BitConverter.DoubleToInt64Bits(made.Score), XxHash3.HashToUInt64(json))
        : throw new AssertionException(error ?? "no event");
}
