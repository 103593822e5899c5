using System.Globalization;
using System.Text;
using LeptonStream.Backtest.Training;
using LeptonStream.Cli.Terminal;

namespace LeptonStream.Cli.Backtest;

/// <summary>Writes the results of training mode as a table.</summary>
internal static class TrainingReport
{
    public static void Append(StringBuilder text, TrainingScore score)
    {
        var kinds = new TextTable(
            "fault", TextTable.Column.Number("faults"), TextTable.Column.Number("found"), TextTable.Column.Number("in time"),
            TextTable.Column.Number("paged"),
            TextTable.Column.Number("recall"), TextTable.Column.Number("median delay (steps)"));
        foreach (var kind in score.Kinds) Add(kinds, kind);
        Add(kinds, score.Total);
        text.Append(kinds).Append('\n');
        foreach (var run in score.Runs)
        {
            foreach (var missed in run.Faults.Where(f => !f.IsPrompt))
            {
                var when = missed.DelaySteps is { } steps
                    ? string.Create(CultureInfo.InvariantCulture, $"late, after {steps:F0} steps")
                    : "missed";
                text.Append(CultureInfo.InvariantCulture, $"{run.Run}: {missed.Fault.Kind} ({missed.Fault.Severity}) {when}\n");
            }

            foreach (var alarm in run.FalseAlarms)
                text.Append(CultureInfo.InvariantCulture,
                    $"{run.Run}: false alarm at step {alarm.Step}: {alarm.Kind} of {alarm.Metric}, score {alarm.Score:F2}, "
                    + $"{alarm.Severity}\n");
        }

        var (pages, tickets) = (score.Of(TrainingFault.Page).ToArray(), score.Of(TrainingFault.Ticket).ToArray());
        text.Append(CultureInfo.InvariantCulture,
            $"{pages.Count(p => p.IsPrompt)} of {pages.Length} page faults in time ({pages.Count(p => p.IsPaged)} with a page), ")
            .Append(CultureInfo.InvariantCulture, $"{tickets.Count(t => t.IsDetected)} of {tickets.Length} ticket faults found; ")
            .Append(CultureInfo.InvariantCulture,
                $"{score.NormalRuns} normal runs with {score.NormalEpisodes} alarm episodes and {score.NormalPages} pages. ")
            .Append("Alarms less than 50 steps apart are one episode; alarms after a fault on one of its metrics count for nothing.\n");
    }

    private static void Add(TextTable table, KindScore kind) => table.Add(
        kind.Kind, Whole(kind.Faults), Whole(kind.Detected), Whole(kind.Prompt), Whole(kind.Paged),
        kind.Faults == 0 ? "–" : (kind.Detected / (double)kind.Faults).ToString("F2", CultureInfo.InvariantCulture),
        kind.MedianDelaySteps?.ToString("F0", CultureInfo.InvariantCulture) ?? "–");

    private static string Whole(int value) => value.ToString(CultureInfo.InvariantCulture);
}
