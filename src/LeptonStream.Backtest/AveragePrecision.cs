namespace LeptonStream.Backtest;

/// <summary>
/// The area under the precision-recall curve of a score, as a sum of steps: each distinct score adds its gain in recall times its
/// precision.
/// </summary>
internal static class AveragePrecision
{
    /// <param name="scores">One per row; higher is more anomalous.</param>
    /// <param name="labels">One per row: whether it is anomalous.</param>
    /// <returns>0 to 1; null where no row is anomalous.</returns>
    public static double? Of(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels)
    {
        var (sorted, truth) = (scores.ToArray(), labels.ToArray());
        Array.Sort(sorted, truth);
        var positives = truth.Count(t => t);
        if (positives == 0) return null;
        double area = 0;
        int hits = 0, before = 0;
        for (var i = sorted.Length - 1; i >= 0; i--)
        {
            if (truth[i]) hits++;
            if (i > 0 && sorted[i - 1] == sorted[i]) continue;
            area += (hits - before) / (double)positives * (hits / (double)(sorted.Length - i));
            before = hits;
        }

        return area;
    }
}
