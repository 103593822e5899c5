using System.Globalization;
using System.Text;
using LeptonStream.Collector.Points;

namespace LeptonStream.Roles.Tests.Collector.Formats;

/// <summary>A batch as text for approved samples and comparisons: one line a point, with everything in it.</summary>
internal static class PointText
{
    public static string Of(PointBatch batch)
    {
        var text = new StringBuilder();
        foreach (ref readonly var point in batch.Points)
        {
            text.Append(point.Kind).Append(' ').Append(batch.TextOf(point.Name));
            if (!point.Unit.IsEmpty) text.Append(" [").Append(batch.TextOf(point.Unit)).Append(']');
            if (!point.Model.IsEmpty) text.Append(" model=").Append(batch.TextOf(point.Model));
            if (point.Step != Point.NoStep) text.Append(" step=").Append(point.Step);
            text.Append(" = ").Append(Number(point.Value));
            if (point.HasTime) text.Append(" @").Append(point.Time);
            if (point.StartTime != 0) text.Append(" since ").Append(point.StartTime);
            if (point.Temporality != Temporality.Unspecified) text.Append(' ').Append(point.Temporality);
            if (point.Flags != PointFlags.None) text.Append(" !").Append(point.Flags);
            text.Append('\n');
            Append(text, batch, "resource", point.Resource);
            Append(text, batch, "scope", point.Scope);
            Append(text, batch, "labels", point.Labels);
            if (point.HasDistribution) Append(text, batch, point);
        }

        foreach (var refusal in batch.Refusals) text.Append(refusal.Reason).Append(": ").Append(refusal.Detail).Append('\n');
        return text.ToString();
    }

    private static void Append(StringBuilder text, PointBatch batch, string name, LabelRange labels)
    {
        if (labels.Count == 0) return;
        text.Append("  ").Append(name).Append(':');
        foreach (ref readonly var label in batch.LabelsOf(labels))
            text.Append(' ').Append(batch.TextOf(label.Name)).Append('=').Append(Line(batch.TextOf(label.Value)));
        text.Append('\n');
    }

    private static void Append(StringBuilder text, PointBatch batch, in Point point)
    {
        ref readonly var d = ref batch.DistributionOf(point);
        text.Append(CultureInfo.InvariantCulture, $"  count={Number(d.Count)} sum={Number(d.Sum)} min={Number(d.Min)} max={Number(d.Max)}");
        Append(text, batch, "bounds", d.Bounds);
        Append(text, batch, "counts", d.Counts);
        if (point.Kind == PointKind.ExponentialHistogram)
        {
            text.Append(CultureInfo.InvariantCulture, $" scale={d.Scale} offset={d.Offset} zero={Number(d.ZeroCount)}");
            text.Append(CultureInfo.InvariantCulture, $" threshold={Number(d.ZeroThreshold)} negativeOffset={d.NegativeOffset}");
            Append(text, batch, "negative", d.NegativeCounts);
        }

        Append(text, batch, "quantiles", d.Quantiles);
        Append(text, batch, "values", d.QuantileValues);
        text.Append('\n');
    }

    private static void Append(StringBuilder text, PointBatch batch, string name, NumberRange numbers)
    {
        if (numbers.Count == 0) return;
        text.Append(' ').Append(name).Append("=[").AppendJoin(' ', batch.NumbersOf(numbers).ToArray().Select(Number)).Append(']');
    }

    /// <summary>A text in one line.</summary>
    public static string Line(string text) => text.Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
