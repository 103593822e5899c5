using System.IO.Hashing;
using Confluent.Kafka;
using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Detector.Policies;
using LeptonStream.Detector.Snapshots;
using LeptonStream.Feedback;
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
    private readonly SnapshotHeader? _newest;
    private PoliciesInForce _policies;
    private List<ulong>? _stateThere;

    private ReferenceDetector(string topic, int partition, Guid topicId, string? policies, SnapshotHeader? newest)
    {
        Partition = partition;
        _newest = newest;
        _policies = Policies(policies);
        _pipeline = new(topic, partition, DetectionPolicy.Default, _policies.Set, topicId);
    }

    /// <summary>The events, in their order.</summary>
    public List<AlertEvent> Events { get; } = [];

    /// <summary>The offsets of the records that it refuses.</summary>
    public List<long> Refused { get; } = [];

    /// <summary>Its number.</summary>
    public int Partition { get; }

    /// <summary>How many decisions of clocks and operators were in its journal.</summary>
    public int Decisions { get; private set; }

    /// <summary>Judges all partitions of a rig.</summary>
    /// <param name="rig">The topics.</param>
    /// <param name="policies">The policy file's text at the start; null for the built-in policies.</param>
    public static List<ReferenceDetector> Run(DetectorOnKafka rig, string? policies = null)
    {
        var topicId = rig.TopicId(rig.Topics.Metrics);
        var states = rig.Probe.Read(rig.Topics.State).ToLookup(record => record.Partition.Value);
        return
        [
            .. rig.Probe.Read(rig.Topics.Metrics).GroupBy(record => record.Partition.Value).Select(records =>
            {
                var reference = new ReferenceDetector(rig.Topics.Metrics, records.Key, topicId, policies, Newest(states[records.Key]));
                reference.Judge(records, Journal(states[records.Key]));
                return reference;
            }),
        ];
    }

    /// <summary>The newest snapshot in the state topic is, to the bit, the state that the reference had there.</summary>
    public void AssertNewestSnapshot()
    {
        Assert.That(_stateThere, Is.Not.Null,
            $"partition {Partition}: offset {_newest?.Next} and decision {_newest?.Sequence} of the newest snapshot are in the log");
        Assert.That(_newest!.Chunks.Select(chunk => chunk.Hash), Is.EqualTo(_stateThere), $"partition {Partition}: the state");
    }

    private void Judge(IEnumerable<ConsumeResult<byte[]?, byte[]?>> records, Queue<JournalEntry> journal)
    {
        long next = 0;
        Look(next);
        foreach (var record in records)
        {
            Decide(journal, record.Offset.Value);
            var outcome = _pipeline.Process(record.Message.Value, record.Offset.Value,
                Timestamp.FromUnixMilliseconds(record.Message.Timestamp.UnixTimestampMs), Events);
            if (!outcome.IsAccepted) Refused.Add(record.Offset.Value);
            Look(next = record.Offset.Value + 1);
        }

        Decide(journal, next);
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
            if (entry.Policies is { } policies) _pipeline.Adopt((_policies = Policies(policies.Yaml).With(_policies.Verdicts)).Set);
            if (entry.Verdict is { } heard)
            {
                _policies = _policies.After(FeedbackEvent.Read(heard.Feedback)!, out var change);
                _pipeline.Adopt(change!, _policies.Set, heard.IsNews, Events);
            }

            Look(entry.Next);
        }
    }

    // Keeps what a snapshot of now would hold, where the newest is of now.
    private void Look(long next)
    {
        if (_newest is null || _newest.Next != next || _newest.Sequence != Decisions) return;
        var chunks = new ChunkWriter();
        _pipeline.Save(chunks);
        chunks.End();
        _stateThere = [];
        while (chunks.TryTake(out var chunk)) _stateThere.Add(XxHash3.HashToUInt64(chunk));
    }

    private static SnapshotHeader? Newest(IEnumerable<ConsumeResult<byte[]?, byte[]?>> state) => state
        .Where(record => StateKeys.IsHeader(record.Message.Key)).Select(record => SnapshotHeader.Read(record.Message.Value))
        .MaxBy(header => header.Number);

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
