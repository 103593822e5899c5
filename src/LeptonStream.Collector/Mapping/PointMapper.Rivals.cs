using LeptonStream.Collector.Mapping.Store;

namespace LeptonStream.Collector.Mapping;

/// <content>
/// Series that would become one: the first stays. Where they differ by nothing but labels that say what a thing does now (the process that
/// runs it, the pod on a GPU, its state), the second is the first behind a change: it goes on with its numbers as soon as the first is
/// missed, and nothing ends.
/// </content>
public sealed partial class PointMapper
{
    private SeriesEntry Admit(SeriesEntry entry)
    {
        if (entry.Refused == DropReason.None && RivalOf(entry) is { } rival)
        {
            entry.Refused = DropReason.Collision;
            Name(entry, rival);
            _store.AddRefused(entry, _now);
            return entry;
        }

        _store.Add(entry, _now);
        return entry;
    }

    // The series that it collided with may be gone by now: a pod that another replaced.
    private void Reconsider(SeriesEntry entry)
    {
        if (RivalOf(entry) is { } rival)
        {
            Name(entry, rival);
            return;
        }

        Accept(entry);
    }

    // An exporter that renames a family shows it under both names for some versions.
    private static void Name(SeriesEntry entry, SeriesEntry rival)
    {
        entry.Rival = rival.Text;
        entry.IsOtherName = entry.IsRenamed && rival.IsRenamed && !NameOf(entry).SequenceEqual(NameOf(rival));
    }

    private static ReadOnlySpan<char> NameOf(SeriesEntry entry) =>
        entry.Text.IndexOf('{') is var brace and > 0 ? entry.Text.AsSpan(0, brace) : entry.Text;

    private static DropReason ReasonOf(SeriesEntry entry) =>
        entry is { Refused: DropReason.Collision, IsOtherName: true } ? DropReason.OtherName : entry.Refused;

    private void Accept(SeriesEntry entry)
    {
        (entry.Refused, entry.Rival, entry.IsOtherName) = (DropReason.None, null, false);
        _store.OwnAll(entry);
    }

    private SeriesEntry? RivalOf(SeriesEntry entry)
    {
        while (_store.RivalOf(entry, _now) is { } rival)
        {
            if (!IsChanged(rival, entry))
            {
                entry.RefusedAt = _now;
                return rival;
            }

            entry.Continue(rival);
            _store.Remove(rival);
        }

        return null;
    }

    // Two that live side by side come in turns: the first is missed where the second came twice without it.
    private bool IsChanged(SeriesEntry before, SeriesEntry after) => IsOneThing(before, after)
        && after.RefusedAt > 0 && after.RefusedAt < _now && before.LastSeen < after.RefusedAt;

    private static bool IsOneThing(SeriesEntry before, SeriesEntry after) => before.Thing == after.Thing && before.Thing != 0;

    // A page is read as a whole: whatever is missing on it is gone.
    private bool IsTakenOver(SeriesEntry gone, Dictionary<UInt128, SeriesEntry>? heirs)
    {
        if (heirs is null || !heirs.TryGetValue(gone.Thing, out var heir) || heir.Refused != DropReason.Collision) return false;
        heir.Continue(gone);
        _store.Remove(gone);
        if (_store.RivalOf(heir, _now) is null) Accept(heir);
        return true;
    }

    private Dictionary<UInt128, SeriesEntry>? HeirsOn(PageSeries page, long seenSince)
    {
        Dictionary<UInt128, SeriesEntry>? heirs = null;
        foreach (var entry in page.Of(this))
            if (entry is { Refused: DropReason.Collision, IsRemoved: false } && entry.Thing != 0 && entry.LastSeen >= seenSince)
                (heirs ??= [])[entry.Thing] = entry;
        return heirs;
    }
}
