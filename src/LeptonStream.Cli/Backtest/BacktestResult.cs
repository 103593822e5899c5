using LeptonStream.Cli.Backtest.Training;

namespace LeptonStream.Cli.Backtest;

/// <summary>Everything a backtest found.</summary>
/// <param name="Files">The files that were scored.</param>
/// <param name="Skipped">The files that were not, and why.</param>
/// <param name="Elapsed">How long the pipeline took.</param>
/// <param name="Window">The longest buffer of the volume under the surface; null leaves it out.</param>
internal sealed record BacktestResult(IReadOnlyList<BacktestFile> Files, IReadOnlyList<(string Path, string Reason)> Skipped, TimeSpan Elapsed, int? Window = null)
{
    /// <summary>By folder, only files of which the truth is known.</summary>
    public IReadOnlyList<FamilyResult> Families { get; } =
        [.. Files.Where(f => f.HasTruth).GroupBy(f => f.Family).Select(g => FamilyResult.Of(g.Key, [.. g], Window))];

    public FamilyResult Total { get; } = FamilyResult.Of("total", [.. Files.Where(f => f.HasTruth)], Window);

    /// <summary>The Numenta Anomaly Benchmark's result for its files among these, by the score of every row; empty where there are none.</summary>
    public IReadOnlyList<NabScore> Nab { get; } = ScoreNab(Files, series => series.Scores);

    /// <summary>The same by what people are told: a row counts only where an alarm begins, with its score.</summary>
    public IReadOnlyList<NabScore> NabByAlarms { get; } = ScoreNab(Files, series => series.OpeningScores);

    /// <summary>How training mode did on the runs among them; null where there are none.</summary>
    public TrainingScore? Training { get; init; }

    public long Samples => Files.Sum(f => f.Samples);

    private static NabScore[] ScoreNab(IReadOnlyList<BacktestFile> files, Func<ScoredSeries, double[]> scoresOf)
    {
        NabSeries[] corpus = [.. files.Where(f => f.HasTruth && EventLabels.IsNab(f.File.Path)).Select(f => new NabSeries(scoresOf(f.Series), f.AllEvents))];
        return corpus.Length == 0 ? [] : [.. NabProfile.All.Select(profile => NabScore.Best(corpus, profile))];
    }
}
