using System.Text.Json;

namespace LeptonStream.Backtest.Html;

/// <summary>The content of the page before any chart is drawn: the tables, and of each series its events, alarms and extent.</summary>
internal static class ReportSummary
{
    public static void Write(Utf8JsonWriter json, BacktestResult result)
    {
        json.WriteStartObject();
        json.WriteNumber("samples", result.Samples);
        json.WriteNumber("seconds", result.Elapsed.TotalSeconds);
        json.WriteNumber("mergeGap", EventMetrics.MergeGap);
        json.WriteStartArray("budgets");
        foreach (var budget in FamilyResult.Budgets) json.WriteNumberValue(budget);
        json.WriteEndArray();
        BacktestJson.Write(json, result.Total);
        BacktestJson.WriteNab(json, "nab", result.Nab);
        BacktestJson.WriteNab(json, "nabByAlarms", result.NabByAlarms);
        json.WriteStartObject("families");
        foreach (var family in result.Families) BacktestJson.Write(json, family);
        json.WriteEndObject();
        var results = result.PerFile.ToDictionary(p => p.File, p => p.Result);
        json.WriteStartArray("series");
        foreach (var file in result.Files) WriteSeries(json, file, results.GetValueOrDefault(file));
        json.WriteEndArray();
        BacktestJson.WriteDial(json, result.Dial);
        json.WriteStartArray("skipped");
        foreach (var (_, reason) in result.Skipped) json.WriteStringValue(reason);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteSeries(Utf8JsonWriter json, BacktestFile file, FamilyResult? result)
    {
        json.WriteStartObject();
        json.WriteString("family", file.Family);
        json.WriteString("name", file.File.Name);
        json.WriteNumber("rows", file.Rows.Count);
        json.WriteNumber("metrics", file.File.Metrics.Count);
        json.WriteNumber("firstScored", file.Series.FirstScored);
        json.WriteBoolean("calendar", file.File.HasCalendarTime);
        json.WriteNumber("start", file.Rows[0].Time.UnixMilliseconds);
        json.WriteNumber("step", StepOf(file));
        if (result is not null) BacktestJson.Write(json, result with { Name = "result" });
        json.WriteStartArray("events");
        foreach (var truth in file.AllEvents)
        {
            var counted = truth.Last >= file.Series.FirstScored;
            var first = Math.Max(truth.First, file.Series.FirstScored);
            var hit = counted ? Array.IndexOf(file.Series.Alarms, true, first, truth.Last - first + 1) : -1;
            json.WriteStartObject();
            Rows(json, file, truth);
            json.WriteBoolean("counts", counted);
            if (hit >= 0) json.WriteNumber("delay", hit - first);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("episodes");
        foreach (var episode in RowRange.Of(file.Series.Alarms, file.Series.FirstScored, EventMetrics.MergeGap))
        {
            json.WriteStartObject();
            Rows(json, file, episode);
            json.WriteBoolean("hit", EventMetrics.IsHit(file.Series, episode));
            if (file.File.Metrics.Count > 1) json.WriteString("metric", LoudestIn(file, episode));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    // The middle of all waits from row to row, in milliseconds; a second where all rows have the same time.
    private static double StepOf(BacktestFile file)
    {
        double[] waits = [.. file.Rows.Zip(file.Rows.Skip(1), (a, b) => (b.Time - a.Time).TotalMilliseconds).Order()];
        return waits.Length > 0 && waits[waits.Length / 2] > 0 ? waits[waits.Length / 2] : 1000;
    }

    // The metric with the highest score of all rows of an episode.
    private static string LoudestIn(BacktestFile file, RowRange episode)
    {
        var loudest = Enumerable.Range(episode.First, episode.Length).MaxBy(row => file.Series.Scores[row]);
        var metric = file.RowVerdicts[loudest].Metric;
        return metric < 0 ? "" : file.File.Metrics[metric];
    }

    private static void Rows(Utf8JsonWriter json, BacktestFile file, RowRange range)
    {
        json.WriteNumber("at", file.Rows[range.First].Time.UnixMilliseconds);
        json.WriteNumber("first", range.First);
        json.WriteNumber("last", range.Last);
    }
}
