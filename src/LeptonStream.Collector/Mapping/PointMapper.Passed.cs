using LeptonStream.Collector.Mapping.Store;
using LeptonStream.Collector.Points;
using LeptonStream.Series;

namespace LeptonStream.Collector.Mapping;

/// <content>Versions and distributions of native messages, which are passed on as they came.</content>
public sealed partial class PointMapper
{
    private void Declare(PointBatch points, in Point point, long time, MappedBatch into)
    {
        var model = points.TextOf(point.Model);
        if (!IsBelieved(time)) Drop(into, DropReason.TimeOutOfRange, points, point);
        else if (!SeriesLabels.IsName(model)) Drop(into, DropReason.BadName, points, point);
        else into.Add(new MappedVersion(new(model, LabelSet.Empty), time, SeriesLabels.Bounded(points.TextOf(point.Name))));
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
