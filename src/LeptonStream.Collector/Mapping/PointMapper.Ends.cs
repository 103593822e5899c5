using LeptonStream.Collector.Mapping.Store;
using LeptonStream.Collector.Points;

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
        var entries = page.Of(this);
        var kept = 0;
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            if (entry.IsRemoved) continue;
            if (entry.LastSeen < seenSince)
            {
                SayEnd(entry, time, into);
                if (isRead)
                {
                    _store.Remove(entry);
                    continue;
                }
            }

            entries[kept++] = entry;
        }

        entries.RemoveRange(kept, entries.Count - kept);
    }

    // A level that turned out to be a total: its numbers mean something else from here on, under the name of a rate.
    private DropReason BecomeTotal(SeriesEntry entry, double value, long time, MappedBatch into)
    {
        entry.MayBeTotal = false;
        if (entry.Outputs[0] is not { } level) return DropReason.Relabeled;
        var rate = SeriesResolver.RateOf(level);
        if (!SeriesLabels.IsName(rate.Metric)) return DropReason.BadName;
        End(level, time, into);
        entry.Role = SeriesRole.Total;
        _store.Replace(entry, rate);
        entry.Total.Rebase(value, time, 0, DropReason.Reset);
        return DropReason.TakenAsTotal;
    }

    private void PutOn(PageSeries page, SeriesEntry entry)
    {
        entry.Page = page;
        page.Of(this).Add(entry);
    }

    private void End(SeriesEntry? entry, long time, MappedBatch into)
    {
        if (entry is null)
        {
            into.Drop(DropReason.Ended);
            return;
        }

        SayEnd(entry, time, into);
        _store.Remove(entry);
    }

    private static void SayEnd(SeriesEntry entry, long time, MappedBatch into)
    {
        if (entry.IsEnded) return;
        entry.IsEnded = true;
        Drop(into, DropReason.Ended, entry);
        if (entry.Refused != DropReason.None || entry.Role == SeriesRole.Passed) return;
        foreach (var output in entry.Outputs) End(output, time, into);
        foreach (var (_, series) in entry.Quantiles ?? []) End(series, time, into);
        End(entry.Lone.Sum, time, into);
        End(entry.Lone.Count, time, into);
    }

    private static void End(MappedSeries? series, long time, MappedBatch into)
    {
        if (series is not null) into.End(series, time);
    }

    // A distribution of a native message: whether it is sound was asked when it was read.
    private DropReason Pass(SeriesEntry entry, PointBatch points, in Point point, long time, MappedBatch into)
    {
        if (IsNotNewer(entry, time, out var reason)) return reason;
        entry.LastTime = time;
        if (entry.Outputs[0] is { } output && point.HasDistribution)
            into.Add(new MappedDistribution(output, time, _identity.Step, points.BytesOf(points.DistributionOf(point).Json).ToArray()));
        return DropReason.None;
    }
}
