using LeptonStream.Alerts;
using LeptonStream.Samples;

namespace LeptonStream.Detection.Lifecycle;

/// <summary>
/// Finds where the change began that opened an alert: an alert needs evidence, and until it has it the forecast has learned some of the
/// change.
/// </summary>
internal static class ChangeOnset
{
    // So large a share of the points since must lie on the same side, by half a band at least.
    private const double Lasting = 0.8;
    private const double OnSide = 0.5;

    /// <summary>The earliest point that left its band and from which the series has not come back.</summary>
    /// <param name="points">The charted points, oldest first, the newest that of the sample that opened the alert.</param>
    /// <param name="pending">Time at which the alert became pending.</param>
    /// <returns>The onset, and the band expected there.</returns>
    public static (Timestamp Onset, ExpectedBand Band) Find(ReadOnlySpan<AlertPoint> points, Timestamp pending)
    {
        if (points.IsEmpty) return (pending, ExpectedBand.None);
        var last = points[^1];
        var fallback = points.Length - 1;
        for (var i = 0; i < points.Length; i++)
        {
            if (points[i].Time >= pending && fallback == points.Length - 1) fallback = i;
            if (HasLeft(points[i]) && IsSameSide(points[i], last.Value) && Lasts(points[i..]))
                return (Timestamp.Earlier(points[i].Time, pending), BandOf(points[i]));
        }

        return (pending, BandOf(points[fallback]));
    }

    private static bool HasLeft(in AlertPoint point) => point.Value > point.Upper || point.Value < point.Lower;

    private static bool IsSameSide(in AlertPoint point, double now) => (point.Value - point.Expected) * (now - point.Expected) > 0;

    private static bool Lasts(ReadOnlySpan<AlertPoint> points)
    {
        var (expected, half) = (points[0].Expected, points[0].Upper - points[0].Expected);
        var side = Math.Sign(points[0].Value - expected);
        var on = 0;
        foreach (ref readonly var point in points)
            if (side * (point.Value - expected) >= OnSide * half) on++;
        return on >= Lasting * points.Length;
    }

    private static ExpectedBand BandOf(in AlertPoint point) => new(point.Expected, point.Upper - point.Expected);
}
