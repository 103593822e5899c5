using System.Diagnostics.CodeAnalysis;
using System.IO.Hashing;
using LeptonStream.Alerts;

namespace LeptonStream.Detector.Snapshots;

/// <summary>
/// The way from a snapshot's offset to where the owner before may have come: the entries of its journal, and the events that it has
/// published. The same records in the same order make the same events, so those are not published again.
/// </summary>
/// <param name="journal">The entries, in order.</param>
/// <param name="published">The hash of each event's JSON, by the event's id.</param>
/// <param name="end">The input offset that no owner was beyond.</param>
internal sealed class Replay(IEnumerable<JournalEntry> journal, Dictionary<string, ulong> published, long end)
{
    private readonly Queue<JournalEntry> _journal = new(journal);

    /// <summary>Events that were made again with another content.</summary>
    public int Differing { get; private set; }

    /// <summary>Published events that were not made again, so far.</summary>
    public int Missing => published.Count;

    /// <summary>Whether everything was made again that any owner before can have made.</summary>
    public bool IsOver(long position) => position >= end && _journal.Count == 0;

    /// <summary>Takes the next entry that applies before a position's record.</summary>
    public bool TryTake(long position, [NotNullWhen(true)] out JournalEntry? entry) =>
        _journal.TryPeek(out entry) && entry.Next <= position && _journal.TryDequeue(out entry);

    /// <summary>Whether an event was published by an owner before.</summary>
    public bool IsPublished(AlertEvent made)
    {
        if (!published.Remove(made.Id, out var hash)) return false;
        if (HashOf(AlertEventJson.Write(made)) != hash) Differing++;
        return true;
    }

    /// <summary>The hash of an event's JSON.</summary>
    public static ulong HashOf(ReadOnlySpan<byte> json) => XxHash3.HashToUInt64(json);
}
