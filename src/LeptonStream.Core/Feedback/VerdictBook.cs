using LeptonStream.Detection.Policies;
using LeptonStream.Series;

namespace LeptonStream.Feedback;

/// <summary>
/// The verdicts that hold in one partition, and the lines that follow from them. An alert that was judged false raises the line of its
/// series a little above the alert's score; one that was confirmed keeps the line at half of its own, whatever else was judged false. An
/// alert that a rule opened (of values that are no number, codes, limits, hangs) moves no line, whatever its score.
/// Immutable: a function of the verdicts and their order.
/// </summary>
public sealed class VerdictBook
{
    /// <summary>Verdicts that it holds at most; beyond, the oldest are given up.</summary>
    public const int MaxVerdicts = 1_000;

    /// <summary>About how many bytes of text they may have: all of them are in the header of each snapshot.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>The highest line, as a multiple of the one that the policies draw: three times as rare in powers of ten.</summary>
    public const double HighestLine = 3;

    /// <summary>No verdicts.</summary>
    public static readonly VerdictBook Empty = new([]);

    // By so much beyond the score of a false alarm lies the line.
    private const double Beyond = 1.1;

    // And at most here below that of a confirmed one: an alert opens by samples that are lower than its worst.
    private const double Below = 0.5;

    // Of an alert whose score nobody wrote down.
    private const double UsualScore = 1.3;

    // The score of an alert in which the line had no part.
    private const double ByARule = 0;

    private VerdictBook(IReadOnlyList<StandingVerdict> verdicts)
    {
        Verdicts = verdicts;
        Rules = [.. RulesOf(verdicts)];
    }

    /// <summary>The verdicts, the oldest first.</summary>
    public IReadOnlyList<StandingVerdict> Verdicts { get; }

    /// <summary>The rules that follow, one for each series whose line is raised. They go before all others.</summary>
    public IReadOnlyList<PolicyRule> Rules { get; }

    /// <summary>A book of verdicts that were written down.</summary>
    /// <param name="verdicts">The verdicts, the oldest first.</param>
    public static VerdictBook Of(IReadOnlyList<StandingVerdict> verdicts)
    {
        ArgumentNullException.ThrowIfNull(verdicts);
        // A later version may know more of them.
        if (verdicts.Any(one => !Enum.IsDefined(one.Verdict))) verdicts = [.. verdicts.Where(one => Enum.IsDefined(one.Verdict))];
        var (kept, bytes) = (0, 0);
        while (kept < Math.Min(verdicts.Count, MaxVerdicts) && (bytes += SizeOf(verdicts[^(kept + 1)])) <= MaxBytes) kept++;
        return kept == 0 ? Empty : new([.. verdicts.TakeLast(kept)]);
    }

    /// <summary>The book once a verdict is given, or withdrawn; this one where that changes nothing.</summary>
    /// <param name="feedback">The verdict. A second one about an alert takes the place of the first.</param>
    public VerdictBook With(FeedbackEvent feedback)
    {
        ArgumentNullException.ThrowIfNull(feedback);
        var before = Verdicts.LastOrDefault(known => known.AlertId == feedback.AlertId);
        // A record may come twice.
        if (feedback.Withdrawn ? before is null : before?.Verdict == feedback.Verdict) return this;
        var others = Verdicts.Where(known => known != before);
        if (feedback.Withdrawn) return Of([.. others]);
        // Of a verdict that changes, the line at the time of the alert is known by the one before.
        var score = before?.Score
            ?? (feedback.IsOfRule ? ByARule : Math.Max(1, feedback.Score ?? UsualScore) * LineOf(feedback.Key));
        return Of([.. others,
            new(feedback.AlertId, feedback.Model, feedback.Metric, feedback.Labels.ToDictionary(), feedback.Verdict, score)]);
    }

    /// <summary>The line of a series, as a multiple of the one that the policies draw; 1 to 3.</summary>
    public double LineOf(SeriesKey key) => LineOf(Verdicts.Where(known => known.Key == key));

    private static int SizeOf(StandingVerdict verdict) => 128 + (2 * (verdict.AlertId.Length + verdict.Model.Length + verdict.Metric.Length
        + verdict.Labels.Sum(label => label.Key.Length + label.Value.Length)));

    private static double LineOf(IEnumerable<StandingVerdict> verdicts)
    {
        var (raised, highest) = (1.0, HighestLine);
        foreach (var known in verdicts.Where(known => known.Score != ByARule))
        {
            if (known.Verdict == Verdict.False) raised = Math.Max(raised, known.Score * Beyond);
            else if (known.Verdict == Verdict.True) highest = Math.Min(highest, known.Score * Below);
        }

        return Math.Max(1, Math.Min(raised, highest));
    }

    private static IEnumerable<PolicyRule> RulesOf(IReadOnlyList<StandingVerdict> verdicts)
    {
        foreach (var series in verdicts.GroupBy(known => known.Key))
        {
            var line = LineOf(series);
            if (line > 1) yield return new([], new() { Raise = line }) { Only = series.Key };
        }
    }
}
