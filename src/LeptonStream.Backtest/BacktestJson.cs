using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using LeptonStream.Alerts;
using LeptonStream.Backtest.Training;

namespace LeptonStream.Backtest;

/// <summary>Writes the results of a backtest as one JSON object.</summary>
internal static class BacktestJson
{
    private static readonly JsonWriterOptions Writing = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(BacktestResult result, Stream output)
    {
        using var json = new Utf8JsonWriter(output, Writing);
        json.WriteStartObject();
        json.WriteStartObject("families");
        foreach (var family in result.Families) Write(json, family);
        json.WriteEndObject();
        json.WriteStartObject("files");
        foreach (var (_, file) in result.PerFile) Write(json, file);
        json.WriteEndObject();
        Write(json, result.Total);
        WriteNab(json, "nab", result.Nab);
        WriteNab(json, "nabByAlarms", result.NabByAlarms);
        if (result.Dial.Count > 0) WriteDial(json, result.Dial);
        if (result.Feedback is { } effect) WriteFeedback(json, effect);
        if (result.Training is { } training) TrainingJson.Write(json, training);
        json.WriteStartObject("unlabelled");
        foreach (var file in result.Files.Where(f => !f.HasTruth)) WriteUnlabelled(json, file);
        json.WriteEndObject();
        json.WriteNumber("rowsNotJudged", result.RowsNotJudged);
        json.WriteStartArray("complaints");
        foreach (var complaint in result.Complaints) json.WriteStringValue(complaint);
        json.WriteEndArray();
        json.WriteStartArray("skipped");
        foreach (var (path, reason) in result.Skipped)
        {
            json.WriteStartObject();
            json.WriteString("file", path);
            json.WriteString("reason", reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("samples", result.Samples);
        json.WriteNumber("seconds", result.Elapsed.TotalSeconds);
        json.WriteEndObject();
    }

    /// <summary>Writes the readings of the dial.</summary>
    public static void WriteDial(Utf8JsonWriter json, IReadOnlyList<DialReading> dial)
    {
        json.WriteStartArray("dial");
        foreach (var reading in dial)
        {
            json.WriteStartObject();
            json.WriteString("family", reading.Family);
            json.WriteNumber("days", reading.Budget.TotalDays);
            json.WriteNumber("nominal", reading.Nominal);
            Number(json, "realised", reading.Realised);
            Number(json, "ratio", reading.Ratio);
            Number(json, "precision", reading.Events.Precision);
            Number(json, "recall", reading.Events.Recall);
            WriteRecallAt(json, reading.RecallAt);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteFeedback(Utf8JsonWriter json, FeedbackEffect effect)
    {
        json.WriteStartObject("feedback");
        json.WriteNumber("raised", effect.Raised);
        json.WriteNumber("alertsBefore", effect.Before);
        json.WriteNumber("alertsAfter", effect.After);
        json.WriteNumber("criticalBefore", effect.PagesBefore);
        json.WriteNumber("criticalAfter", effect.PagesAfter);
        json.WriteStartArray("lost");
        foreach (var lost in effect.Lost) json.WriteStringValue(lost);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteUnlabelled(Utf8JsonWriter json, BacktestFile file)
    {
        json.WriteStartObject($"{file.Family}/{file.File.Name}");
        json.WriteNumber("rows", file.Rows.Count);
        json.WriteNumber("rowsNotJudged", file.Account.NotJudged);
        json.WriteStartArray("findings");
        foreach (var finding in file.Findings) Write(json, finding);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Finding finding)
    {
        var alert = finding.Opened;
        json.WriteStartObject();
        json.WriteString("onset", alert.Onset.ToString());
        json.WriteString("detectedAt", alert.DetectedAt.ToString());
        json.WriteString("endedAt", finding.EndedAt?.ToString());
        if (alert.Step is { } step) json.WriteNumber("step", step);
        json.WriteString("metric", alert.Metric);
        json.WriteString("severity", AlertEventJson.NameOf(finding.Severity));
        json.WriteNumber("score", finding.Score);
        if (alert.Value is { } value) json.WriteNumber("value", value);
        else json.WriteString("value", alert.ValueText);
        if (alert.Expected is { } expected) json.WriteNumber("expected", expected);
        else json.WriteNull("expected");
        json.WriteString("detector", alert.Detectors[0].Name);
        json.WriteString("summary", alert.English.Summary);
        json.WriteEndObject();
    }

    /// <summary>The numbers of one file, folder or everything, as a member of that name.</summary>
    public static void Write(Utf8JsonWriter json, FamilyResult family)
    {
        var events = family.Events;
        json.WriteStartObject(family.Name);
        json.WriteNumber("series", events.Series);
        json.WriteNumber("events", events.Events);
        json.WriteNumber("detected", events.Detected);
        Number(json, "precision", events.Precision);
        Number(json, "recall", events.Recall);
        Number(json, "f1", events.F1);
        Number(json, "falseEpisodesPerSeriesDay", events.FalseEpisodesPerSeriesDay);
        WriteRecallAt(json, family.RecallAt);
        Number(json, "medianDelaySamples", events.MedianDelaySamples);
        Number(json, "p95DelaySamples", events.P95DelaySamples);
        WriteNab(json, "nab", family.Nab);
        Number(json, "vusPr", family.Areas.VusPr);
        Number(json, "aucPr", family.Areas.AucPr);
        json.WriteEndObject();
    }

    public static void WriteNab(Utf8JsonWriter json, string name, IReadOnlyList<NabScore> scores)
    {
        if (scores.Count == 0) return;
        json.WriteStartObject(name);
        foreach (var score in scores) json.WriteNumber(score.Profile.Key, score.Normalised);
        json.WriteEndObject();
    }

    private static void WriteRecallAt(Utf8JsonWriter json, double?[] recallAt)
    {
        json.WriteStartObject("recallAt");
        for (var i = 0; i < FamilyResult.Budgets.Length; i++)
            Number(json, FamilyResult.Budgets[i].ToString(CultureInfo.InvariantCulture), recallAt[i]);
        json.WriteEndObject();
    }

    private static void Number(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number) json.WriteNumber(name, number);
        else json.WriteNull(name);
    }
}
