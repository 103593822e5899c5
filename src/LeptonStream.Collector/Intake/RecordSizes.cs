using LeptonStream.Collector.Points;

namespace LeptonStream.Collector.Intake;

/// <summary>How many bytes the records of points may get: labels are repeated in each record, and a record has one time.</summary>
internal static class RecordSizes
{
    // Braces, time, step and the value with its name.
    private const int Frame = 96;
    private const int MostLabels = 32;

    // Two quotes each, a colon and a comma.
    private const int Marks = 6;

    // One more metric of a record: its ending, the longest number and the marks.
    private const int Output = 48;

    // Of a distribution: rate, mean and three quantiles. A part of one brings two: there are at least three of them.
    private const int Outputs = 5;
    private const int PartOutputs = 2;
    private const int MostQuantiles = 16;
    private const int MostValueBytes = 1024;

    /// <summary>An upper bound, but for characters that JSON writes longer.</summary>
    public static long AtMost(PointBatch points)
    {
        var bytes = 0L;
        LabelRange labels = default, scope = default, resource = default;
        var (own, outer, time) = (0L, 0L, Point.NoTime);
        foreach (ref readonly var point in points.Points)
        {
            bytes += Frame + point.Name.Length + ((OutputsOf(points, point) - 1) * (point.Name.Length + Output));
            if (point.Kind == PointKind.Native && point.HasDistribution) bytes += points.DistributionOf(point).Json.Length;
            var isOther = point.Time != time || point.Labels != labels || point.Scope != scope || point.Resource != resource;
            if (point.Labels != labels) own = BytesOf(points, point.Labels);
            if (point.Scope != scope || point.Resource != resource)
                outer = BytesOf(points, point.Scope) + BytesOf(points, point.Resource);
            (labels, scope, resource, time) = (point.Labels, point.Scope, point.Resource, point.Time);
            if (isOther) bytes += own + outer;
        }

        return bytes;
    }

    private static long OutputsOf(PointBatch points, in Point point) => point.Kind switch
    {
        PointKind.Histogram or PointKind.ExponentialHistogram => Outputs,
        PointKind.Summary when point.HasDistribution =>
            2 + Math.Min(points.DistributionOf(point).Quantiles.Count, MostQuantiles),
        _ => (point.Flags & PointFlags.Part) != 0 ? PartOutputs : 1,
    };

    private static long BytesOf(PointBatch points, LabelRange range)
    {
        var bytes = 0L;
        var labels = points.LabelsOf(range);
        foreach (ref readonly var label in labels[..Math.Min(labels.Length, MostLabels)])
            bytes += Marks + label.Name.Length + Math.Min(label.Value.Length, MostValueBytes);
        return bytes;
    }
}
