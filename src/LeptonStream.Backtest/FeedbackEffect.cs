using LeptonStream.Alerts;
using LeptonStream.Detection.Policies;
using LeptonStream.Feedback;

namespace LeptonStream.Backtest;

/// <summary>The changes that verdicts would have made, had they been known from the first row on.</summary>
/// <param name="Raised">Series whose line they raise.</param>
/// <param name="Before">Alerts without them.</param>
/// <param name="After">Alerts with them.</param>
/// <param name="PagesBefore">Critical ones of those without.</param>
/// <param name="PagesAfter">Critical ones of those with.</param>
/// <param name="Lost">Labelled events, and alerts that a verdict confirms, that are found without them and not with them.</param>
internal sealed record FeedbackEffect(
    int Raised, int Before, int After, int PagesBefore, int PagesAfter, IReadOnlyList<string> Lost)
{
    /// <summary>Judges everything once more with the verdicts.</summary>
    /// <param name="options">The files, and how they are judged.</param>
    /// <param name="before">The result without the verdicts.</param>
    /// <param name="verdicts">The verdicts.</param>
    /// <param name="stop">Ends it.</param>
    public static FeedbackEffect Of(
        BacktestOptions options, BacktestResult before, IReadOnlyList<FeedbackEvent> verdicts, CancellationToken stop)
    {
        var book = verdicts.Aggregate(VerdictBook.Empty, (book, verdict) => book.With(verdict));
        var policies = (options.Policies ?? PolicySet.Default).Behind(book.Rules);
        var again = options with { Policies = policies, Feedback = null, Dial = false, Scores = null, Html = null };
        var after = new BacktestRun(again).Run(stop);
        var others = after.Files.ToDictionary(file => file.File.Path);
        List<string> lost = [];
        foreach (var file in before.Files)
        {
            var other = others[file.File.Path];
            lost.AddRange(file.AllEvents.Where(truth => HasAlarm(file, truth) && !HasAlarm(other, truth))
                .Select(truth => $"{options.RelativeTo(file.File.Path)}: the event at {file.Rows[truth.First].TimeText}"));
            lost.AddRange(Confirmed(file, verdicts).Where(finding => !other.Findings.Any(one => Meets(one, finding)))
                .Select(finding => $"{options.RelativeTo(file.File.Path)}: the confirmed alert on {finding.Opened.Metric} at "
                    + finding.Opened.Onset));
        }

        return new(book.Rules.Count, Count(before), Count(after), Pages(before), Pages(after), lost);
    }

    // The newest alert of the series before somebody confirmed it.
    private static IEnumerable<Finding> Confirmed(BacktestFile file, IReadOnlyList<FeedbackEvent> verdicts) => verdicts
        .Where(verdict => verdict is { Verdict: Verdict.True, Withdrawn: false })
        .Select(verdict => file.Findings.LastOrDefault(finding => finding.Opened.Model == verdict.Model
            && finding.Opened.Metric == verdict.Metric && finding.Opened.DetectedAt <= verdict.At))
        .OfType<Finding>();

    private static bool Meets(Finding one, Finding other) => one.Opened.Metric == other.Opened.Metric
        && (one.EndedAt is not { } ended || ended >= other.Opened.Onset)
        && (other.EndedAt is not { } otherEnded || otherEnded >= one.Opened.Onset);

    private static bool HasAlarm(BacktestFile file, RowRange truth) =>
        Enumerable.Range(truth.First, truth.Last - truth.First + 1).Any(row => file.Series.Alarms[row]);

    private static int Count(BacktestResult result) => result.Files.Sum(file => file.Findings.Count);

    private static int Pages(BacktestResult result) =>
        result.Files.Sum(file => file.Findings.Count(finding => finding.Severity == AlertSeverity.Critical));
}
