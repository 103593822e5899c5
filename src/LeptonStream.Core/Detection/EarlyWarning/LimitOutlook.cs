using LeptonStream.Statistics;

namespace LeptonStream.Detection.EarlyWarning;

/// <summary>The outlook of a series on its limit, by its present rise.</summary>
internal enum OutlookVerdict
{
    /// <summary>Too few points.</summary>
    Unknown = 0,

    /// <summary>It does not lead to the limit within any time that counts.</summary>
    Away = 1,

    /// <summary>It may lead to the limit, but that is not sure, or not soon.</summary>
    Unsure = 2,

    /// <summary>It leads to the limit within the horizon.</summary>
    Breach = 3,
}

/// <summary>The expected course of the present rise of a series, in buckets from its last point.</summary>
/// <param name="Verdict">Whether it leads to the limit.</param>
/// <param name="Lead">Expected buckets until the limit.</param>
/// <param name="Earliest">The early end of the interval.</param>
/// <param name="Latest">The late end of the interval; may be infinite.</param>
internal readonly record struct LimitOutlook(OutlookVerdict Verdict, double Lead = 0, double Earliest = 0, double Latest = 0)
{
    private static readonly EarlyWarningTuning Tuning = EarlyWarningTuning.Default;
    public static readonly int MinPoints = Tuning.MinPoints;

    // A rise must differ from chance, and one course from another, by this many standard deviations of the slope.
    private static readonly double Sure = Tuning.Sure;

    // No course is a straight line: the interval is never narrower than this share of the time left, and a bucket.
    private static readonly double ModelError = Tuning.ModelError;

    // The standard deviation of a wander, as a share of the height of its median rise.
    private static readonly double WanderShare = Tuning.WanderShare;

    /// <summary>Looks ahead from a rise.</summary>
    /// <param name="times">Numbers of the buckets that have a level.</param>
    /// <param name="levels">Their levels, measured from the limit (below it negative).</param>
    /// <param name="usualRise">The height of a usual rise: so far does the series wander, which the points of one rise can't show.</param>
    /// <param name="horizon">Buckets in the horizon.</param>
    public static LimitOutlook Of(ReadOnlySpan<double> times, ReadOnlySpan<double> levels, double usualRise, double horizon)
    {
        var count = times.Length;
        if (count < MinPoints) return new(OutlookVerdict.Unknown);

        // Most rises lead nowhere near: no line need be fitted to see that.
        var steepest = (levels[^1] - levels[0]) / (times[^1] - times[0]);
        if (-levels[^1] > 3 * horizon * steepest) return new(OutlookVerdict.Away);

        var fit = TrendFit.Of(times, levels);
        if (count >= 2 * MinPoints)
        {
            var half = count / 2;
            var early = TrendFit.Of(times[..half], levels[..half]);
            var late = TrendFit.Of(times[half..], levels[half..]);
            if (LevelsOff(early, late, times[^1] - times[half])) return new(OutlookVerdict.Away);
        }

        // The whole rise gives the best slope, unless it has become another one lately.
        for (var part = times.Length / 2; part >= MinPoints; part /= 2)
        {
            var late = TrendFit.Of(times[^part..], levels[^part..]);
            if (Math.Abs(late.Slope - fit.Slope) > Sure * late.SlopeError) (fit, count) = (late, part);
        }

        return Of(fit, count, WanderShare * usualRise, times[^1] - times[^count], horizon);
    }

    private static LimitOutlook Of(in TrendFit fit, int count, double wander, double span, double horizon)
    {
        if (fit.Slope <= 0 || fit.Level >= 0) return new(OutlookVerdict.Away);
        var lead = -fit.Level / fit.Slope;
        var levelError = Quantiles.TwoSided95 * Math.Sqrt((fit.Noise * fit.Noise / count) + (wander * wander));
        var slopeError = Math.Sqrt((fit.SlopeError * fit.SlopeError) + (2 * wander * wander / (span * span)));
        var earliest = Math.Max(0, (-fit.Level - levelError) / (fit.Slope + (Quantiles.TwoSided95 * slopeError)));
        var slowest = fit.Slope - (Quantiles.TwoSided95 * slopeError);
        var latest = slowest > 0 ? (-fit.Level + levelError) / slowest : double.PositiveInfinity;
        var least = (ModelError * lead) + 1;
        earliest = Math.Max(0, Math.Min(earliest, lead - least));
        latest = Math.Max(latest, lead + least);

        if (lead > 2 * horizon || fit.Slope < slopeError) return new(OutlookVerdict.Away, lead, earliest, latest);
        var isSure = lead <= horizon && fit.Slope >= Sure * slopeError && latest <= 2 * horizon;
        return new(isSure ? OutlookVerdict.Breach : OutlookVerdict.Unsure, lead, earliest, latest);
    }

    // A course that approaches a level grows by the same factor r less in each half: r + r² + … halves remain. Doubt is for the limit.
    private static bool LevelsOff(in TrendFit early, in TrendFit late, double halfSpan)
    {
        if (late.Slope <= 0) return false;
        var (steepEarly, steepLate) = (early.Slope - early.SlopeError, late.Slope + late.SlopeError);
        if (steepEarly <= 0 || steepLate >= steepEarly) return false;
        var factor = steepLate / steepEarly;
        var rest = steepLate * halfSpan * factor / (1 - factor);
        return late.Level + rest < 0;
    }
}
