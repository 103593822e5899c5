using System.Text.Json;

namespace LeptonStream.Backtest.Html;

/// <summary>
/// Everything that the chart of one series draws, column by column; of a very wide entity the metrics with the highest scores.
/// </summary>
internal static class ChartColumns
{
    // Beyond this a file of the page grows by more than a few megabytes; so many metrics are there whatever their length.
    private const int MostPoints = 1_500_000;
    private const int FewestLanes = 4;

    public static void Write(Utf8JsonWriter json, BacktestFile file)
    {
        var rows = file.Rows;
        var waits = new double[rows.Count];
        for (var row = 1; row < rows.Count; row++) waits[row] = (rows[row].Time - rows[row - 1].Time).TotalMilliseconds;
        json.WriteStartObject();
        json.WriteString("waits", PackedColumn.Of(waits));
        json.WriteString("score", Scores([.. file.Series.Scores.Select(s => (float)s)]));
        json.WriteStartArray("lanes");
        foreach (var metric in LanesOf(file)) WriteLane(json, file, metric);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteLane(Utf8JsonWriter json, BacktestFile file, int metric)
    {
        var points = file.MetricPoints[metric];
        json.WriteStartObject();
        json.WriteString("metric", file.File.Metrics[metric]);
        json.WriteString("value", PackedColumn.Of([.. points.Select(p => p.Value)]));
        json.WriteString("expected", Banded(points, p => p.Expected));
        json.WriteString("lower", Banded(points, p => p.Lower));
        json.WriteString("upper", Banded(points, p => p.Upper));
        if (file.File.Metrics.Count > 1) json.WriteString("score", Scores(file.MetricScores[metric]));
        json.WriteEndObject();
    }

    // By the highest score that counts; the file's order among equals.
    private static IEnumerable<int> LanesOf(BacktestFile file) =>
        Enumerable.Range(0, file.File.Metrics.Count)
            .OrderByDescending(metric => file.MetricScores[metric].AsSpan(file.Series.FirstScored).ToArray().DefaultIfEmpty().Max())
            .Take(Math.Max(FewestLanes, MostPoints / file.Rows.Count));

    private static string Banded(BacktestFile.JudgedPoint[] points, Func<BacktestFile.JudgedPoint, float> part) =>
        PackedColumn.Of([.. points.Select(p => PackedColumn.Rounded(part(p), p.Upper - p.Lower))]);

    private static string Scores(float[] scores) => PackedColumn.Of([.. scores.Select(s => PackedColumn.Rounded(s, 1))]);
}
