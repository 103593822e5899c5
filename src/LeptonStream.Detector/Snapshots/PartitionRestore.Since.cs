using Confluent.Kafka;
using LeptonStream.Alerts;
using LeptonStream.Kafka;
using LeptonStream.State;

namespace LeptonStream.Detector.Snapshots;

/// <content>What was decided and published since a snapshot.</content>
internal sealed partial class PartitionRestore
{
    /// <summary>The entries of the journal behind a snapshot.</summary>
    /// <param name="records">The records of the state topic from the header's offset on.</param>
    /// <param name="header">The snapshot.</param>
    /// <param name="inputEnd">The end of the input.</param>
    /// <param name="isCut">Whether the input has lost its end: what was decided behind it applies there.</param>
    /// <exception cref="SnapshotCorruptException">One is missing, or can't be applied.</exception>
    internal static List<PlacedEntry> JournalOf(
        IEnumerable<ConsumeResult<byte[]?, byte[]?>> records, SnapshotHeader header, long inputEnd, bool isCut = false)
    {
        var journal = new List<PlacedEntry>();
        foreach (var record in records)
        {
            if (!StateKeys.IsJournal(record.Message.Key) || record.Message.Value is not { } value) continue;
            var entry = JournalEntry.Read(value);
            // A producer has sent again whatever it was not sure of.
            if (entry.Sequence < header.Sequence + journal.Count) continue;
            if (entry.Sequence > header.Sequence + journal.Count)
                throw new SnapshotCorruptException($"entry {header.Sequence + journal.Count} of its journal is missing");
            if (isCut) entry = entry with { Next = Math.Min(entry.Next, inputEnd) };
            if (entry.Fault(inputEnd) is { } fault) throw new SnapshotCorruptException($"an entry of its journal {fault}");
            journal.Add(new(record.Offset.Value, entry));
        }

        return journal;
    }

    private List<PublishedEvent> Published(LogReader log, SnapshotHeader header, bool isCut)
    {
        var alerts = Of(_topics.Alerts);
        var ends = log.Ends(alerts);
        // In a topic that was deleted and created again the offset means nothing, and events from before the snapshot may lie in it.
        var isOther = header.AlertsFrom > ends.High || (_subject.AlertsId is { } id && header.AlertsId is { } other && id != other);
        var from = isOther ? ends.Low : Math.Max(header.AlertsFrom, ends.Low);
        var published = PublishedOf(
            log.Read(alerts, from, ends.High, _abort.Token), header, _subject.Partition.Topic, isOther || header.IsOfReplay is true);
        // Events of records that are lost are not made again.
        return isCut ? published.ConvertAll(made => made with { IsExpected = false }) : published;
    }

    /// <summary>The events of a partition that were published since a snapshot.</summary>
    /// <param name="records">The records of the alerts topic from the header's offset on.</param>
    /// <param name="header">The snapshot.</param>
    /// <param name="topic">The input topic.</param>
    /// <param name="isMixed">Whether events from before the snapshot may be among them.</param>
    internal static List<PublishedEvent> PublishedOf(
        IEnumerable<ConsumeResult<byte[]?, byte[]?>> records, SnapshotHeader header, string topic, bool isMixed)
    {
        var published = new List<PublishedEvent>();
        foreach (var record in records)
        {
            // Anyone may write to a topic: of another's record no replay can say anything.
            if (record.Message.Value is not { } value || !AlertEventJson.TryRead(value, out var made, out _)) continue;
            if (made!.SourceTopic != topic || made.SourcePartition != header.Partition) continue;
            published.Add(new(
                record.Offset.Value, made.Id, Replay.HashOf(value), !isMixed || made.SourceOffset >= header.Next));
        }

        return published;
    }
}
