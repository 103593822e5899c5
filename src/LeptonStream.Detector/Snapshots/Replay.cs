using System.Diagnostics.CodeAnalysis;
using System.IO.Hashing;
using LeptonStream.Alerts;

namespace LeptonStream.Detector.Snapshots;

/// <summary>
/// The way from a snapshot's offset to where the owner before may have come: the entries of its journal, and the events that it has
/// published. The same records in the same order make the same events, so those are not published again.
/// </summary>
/// <param name="journal">The entries, in order.</param>
/// <param name="published">The events; of two with the same id the last counts.</param>
/// <param name="end">The input offset that no owner was beyond.</param>
internal sealed class Replay(IEnumerable<JournalEntry> journal, IEnumerable<PublishedEvent> published, long end)
{
    private readonly Queue<JournalEntry> _journal = new(journal);
    private readonly Dictionary<string, PublishedEvent> _published = published.GroupBy(made => made.Id).ToDictionary(
        same => same.Key, same => same.Last());

    /// <summary>Events that were made again with another content.</summary>
    public int Differing { get; private set; }

    /// <summary>Published events that were not made again, so far.</summary>
    public int Missing => _published.Values.Count(made => made.IsExpected);

    /// <summary>Whether everything was made again that any owner before can have made.</summary>
    public bool IsOver(long position) => position >= end && _journal.Count == 0;

    /// <summary>Takes the next entry that applies before a position's record.</summary>
    public bool TryTake(long position, [NotNullWhen(true)] out JournalEntry? entry) =>
        _journal.TryPeek(out entry) && entry.Next <= position && _journal.TryDequeue(out entry);

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

/// <summary>An event that an owner before has published.</summary>
/// <param name="Id">The event's id.</param>
/// <param name="Hash">The hash of its JSON.</param>
/// <param name="IsExpected">Whether the replay must make it again; false where it may be from before the snapshot.</param>
internal readonly record struct PublishedEvent(string Id, ulong Hash, bool IsExpected);
