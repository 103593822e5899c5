namespace LeptonStream.Backtest;

/// <summary>The numbers of one file, of one folder, or of everything.</summary>
/// <param name="Name">Name of the file or folder; <c>total</c> for everything.</param>
/// <param name="Events">Counts of events, of those detected, and of false episodes.</param>
/// <param name="RecallAt">Recall within each of the <see cref="Budgets"/>.</param>
/// <param name="Areas">The areas under the curves of the scores, the mean over the series that have events.</param>
/// <param name="Nab">Its part of the Numenta Anomaly Benchmark's result, at the whole corpus' thresholds; empty where it has no window of
/// it.</param>
internal sealed record FamilyResult(string Name, EventMetrics Events, double?[] RecallAt, ScoreAreas Areas, IReadOnlyList<NabScore> Nab)
{
    /// <summary>False episodes per series-day at which recall is given.</summary>
    public static readonly double[] Budgets = [0.1, 0.5, 1];

    /// <param name="name">Name of the file or folder; <c>total</c> for everything.</param>
    /// <param name="files">The files that are counted together.</param>
    /// <param name="nab">The benchmark's result for the whole corpus.</param>
    public static FamilyResult Of(string name, IReadOnlyList<BacktestFile> files, IReadOnlyList<NabScore> nab)
    {
        ScoredSeries[] series = [.. files.Select(f => f.Series)];
        NabSeries[] corpus = [.. files.Where(f => f.IsNab).Select(f => new NabSeries(f.Series.Scores, f.AllEvents))];
        return new(
            name,
            EventMetrics.Sum([.. series.Select(EventMetrics.Of)]),
            RecallAtBudget.Of(series, Budgets),
            ScoreAreas.MeanOf(files.Select(f => f.Areas)),
            corpus.Any(f => f.Windows.Count > 0) ? [.. nab.Select(whole => NabScore.At(corpus, whole.Profile, whole.Threshold))] : []);
    }
}
