using System.IO.Hashing;
using System.Text;
using Confluent.Kafka;
using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Detection.Snapshots;
using LeptonStream.Detector;
using LeptonStream.Detector.Policies;
using LeptonStream.Detector.Snapshots;
using LeptonStream.Kafka;
using Timestamp = LeptonStream.Samples.Timestamp;

namespace LeptonStream.Roles.Tests.Detector;

/// <summary>
/// A partition without a broker: its records, its alerts and its state topic, and one owner after the other, which does what a session does
/// in the same order. An owner is killed by taking the partition over once more.
/// </summary>
internal sealed class OwnedPartition(
    IReadOnlyList<Message<byte[]?, byte[]?>> input, int partition = 1, DetectionPolicy? detection = null)
{
    private const string Topic = "lepton.metrics";

    private readonly DetectionPolicy _detection = detection ?? DetectionPolicy.Default;
    private readonly List<ConsumeResult<byte[]?, byte[]?>> _state = [];
    private readonly List<ConsumeResult<byte[]?, byte[]?>> _alerts = [];
    private readonly List<byte[]> _made = [];
    private long _committed;

    /// <summary>How many records there are by now.</summary>
    public int End { get; set; } = input.Count;

    /// <summary>How many partitions the topic has by now.</summary>
    public int Partitions { get; set; } = 6;

    /// <summary>The owner; null before the first.</summary>
    public PartitionTask Owner { get; private set; } = null!;

    /// <summary>What the last replays found otherwise.</summary>
    public int Differences { get; private set; }

    public IEnumerable<string> Alerts => _alerts.Select(record => Encoding.UTF8.GetString(record.Message.Value!));

    public IEnumerable<JournalEntry> Journal =>
        _state.Where(record => StateKeys.IsJournal(record.Message.Key)).Select(record => JournalEntry.Read(record.Message.Value));

    public IEnumerable<SnapshotHeader> Snapshots =>
        _state.Where(record => StateKeys.IsHeader(record.Message.Key)).Select(record => SnapshotHeader.Read(record.Message.Value));

    /// <summary>Whether records wait to be judged.</summary>
    public bool HasMore => Owner.Next < End;

    /// <summary>Another owner, which knows the topics only.</summary>
    public void TakeOver()
    {
        Owner = new(new(Topic, partition), _detection, PoliciesInForce.Default, [], null);
        if (Snapshots.MaxBy(header => header.Number) is { } header)
        {
            Owner.Begin(new(Restore(header), null, [], true, header.Next, header.Number), _committed);
            return;
        }

        Owner.Begin(new(null, null, [], true, 0), null);
        Owner.OnPartitions(Partitions, []);
        Save();
    }

    /// <summary>Judges some records, ends the replay if it is over, and publishes what follows.</summary>
    /// <param name="records">Number of records, at most.</param>
    /// <param name="kept">Number of events that are published before it dies; null for all, and it lives.</param>
    public void Judge(int records, int? kept = null)
    {
        var events = new List<AlertEvent>();
        for (; records > 0 && HasMore; records--)
        {
            var offset = Owner.Next!.Value;
            var record = new ConsumeResult<byte[]?, byte[]?>
            {
                TopicPartitionOffset = new(Topic, partition, offset),
                Message = input[(int)offset],
            };
            Owner.Process(new(record), events, out var defect);
            Assert.That(defect, Is.Null);
        }

        if (!HasMore) Owner.MarkEnd(End);
        if (Owner.EndReplay(HasMore, events) is { } replay) Differences += replay.Missing + replay.Differing;
        if (!Owner.IsReplaying) Note(Owner.OnPartitions(Partitions, events));
        Publish(events.Take(kept ?? events.Count));
        if (kept is null) Owner.MarkPublished();
    }

    /// <summary>Tells the group.</summary>
    public void Commit()
    {
        if (Owner.ToCommit is not { } offset) return;
        _committed = offset.Offset.Value;
        Owner.MarkCommitted(_committed);
    }

    /// <summary>Moves the clock on at the log's end.</summary>
    /// <param name="isPublished">Whether the events are, or it dies behind the journal's entry.</param>
    public void Tick(TimeSpan passed, bool isPublished = true)
    {
        if (Owner.IsReplaying || HasMore) return;
        var events = new List<AlertEvent>();
        Note(Owner.Tick(passed, events));
        if (isPublished) Publish(events);
    }

    public void Adopt(string yaml)
    {
        if (Owner.IsReplaying) return;
        Note(Owner.Adopt(PoliciesInForce.Of(yaml)!));
    }

    /// <summary>Writes a snapshot, and chunks of one without a header where it dies in the middle.</summary>
    public void Save(bool isWhole = true)
    {
        var number = Owner.Book.NextNumber;
        var chunks = new ChunkWriter();
        var header = Owner.BeginSave(
            new()
            {
                Number = number,
                Instance = "test",
                Partition = partition,
                Next = Owner.Next!.Value,
                AlertsFrom = _alerts.Count,
                JournalFrom = _state.Count,
                Sequence = Owner.Book.Sequence,
                Layout = StateLayout.FingerprintOf(_detection),
                Policies = Owner.Policies.Yaml,
                Fingerprint = Owner.Policies.Set.Fingerprint,
                Chunks = [],
            },
            chunks,
            out var cut);
        cut.Finish();
        chunks.End();
        var facts = new List<SnapshotChunk>();
        while (chunks.TryTake(out var chunk))
        {
            facts.Add(new(_state.Count, chunk.Length, XxHash3.HashToUInt64(chunk)));
            Add(_state, StateKeys.Chunk(number, facts.Count), chunk);
        }

        if (!isWhole) return;
        Add(_state, StateKeys.Header(number), (header with { Chunks = facts }).Write());
        Owner.Book.MarkWritten(number, header.Next, header.Sequence);
    }

    /// <summary>What one owner makes of the records and of the journal's decisions.</summary>
    public List<string> Expected()
    {
        var pipeline = new PartitionPipeline(Topic, partition, _detection);
        var policies = PoliciesInForce.Default;
        var journal = new Queue<JournalEntry>(Journal.DistinctBy(entry => entry.Sequence));
        var events = new List<AlertEvent>();
        for (var offset = 0; offset < End; offset++)
        {
            Decide(offset);
            pipeline.Process(input[offset].Value, offset, LogTime(offset), events);
        }

        Decide(End);
        return [.. events.Select(made => Encoding.UTF8.GetString(AlertEventJson.Write(made)))];

        void Decide(long position)
        {
            while (journal.TryPeek(out var entry) && entry.Next <= position)
            {
                journal.Dequeue();
                if (entry.Silence is { } silence) pipeline.Tick(new(silence), events);
                if (entry.Policies is { } text) pipeline.Adopt((policies = PoliciesInForce.Of(text.Yaml)!).Set);
                if (entry.PartitionsAdded is not true) continue;
                pipeline.OnPartitionsAdded();
                if (partition == 0)
                    pipeline.Tell(new(Detection.Gaps.StateGapCause.PartitionsAdded, entry.Next, entry.Next,
                        entry.Next == 0 ? default : LogTime(entry.Next - 1), $"{Topic} has more partitions now"), [], events);
            }
        }
    }

    private Timestamp LogTime(long offset) => Timestamp.FromUnixMilliseconds(input[(int)offset].Timestamp.UnixTimestampMs);

    private RestoredPartition Restore(SnapshotHeader header)
    {
        var policies = PoliciesInForce.Of(header.Policies)!;
        var pipeline = new PartitionPipeline(Topic, partition, _detection, policies.Set);
        var loader = pipeline.Load();
        var chunks = new ChunkReader(loader);
        foreach (var chunk in header.Chunks) chunks.Take(_state[(int)chunk.Offset].Message.Value);
        chunks.End();
        Assert.That(loader.IsComplete);
        var journal = PartitionRestore.JournalOf(_state.Skip((int)header.JournalFrom), header, End);
        var published = PartitionRestore.PublishedOf(_alerts.Skip((int)header.AlertsFrom), header, Topic, header.IsOfReplay is true);
        return new(header, pipeline, policies, new(journal, published, _committed, End),
            journal.Count > 0 ? journal[^1].Entry.Sequence + 1 : header.Sequence, null);
    }

    // Before the events that follow.
    private void Note(JournalEntry? entry)
    {
        if (entry is not null) Add(_state, entry.Key, entry.Write());
    }

    private void Publish(IEnumerable<AlertEvent> events)
    {
        foreach (var made in events) Add(_alerts, made.Id, AlertEventJson.Write(made));
    }

    private static void Add(List<ConsumeResult<byte[]?, byte[]?>> topic, string key, byte[] value) => topic.Add(new()
    {
        TopicPartitionOffset = new("", 0, topic.Count),
        Message = new() { Key = StateKeys.Bytes(key), Value = value },
    });
}
