using System.Globalization;
using LeptonStream.Alerts;
using LeptonStream.Samples;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace LeptonStream.Notifier.Charts;

/// <summary>Draws the chart of an alert: the values, what is usual, and the time since the onset.</summary>
internal static class ChartPicture
{
    private const int Width = 720;
    private const int Height = 260;

    // The library keeps its fonts in one place for all plots.
    private static readonly Lock Drawing = new();

    private static readonly Color Line = Color.FromHex("#1f4e79");
    private static readonly Color Band = Color.FromHex("#5b9bd5").WithAlpha(.25);
    private static readonly Color Since = Color.FromHex("#c62828").WithAlpha(.10);

    /// <summary>The chart as PNG.</summary>
    /// <param name="points">The points, oldest first.</param>
    /// <param name="onset">The beginning of the trouble.</param>
    /// <param name="zone">The time zone of the axis.</param>
    /// <returns>Null where fewer than two points have a value.</returns>
    public static byte[]? Draw(IReadOnlyList<AlertPoint> points, Timestamp onset, TimeZoneInfo zone)
    {
        if (points.Count(point => double.IsFinite(point.Value)) < 2 || points[0].Time == points[^1].Time) return null;
        lock (Drawing)
        {
            using var plot = new Plot();
            double[] times = [.. points.Select(point => At(point.Time))];
            if (onset <= points[^1].Time) plot.Add.HorizontalSpan(Math.Max(At(onset), times[0]), times[^1], Since).LineWidth = 0;
            foreach (var stretch in Stretches(points))
            {
                var band = plot.Add.FillY(times[stretch], [.. points.Take(stretch).Select(point => point.Lower)],
                    [.. points.Take(stretch).Select(point => point.Upper)]);
                (band.FillColor, band.LineWidth) = (Band, 0);
            }

            var line = plot.Add.Scatter(times, [.. points.Select(point => point.Value)]);
            (line.Color, line.LineWidth, line.MarkerSize) = (Line, 1.5f, points.Count > 60 ? 0 : 4);
            var format = FormatOf(points[^1].Time - points[0].Time);
            plot.Axes.DateTimeTicksBottom().TickGenerator = new DateTimeAutomatic
            {
                LabelFormatter = time => time.ToString(format, CultureInfo.InvariantCulture),
            };
            return plot.GetImageBytes(Width, Height, ImageFormat.Png);
        }

        double At(Timestamp time) => TimeZoneInfo.ConvertTime(time.ToDateTimeOffset(), zone).DateTime.ToOADate();
    }

    // A band is drawn where there is one, from one gap to the next.
    private static IEnumerable<System.Range> Stretches(IReadOnlyList<AlertPoint> points)
    {
        for (var begin = 0; begin < points.Count; begin++)
        {
            var end = begin;
            while (end < points.Count && double.IsFinite(points[end].Lower) && double.IsFinite(points[end].Upper)) end++;
            if (end - begin > 1) yield return begin..end;
            begin = end;
        }
    }

    private static string FormatOf(TimeSpan span) =>
        span < TimeSpan.FromMinutes(5) ? "HH:mm:ss" : span < TimeSpan.FromHours(20) ? "HH:mm" : "MM-dd HH:mm";
}
