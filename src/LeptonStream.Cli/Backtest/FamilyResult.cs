namespace LeptonStream.Cli.Backtest;

/// <summary>The numbers of one file, of one folder, or of everything.</summary>
/// <param name="Name">Which.</param>
/// <param name="Events">How well the alarms met the events.</param>
/// <param name="RecallAt">Recall within each of the <see cref="Budgets"/>.</param>
/// <param name="AucPr">Average precision of the scores, the mean over the series that have events; null where none has.</param>
/// <param name="VusPr">Volume under the precision-recall surface, likewise; null where it was not asked for.</param>
internal sealed record FamilyResult(string Name, EventMetrics Events, double?[] RecallAt, double? AucPr, double? VusPr)
{
    /// <summary>False episodes per series-day at which recall is told.</summary>
    public static readonly double[] Budgets = [0.1, 0.5, 1];

    /// <param name="name">Which.</param>
    /// <param name="files">The files that are counted together.</param>
    /// <param name="window">The longest buffer of the volume under the surface, in rows; null leaves it out, for it takes long.</param>
    public static FamilyResult Of(string name, IReadOnlyList<BacktestFile> files, int? window)
    {
        ScoredSeries[] series = [.. files.Select(f => f.Series)];
        return new(
            name,
            EventMetrics.Sum([.. series.Select(EventMetrics.Of)]),
            RecallAtBudget.Of(series, Budgets),
            Mean(series, (scores, labels) => AveragePrecision.Of(scores, labels)),
            window is { } longest ? Mean(series, (scores, labels) => VolumeUnderSurface.Of(scores, labels, longest)?.Pr) : null);
    }

    private static double? Mean(ScoredSeries[] series, Func<double[], bool[], double?> metric)
    {
        double[] values = [.. series.Select(s => metric(s.Scores[s.FirstScored..], s.Labels[s.FirstScored..])).OfType<double>()];
        return values.Length == 0 ? null : values.Average();
    }
}
