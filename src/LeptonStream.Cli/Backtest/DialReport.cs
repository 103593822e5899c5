using System.Globalization;
using System.Text;
using LeptonStream.Backtest;
using LeptonStream.Cli.Terminal;

namespace LeptonStream.Cli.Backtest;

/// <summary>Writes the readings of the budget dial for people: a table.</summary>
internal static class DialReport
{
    private static readonly TextTable.Column[] Columns =
    [
        "family", .. Numbers("budget", "nominal", "realised", "ratio", "precision", "recall"),
        .. BacktestReport.RecallColumns,
    ];

    public static void Append(StringBuilder text, IReadOnlyList<DialReading> dial)
    {
        var table = new TextTable(Columns);
        foreach (var reading in dial)
            table.Add(
            [
                reading.Family, string.Create(CultureInfo.InvariantCulture, $"{reading.Budget.TotalDays:0.#} d"),
                Rate(reading.Nominal), Rate(reading.Realised), BacktestReport.Share(reading.Ratio),
                BacktestReport.Share(reading.Events.Precision), BacktestReport.Share(reading.Events.Recall),
                .. reading.RecallAt.Select(BacktestReport.Share),
            ]);
        text.Append(table)
            .Append("False episodes a series-day at four warning budgets: allowed by each (nominal), and realised.\n");
    }

    private static IEnumerable<TextTable.Column> Numbers(params string[] titles) => titles.Select(TextTable.Column.Number);

    private static string Rate(double? value) => value?.ToString("F3", CultureInfo.InvariantCulture) ?? "–";
}
