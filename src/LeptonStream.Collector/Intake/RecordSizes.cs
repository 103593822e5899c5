using LeptonStream.Collector.Points;

namespace LeptonStream.Collector.Intake;

/// <summary>How many bytes the records of points may get: labels are repeated in each record, and a record has one time.</summary>
internal static class RecordSizes
{
    // Braces, time, step and the value with its name.
    private const int Frame = 96;
    private const int MostLabels = 32;
    private const int MostValueBytes = 1024;

    /// <summary>An upper bound, but for characters that JSON writes longer.</summary>
    public static long AtMost(PointBatch points)
    {
        var bytes = 0L;
        LabelRange labels = default, scope = default, resource = default;
        var (own, outer, time) = (0L, 0L, Point.NoTime);
        foreach (ref readonly var point in points.Points)
        {
            bytes += Frame + point.Name.Length;
            var isOther = point.Time != time || point.Labels != labels || point.Scope != scope || point.Resource != resource;
            if (point.Labels != labels) own = BytesOf(points, point.Labels);
            if (point.Scope != scope || point.Resource != resource)
                outer = BytesOf(points, point.Scope) + BytesOf(points, point.Resource);
            (labels, scope, resource, time) = (point.Labels, point.Scope, point.Resource, point.Time);
            if (isOther) bytes += own + outer;
        }

        return bytes;
    }

    private static long BytesOf(PointBatch points, LabelRange range)
    {
        var bytes = 0L;
        var labels = points.LabelsOf(range);
        foreach (ref readonly var label in labels[..Math.Min(labels.Length, MostLabels)])
            bytes += label.Name.Length + Math.Min(label.Value.Length, MostValueBytes);
        return bytes;
    }
}
