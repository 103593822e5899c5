using System.Globalization;
using System.Text;
using LeptonStream.Backtest;
using LeptonStream.Cli.Terminal;
using LeptonStream.Explanations;

namespace LeptonStream.Cli.Backtest;

/// <summary>Writes the results of a backtest for people: tables and a few sentences.</summary>
internal static class BacktestReport
{
    private const int SkippedShown = 3;
    private static readonly string[] Counts = ["series", "events", "found", "precision", "recall", "F1", "false/day"];

    public static string Text(BacktestResult result)
    {
        var text = new StringBuilder();
        if (result.Training is { } training) TrainingReport.Append(text, training);
        if (result.Files.Count > 0) AppendFiles(text, result);
        if (result.Dial.Count > 0) DialReport.Append(text, result.Dial);
        if (result.Feedback is { } effect) FeedbackReport.Append(text, effect);
        foreach (var (_, reason) in result.Skipped.Take(SkippedShown)) text.Append(CultureInfo.InvariantCulture, $"skipped: {reason}\n");
        if (result.Skipped.Count > SkippedShown)
            text.Append(CultureInfo.InvariantCulture, $"skipped: {result.Skipped.Count - SkippedShown} more (all in --json)\n");
        return text.ToString();
    }

    private static void AppendFiles(StringBuilder text, BacktestResult result)
    {
        foreach (var unlabelled in result.Files.Where(f => !f.HasTruth)) FindingReport.Append(text, unlabelled);
        if (result.PerFile.Count > 0) AppendScores(text, result);
        text.Append(CultureInfo.InvariantCulture,
            $"{result.Samples:N0} samples of {EnglishCount.Of(result.Files.Count, "file")} in "
                + $"{result.Elapsed.TotalSeconds:F1} s.\n");
    }

    private static void AppendScores(StringBuilder text, BacktestResult result)
    {
        var files = Table("file");
        foreach (var (_, file) in result.PerFile) Add(files, file);
        text.Append(files).Append('\n');
        var families = Table("family");
        foreach (var family in result.Families) Add(families, family);
        Add(families, result.Total);
        text.Append(families).Append('\n');
        AppendNab(text, "by the score of every row", result.Nab);
        AppendNab(text, "by the rows in which an alarm begins", result.NabByAlarms);
        text.Append("An event is detected when an alarm row lies in it; alarm rows at most ")
            .Append(CultureInfo.InvariantCulture,
                $"{EventMetrics.MergeGap} rows apart are one episode; warm-up (15 %, at most 750 rows) and train parts don't count.\n");
    }

    private static void AppendNab(StringBuilder text, string how, IReadOnlyList<NabScore> scores)
    {
        if (scores.Count == 0) return;
        text.Append(CultureInfo.InvariantCulture, $"NAB {how} (causal; one threshold chosen on the corpus, as NAB does): ")
            .AppendJoin(", ", scores.Select(n => string.Create(CultureInfo.InvariantCulture, $"{n.Profile.Name} {n.Normalised:F2}")))
            .Append('\n');
    }

    private static TextTable Table(string first)
    {
        TextTable.Column[] columns =
        [
            first, .. Counts.Select(TextTable.Column.Number),
            .. RecallColumns,
            TextTable.Column.Number("delay"), TextTable.Column.Number("AUC-PR"), TextTable.Column.Number("VUS-PR"),
        ];
        return new(columns);
    }

    private static void Add(TextTable table, FamilyResult family)
    {
        var events = family.Events;
        table.Add(
        [
            family.Name, Whole(events.Series), Whole(events.Events), Whole(events.Detected), Share(events.Precision), Share(events.Recall),
            Share(events.F1),
            Share(events.FalseEpisodesPerSeriesDay), .. family.RecallAt.Select(Share),
            events.MedianDelaySamples is { } delay ? Whole(delay) : "–",
            Share(family.Areas.AucPr), Share(family.Areas.VusPr),
        ]);
    }

    /// <summary>The recall at each of the false-episode budgets.</summary>
    internal static IEnumerable<TextTable.Column> RecallColumns => FamilyResult.Budgets.Select(budget =>
        TextTable.Column.Number(string.Create(CultureInfo.InvariantCulture, $"recall@{budget}")));

    private static string Whole(int value) => value.ToString(CultureInfo.InvariantCulture);

    internal static string Share(double? value) => value is { } share ? share.ToString("F2", CultureInfo.InvariantCulture) : "–";
}
