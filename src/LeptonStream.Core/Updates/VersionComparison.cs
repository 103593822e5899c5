using LeptonStream.Alerts;

namespace LeptonStream.Updates;

/// <summary>
/// Compares two versions of a model, metric by metric. Each metric is compared once, by its first values under the new version, so that
/// nobody looks until a difference shows by chance.
/// </summary>
internal static class VersionComparison
{
    // The probability that any interval of an update without effect leaves out 0: the usual 95 %, for all metrics together.
    private const double Error = 0.05;

    // Quarters of an hour with values of the new version: two hours, short enough to roll back. Side by side there is no past to learn the
    // noise from, and half of it may be in the next value. Both chosen by hand, and held against their errors (UpdateBudgetTests).
    private const int Enough = 8;
    private const int EnoughSideBySide = 24;

    // A difference of a smaller share of the value before is of use to nobody, however many values show it. Chosen by hand.
    private const double MinShare = 0.01;

    /// <summary>Compares them.</summary>
    /// <param name="old">The version before.</param>
    /// <param name="now">The new one.</param>
    /// <param name="block">The quarter at hand, which is not over.</param>
    /// <param name="isLast">Whether there is no more time to wait for values.</param>
    /// <returns>Null where it is too early: values are missing, and no metric is worse so far.</returns>
    public static ModelUpdate? Of(VersionHistory old, VersionHistory now, int block, bool isLast)
    {
        (MetricHistory Before, MetricHistory After)[] both =
        [
            .. now.Metrics.Select(after => (Before: old.Find(after.Traits.Metric)!, After: after))
                .Where(static one => one.Before is not null),
        ];
        var metrics = new List<MetricUpdate>(both.Length);
        foreach (var (before, after) in both)
            metrics.Add(Of(before, after, now.FirstBlock, block, isLast, Error / both.Length));
        var verdict = metrics.Count == 0 ? UpdateVerdict.Unknown : metrics.Max(static metric => metric.Verdict);
        var isReady = metrics.Count > 0 && metrics.TrueForAll(static metric => metric.Verdict != UpdateVerdict.Unknown);
        return isReady || isLast || verdict == UpdateVerdict.Worse ? new(old.Name, now.Name, now.Began, verdict, metrics) : null;
    }

    private static MetricUpdate Of(MetricHistory before, MetricHistory after, int began, int block, bool isLast, double level)
    {
        var traits = after.Traits;
        return Difference(before.Blocks, Whole(after.Blocks, block), began, isLast, level) is not { } made || !double.IsFinite(made.Error)
            ? new() { Metric = traits.Metric, Canonical = traits.Canonical, Unit = traits.Unit, Verdict = UpdateVerdict.Unknown }
            : new()
            {
                Metric = traits.Metric,
                Canonical = traits.Canonical,
                Unit = traits.Unit,
                Verdict = Verdict(made, traits.Worse),
                Method = made.Method,
                Before = made.Before,
                After = made.After,
                Lower = made.After - made.Before - made.Error,
                Upper = made.After - made.Before + made.Error,
                SamplesBefore = made.SamplesBefore,
                SamplesAfter = made.SamplesAfter,
            };
    }

    private static MeanDifference? Difference(
        ReadOnlySpan<BlockMean> old, ReadOnlySpan<BlockMean> now, int began, bool isLast, double level)
    {
        if (now.Length < Enough && !isLast) return null;
        var first = now[..Math.Min(now.Length, Enough)];
        // Half of them: the old version is in use, and not on its way out.
        if (2 * MeanDifference.Pairs(old, first, 0).Count >= first.Length)
        {
            if (now.Length < EnoughSideBySide && !isLast) return null;
            if (MeanDifference.SideBySide(old, now[..Math.Min(now.Length, EnoughSideBySide)], level) is { } made) return made;
        }

        return MeanDifference.InTurn(Whole(old, began), first, level);
    }

    private static UpdateVerdict Verdict(in MeanDifference made, int worse)
    {
        var difference = made.After - made.Before;
        if (Math.Abs(difference) <= made.Error || Math.Abs(difference) < MinShare * Math.Abs(made.Before))
            return UpdateVerdict.Same;
        return worse == 0 ? UpdateVerdict.Changed : Math.Sign(difference) == worse ? UpdateVerdict.Worse : UpdateVerdict.Better;
    }

    private static ReadOnlySpan<BlockMean> Whole(ReadOnlySpan<BlockMean> blocks, int before)
    {
        var length = blocks.Length;
        while (length > 0 && blocks[length - 1].Index >= before) length--;
        return blocks[..length];
    }
}
