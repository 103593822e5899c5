using LeptonStream.Backtest.Training;

namespace LeptonStream.Backtest;

/// <summary>Everything a backtest found.</summary>
internal sealed class BacktestResult
{
    /// <param name="files">The files that were scored.</param>
    /// <param name="skipped">The files that were not, and why.</param>
    /// <param name="elapsed">Time that the pipeline took.</param>
    public BacktestResult(IReadOnlyList<BacktestFile> files, IReadOnlyList<(string Path, string Reason)> skipped, TimeSpan elapsed)
    {
        (Files, Skipped, Elapsed) = (files, skipped, elapsed);
        BacktestFile[] labelled = [.. files.Where(f => f.HasTruth)];
        Nab = ScoreNab(labelled, series => series.Scores);
        NabByAlarms = ScoreNab(labelled, series => series.OpeningScores);
        PerFile = [.. labelled.Select(f => (f, FamilyResult.Of($"{f.Family}/{f.File.Name}", [f], Nab)))];
        Families = [.. labelled.GroupBy(f => f.Family).Select(g => FamilyResult.Of(g.Key, [.. g], Nab))];
        Total = FamilyResult.Of("total", labelled, Nab);
    }

    public IReadOnlyList<BacktestFile> Files { get; }

    public IReadOnlyList<(string Path, string Reason)> Skipped { get; }

    public TimeSpan Elapsed { get; }

    /// <summary>One by one, only files of which the truth is known.</summary>
    public IReadOnlyList<(BacktestFile File, FamilyResult Result)> PerFile { get; }

    /// <summary>The same by folder.</summary>
    public IReadOnlyList<FamilyResult> Families { get; }

    public FamilyResult Total { get; }

    /// <summary>
    /// The Numenta Anomaly Benchmark's result for its files among these, by the score of every row; empty where there are none.
    /// </summary>
    public IReadOnlyList<NabScore> Nab { get; }

    /// <summary>The same by the notifications that people get: a row counts only where an alarm begins, with its score.</summary>
    public IReadOnlyList<NabScore> NabByAlarms { get; }

    /// <summary>The realised false episodes at four warning budgets; empty where nobody asked.</summary>
    public IReadOnlyList<DialReading> Dial { get; init; } = [];

    /// <summary>The changes that the given verdicts make; null where none were given.</summary>
    public FeedbackEffect? Feedback { get; set; }

    /// <summary>The results of training mode on the runs among them; null where there are none.</summary>
    public TrainingScore? Training { get; init; }

    /// <summary>Rows with a value of which none was judged.</summary>
    public int RowsNotJudged => Files.Sum(f => f.Account.NotJudged);

    /// <summary>Complaints about the files that were scored, each in one sentence with file and line.</summary>
    public IReadOnlyList<string> Complaints =>
        [.. Files.SelectMany(f => f.Order.Describe(f.File.Path) is { } order ? f.Account.Reasons.Prepend(order) : f.Account.Reasons)];

    public long Samples => Files.Sum(f => f.Samples);

    private static NabScore[] ScoreNab(BacktestFile[] labelled, Func<ScoredSeries, double[]> scoresOf)
    {
        NabSeries[] corpus = [.. labelled.Where(f => f.IsNab).Select(f => new NabSeries(scoresOf(f.Series), f.AllEvents))];
        return corpus.Length == 0 ? [] : [.. NabProfile.All.Select(profile => NabScore.Best(corpus, profile))];
    }
}
