using LeptonStream.Collector.Mapping.Store;
using LeptonStream.Collector.Points;
using LeptonStream.Series;

namespace LeptonStream.Collector.Mapping;

/// <content>Series that end: by a stale marker, or because their page, or a page with them, is no longer there.</content>
public sealed partial class PointMapper
{
    /// <summary>
    /// Ends the series of a page that were not on it when it was mapped last, as Prometheus does: they left the page, the page can't be
    /// had, or nobody reads it any more.
    /// </summary>
    /// <param name="page">The page.</param>
    /// <param name="seenSince">
    /// When it was mapped last, in nanoseconds since 1970: a series that was not seen since then is missing. With
    /// <see cref="long.MaxValue"/> all are.
    /// </param>
    /// <param name="time">When they ended.</param>
    /// <param name="isRead">
    /// Whether it could be read: then they are gone. Otherwise they may be there the next time, and their totals go on.
    /// </param>
    /// <param name="into">Takes the ends.</param>
    public void EndMissing(PageSeries page, long seenSince, long time, bool isRead, MappedBatch into)
    {
        ArgumentNullException.ThrowIfNull(page);
        ArgumentNullException.ThrowIfNull(into);
        var heirs = isRead ? HeirsOn(page, seenSince) : null;
        // A series that another page has, too, is that of the page which had it last.
        page.Of(this).RemoveWhere(entry => entry.IsRemoved || !ReferenceEquals(entry.Page, page) || IsOver(entry));

        bool IsOver(SeriesEntry entry)
        {
            if (entry.LastSeen >= seenSince) return false;
            if (IsTakenOver(entry, heirs)) return true;
            SayEnd(entry, time, into);
            if (isRead) _store.Remove(entry);
            return isRead;
        }
    }

    // Prometheus' marker says no kind: a histogram ends with a number, or with an exponential histogram whose sum is the marker.
    private static readonly (PointKind Kind, Temporality Temporality)[] Kinds =
    [
        (PointKind.Histogram, Temporality.Cumulative), (PointKind.ExponentialHistogram, Temporality.Cumulative),
        (PointKind.Cumulative, Temporality.Cumulative), (PointKind.Gauge, Temporality.Unspecified),
        (PointKind.Untyped, Temporality.Unspecified),
    ];

    private SeriesEntry? FindOfOtherKind(PointBatch points, in Point point, ReadOnlySpan<byte> name, in SourceContext source)
    {
        foreach (var (kind, temporality) in Kinds)
        {
            var other = point with { Kind = kind, Temporality = temporality };
            if (_store.Find(_identity.Of(points, other, name, source.Labels.Hash, default), _now) is { } entry) return entry;
        }

        return null;
    }

    private void PutOn(PageSeries page, SeriesEntry entry)
    {
        entry.Page = page;
        page.Of(this).Add(entry);
    }

    private void End(SeriesEntry entry, long time, MappedBatch into)
    {
        SayEnd(entry, time, into);
        _store.Remove(entry);
    }

    private static void SayEnd(SeriesEntry entry, long time, MappedBatch into)
    {
        if (entry.IsEnded) return;
        entry.IsEnded = true;
        Drop(into, DropReason.Ended, entry);
        if (entry.Refused != DropReason.None || entry.Role == SeriesRole.Passed) return;
        foreach (var output in entry.Owned) End(output, time, into);
        foreach (var (_, series) in entry.Quantiles ?? []) End(series, time, into);
        End(entry.Lone.Sum, time, into);
        End(entry.Lone.Count, time, into);
    }

    private static void End(MappedSeries? series, long time, MappedBatch into)
    {
        if (series is not null) into.End(series, time);
    }
}
