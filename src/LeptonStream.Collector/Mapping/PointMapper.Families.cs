using System.Globalization;
using LeptonStream.Collector.Mapping.Rates;
using LeptonStream.Collector.Mapping.Store;
using LeptonStream.Collector.Points;

namespace LeptonStream.Collector.Mapping;

/// <content>
/// Histograms and summaries whose buckets, sum and count come as points of their own, as from Prometheus' remote write. A payload may hold
/// a part of one only: it is complete when it has what the family had the last time.
/// </content>
public sealed partial class PointMapper
{
    private readonly List<SeriesEntry> _families = [];

    private static Part PartOf(PointBatch points, in Point point, out ReadOnlySpan<byte> name)
    {
        name = points.BytesOf(point.Name);
        // Remote write often says no types: then a sum and a count may belong to a histogram whose buckets alone are known by their look.
        if ((point.Flags & PointFlags.Part) == 0 && (point.Kind != PointKind.Untyped || !point.Model.IsEmpty)) return Part.None;
        var (part, ending) = name.EndsWith("_bucket"u8) ? (Part.Bucket, 7) : name.EndsWith("_sum"u8) ? (Part.Sum, 4)
            : name.EndsWith("_count"u8) ? (Part.Count, 6) : (Part.None, 0);
        if (part == Part.Bucket && (point.Flags & PointFlags.Part) == 0) return Part.None;
        name = name[..^ending];
        return part;
    }

    private DropReason TakePart(SeriesEntry entry, PointBatch points, in Point point, Part part, long time, MappedBatch into)
    {
        var family = entry.Family ??= new();
        family.IsDeclared |= (point.Flags & PointFlags.Part) != 0;
        var bound = double.NaN;
        if (part == Part.Bucket && !TryBound(points, point, out bound)) return DropReason.BadHistogram;
        if (family.IsLone && part == Part.Bucket) family.BelongsTogether();
        var hadBuckets = part != Part.Bucket || family.HasBuckets;
        if (family.IsLone) return TakeLone(entry, part, time, _identity.Step, point.Value, into);
        if (time <= entry.LastTime)
        {
            family.Missed(time, part, bound);
            return time == entry.LastTime ? DropReason.Duplicate : DropReason.OutOfOrder;
        }

        if (!family.IsTouched)
        {
            family.IsTouched = true;
            _families.Add(entry);
        }

        var pending = family.At(time);
        if (point.StartTime != 0) pending.Start = point.StartTime;
        if (_identity.Step != Point.NoStep) pending.Step = _identity.Step;
        switch (part)
        {
            case Part.Sum: pending.Sum = point.Value; break;
            case Part.Count: pending.Count = point.Value; break;
            default: pending.Add(bound, point.Value); break;
        }

        return hadBuckets || TakesQuantiles(entry) ? DropReason.Joined : ReasonOf(entry);
    }

    // With its first bucket a family has quantiles, too.
    private bool TakesQuantiles(SeriesEntry entry)
    {
        Reconsider(entry);
        if (entry.Rival is not null) entry.Refused = DropReason.Collision;
        return entry.Refused == DropReason.None;
    }

    // When a histogram ends, its count and the bucket of infinity end with it. Any other may end alone: a bound that is no longer there.
    private static bool IsEndOfFamily(SeriesEntry? entry, PointBatch points, in Point point, Part part) => part switch
    {
        Part.Sum => entry?.Family is { HasBuckets: false },
        Part.Bucket => entry is not null && TryBound(points, point, out var bound) && double.IsPositiveInfinity(bound),
        _ => true,
    };

    private static bool TryBound(PointBatch points, in Point point, out double bound)
    {
        bound = double.NaN;
        if (!points.TryLabel(point.Labels, "le"u8, out var text)) return false;
        var bytes = points.BytesOf(text);
        if (bytes.SequenceEqual("+Inf"u8))
        {
            bound = double.PositiveInfinity;
            return true;
        }

        return double.TryParse(bytes, NumberStyles.Float, CultureInfo.InvariantCulture, out bound) && !double.IsNaN(bound);
    }

    private void JoinFamilies(MappedBatch into)
    {
        foreach (var entry in _families)
        {
            var family = entry.Family!;
            family.IsTouched = false;
            if (family.TurnsLone()) TakeLone(entry, family, into);
            while (family.PendingCount > 0)
            {
                var pending = family.Oldest;
                if (!family.IsComplete(pending))
                {
                    // The rest of the newest may come with the next payload.
                    if (family.PendingCount <= family.Patience) break;
                    if (!family.HasChangedTo(pending))
                    {
                        entry.LastTime = family.Take().Time;
                        Drop(into, DropReason.IncompleteHistogram, entry);
                        continue;
                    }
                }

                family.Take();
                entry.LastTime = pending.Time;
                var reason = Join(entry, pending, into);
                if (reason != DropReason.None) Drop(into, reason, entry);
            }
        }

        _families.Clear();
    }

    private void TakeLone(SeriesEntry entry, FamilyParts family, MappedBatch into)
    {
        while (family.PendingCount > 0)
        {
            var pending = family.Take();
            if (!double.IsNaN(pending.Sum)) TakeLone(entry, Part.Sum, pending.Time, pending.Step, pending.Sum, into);
            if (!double.IsNaN(pending.Count)) TakeLone(entry, Part.Count, pending.Time, pending.Step, pending.Count, into);
        }
    }

    // A metric that is called so, and is no part of anything.
    private DropReason TakeLone(SeriesEntry entry, Part part, long time, long step, double value, MappedBatch into)
    {
        var family = entry.Family!;
        var isSum = part == Part.Sum;
        var last = isSum ? family.LoneTimes.Sum : family.LoneTimes.Count;
        if (time <= last) return time == last ? DropReason.Duplicate : DropReason.OutOfOrder;
        family.LoneTimes = isSum ? (time, family.LoneTimes.Count) : (family.LoneTimes.Sum, time);
        entry.LastTime = Math.Max(entry.LastTime, time);
        entry.Lone = isSum ? entry.Lone with { Sum = entry.Lone.Sum ?? _resolver.LoneOf(entry, "_sum") }
            : entry.Lone with { Count = entry.Lone.Count ?? _resolver.LoneOf(entry, "_count") };
        Add(isSum ? entry.Lone.Sum : entry.Lone.Count, time, step, value, into);
        return DropReason.None;
    }

    private DropReason Join(SeriesEntry entry, PendingHistogram pending, MappedBatch into)
    {
        if (!pending.TryJoin()) return DropReason.BadHistogram;
        if (double.IsNaN(pending.Count)) return DropReason.IncompleteHistogram;
        var histogram = new HistogramPoint
        {
            Bounds = pending.Bounds,
            Counts = pending.Counts,
            Count = pending.Count,
            Sum = pending.Sum,
        };
        return TakeHistogram(entry, histogram, (double.NaN, double.NaN), (pending.Time, pending.Start, pending.Step), false, into);
    }
}
