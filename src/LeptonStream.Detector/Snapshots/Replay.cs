using System.Diagnostics.CodeAnalysis;
using System.IO.Hashing;
using LeptonStream.Alerts;

namespace LeptonStream.Detector.Snapshots;

/// <summary>
/// The way from a snapshot's offset to where the owner before has left a trace: the entries of its journal, and the events that it has
/// published. The same records in the same order make the same events, so those are not published again.
/// </summary>
/// <param name="journal">The entries, in order.</param>
/// <param name="published">The events; of two with the same id the last counts.</param>
/// <param name="committed">The group's offset: what is before it was judged.</param>
/// <param name="end">The input offset that no owner was beyond.</param>
internal sealed class Replay(IEnumerable<PlacedEntry> journal, IEnumerable<PublishedEvent> published, long committed, long end)
{
    private readonly Queue<PlacedEntry> _journal = new(journal);
    private readonly Dictionary<string, PublishedEvent> _published = published.GroupBy(made => made.Id).ToDictionary(
        same => same.Key, same => same.Last());

    /// <summary>Events that were made again with another content.</summary>
    public int Differing { get; private set; }

    /// <summary>Published events that were not made again, so far.</summary>
    public int Missing => _published.Values.Count(made => made.IsExpected);

    /// <summary>
    /// Whether everything was made again that any owner before can have made. One that came beyond the committed offset has published
    /// nothing there but what is known, so when all of that was made again, what follows is open.
    /// </summary>
    public bool IsOver(long position) =>
        _journal.Count == 0 && (position >= end || (position >= committed && _published.Count == 0));

    /// <summary>Takes the next entry that applies before a position's record.</summary>
    public bool TryTake(long position, [NotNullWhen(true)] out JournalEntry? entry)
    {
        entry = _journal.TryPeek(out var next) && next.Entry.Next <= position ? _journal.Dequeue().Entry : null;
        return entry is not null;
    }

    /// <summary>
    /// The header of a snapshot of now: what is left of the replay lies from its offsets on, and whoever restores it has the same to do.
    /// </summary>
    /// <param name="header">The header as it would be after the replay.</param>
    public SnapshotHeader LeftIn(SnapshotHeader header)
    {
        if (_journal.TryPeek(out var entry)) header = header with { JournalFrom = entry.Offset, Sequence = entry.Entry.Sequence };
        // Events that this owner has published since may lie behind those that are left.
        return _published.Count == 0
            ? header
            : header with { AlertsFrom = _published.Values.Min(made => made.Offset), IsOfReplay = true };
    }

    /// <summary>Whether an event was published by an owner before.</summary>
    public bool IsPublished(AlertEvent made)
    {
        if (!_published.Remove(made.Id, out var before)) return false;
        if (HashOf(AlertEventJson.Write(made)) != before.Hash) Differing++;
        return true;
    }

    /// <summary>The hash of an event's JSON.</summary>
    public static ulong HashOf(ReadOnlySpan<byte> json) => XxHash3.HashToUInt64(json);
}

/// <summary>An entry of the journal.</summary>
/// <param name="Offset">Its record's offset in the state topic.</param>
/// <param name="Entry">The entry.</param>
internal readonly record struct PlacedEntry(long Offset, JournalEntry Entry);

/// <summary>An event that an owner before has published.</summary>
/// <param name="Offset">Its record's offset in the alerts topic.</param>
/// <param name="Id">The event's id.</param>
/// <param name="Hash">The hash of its JSON.</param>
/// <param name="IsExpected">Whether the replay must make it again; false where it may be from before the snapshot.</param>
internal readonly record struct PublishedEvent(long Offset, string Id, ulong Hash, bool IsExpected);
