using System.Globalization;
using System.Text;
using LeptonStream.Alerts;
using LeptonStream.Backtest;
using LeptonStream.Cli.Terminal;
using LeptonStream.Explanations;
using LeptonStream.Output;
using LeptonStream.Samples;

namespace LeptonStream.Cli.Backtest;

/// <summary>Lists the alerts of a file of which nothing says what is true: when, how bad, how far and what.</summary>
internal static class FindingReport
{
    private const int Shown = 50;

    public static void Append(StringBuilder text, BacktestFile file)
    {
        var count = file.Findings.Count;
        var rows = file.Account.NotJudged == 0
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $", {file.Account.NotJudged} of them not judged");
        text.Append(CultureInfo.InvariantCulture,
            $"{file.File.Path}: {EnglishCount.Of(count, "alert")} in {EnglishCount.Of(file.Rows.Count, "row")}{rows} (no labels)\n");
        if (count == 0) return;

        var table = new TextTable("began", "lasted", "severity", TextTable.Column.Number("score"), "alert");
        foreach (var finding in file.Findings.Take(Shown))
        {
            var alert = finding.Opened;
            table.Add(
                Time(file, alert),
                finding.EndedAt is { } end ? ElapsedText.Of(end - alert.Onset) : "to the end",
                AlertEventJson.NameOf(finding.Severity),
                finding.Score.ToString("F1", CultureInfo.InvariantCulture),
                alert.English.Summary);
        }

        text.Append(table);
        if (count > Shown) text.Append(CultureInfo.InvariantCulture, $"and {count - Shown} more (all in --json)\n");
        text.Append('\n');
    }

    private static string Time(BacktestFile file, AlertEvent alert)
    {
        var when = file.File.HasCalendarTime
            ? alert.Onset.ToDateTimeOffset().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)
            : "+" + ElapsedText.Of(alert.Onset - Timestamp.Zero);
        return alert.Step is { } step ? string.Create(CultureInfo.InvariantCulture, $"{when} (step {step})") : when;
    }
}
