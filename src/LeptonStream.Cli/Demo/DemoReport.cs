using System.Globalization;
using System.Text;
using System.Text.Json;
using LeptonStream.Cli.Terminal;
using LeptonStream.Explanations;
using LeptonStream.Output;

namespace LeptonStream.Cli.Demo;

/// <summary>Writes the results of the demo: a table for people, one object for programs.</summary>
internal static class DemoReport
{
    /// <summary>The longest line where the width of the reader's screen is unknown.</summary>
    public const int LineOfPipes = 140;

    private const int FalseShown = 10;

    /// <param name="result">The faults, alerts and times of the demo.</param>
    /// <param name="width">The longest line there may be, in columns; the series are cut, or left out, to fit.</param>
    public static string Text(DemoResult result, int width = LineOfPipes)
    {
        // The faults are what it is read for: on a narrow screen the others make room.
        var table = new TextTable(TextTable.Column.Whole("fault"), TextTable.Column.Whole("found"), TextTable.Column.Number("delay"),
            TextTable.Column.Number("samples") with { IsSpare = true }, "detector", "seen in") { Width = width };
        foreach (var verdict in result.Faults)
        {
            table.Add(
                verdict.Fault.Name,
                verdict.Found ? "✓ found" : "✗ missed",
                verdict.Delay is { } delay ? ElapsedText.Of(delay) : "",
                verdict.DelaySamples?.ToString(CultureInfo.InvariantCulture) ?? "",
                verdict.Detector ?? "",
                verdict.Series ?? "");
        }

        var text = new StringBuilder();
        text.Append(table).Append('\n');
        text.Append(CultureInfo.InvariantCulture,
            $"{result.Found} of {result.Faults.Count} faults found, {EnglishCount.Of(result.FalseAlerts.Count, "false alert")}, ")
            .Append(CultureInfo.InvariantCulture, $"{EnglishCount.Of(result.Consequences, "alert")} on consequences of the faults\n");
        foreach (var wrong in result.FalseAlerts.Take(FalseShown))
        {
            text.Append(CultureInfo.InvariantCulture,
                $"  false alert after {ElapsedText.Of(wrong.Elapsed)}: {wrong.Detector} on {wrong.Series}, score {wrong.Score:F2}");
            text.Append(wrong.Near is { } near ? $", during or shortly after a {near}\n" : "\n");
        }

        if (result.FalseAlerts.Count > FalseShown)
            text.Append(CultureInfo.InvariantCulture, $"  and {result.FalseAlerts.Count - FalseShown} more\n");
        text.Append(CultureInfo.InvariantCulture,
            $"{result.Samples:N0} samples in {result.Telling.TotalSeconds:F1} s ({result.SamplesPerSecond:N0} a second)\n")
            .Append(CultureInfo.InvariantCulture,
                $"{EnglishCount.Of(result.Events, "alert event")}, {result.Journalled} journalled, "
                + $"{EnglishCount.Of(result.Notifications, "notification")}, {EnglishCount.Of(result.DeadLetters, "dead letter")}\n");
        foreach (var problem in result.Problems) text.Append("not sound: ").Append(problem).Append('\n');
        return text.ToString();
    }

    public static void WriteJson(DemoResult result, Stream output)
    {
        using var json = new Utf8JsonWriter(output, new() { Indented = true });
        json.WriteStartObject();
        json.WriteStartArray("faults");
        foreach (var verdict in result.Faults)
        {
            json.WriteStartObject();
            json.WriteString("name", verdict.Fault.Name);
            json.WriteBoolean("found", verdict.Found);
            if (verdict.DelaySamples is { } delay) json.WriteNumber("delaySamples", delay);
            else json.WriteNull("delaySamples");
            json.WriteString("detector", verdict.Detector);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("falseAlerts", result.FalseAlerts.Count);
        json.WriteNumber("consequences", result.Consequences);
        json.WriteNumber("samples", result.Samples);
        json.WriteNumber("samplesPerSecond", Math.Round(result.SamplesPerSecond, 1));
        json.WriteNumber("notifications", result.Notifications);
        json.WriteNumber("seconds", Math.Round(result.Elapsed.TotalSeconds, 3));
        json.WriteEndObject();
    }
}
