using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Alerts;

/// <summary>
/// The JSON form of an <see cref="AlertEvent"/>: the value of a record on the alerts topic (docs/alert-event.schema.json).
/// </summary>
public static class AlertEventJson
{
    // Names from producers may hold any text: it is escaped for JSON only; whoever shows it escapes for its own medium.
    internal static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The event as UTF-8 JSON. Numbers that are not finite are written as null.</summary>
    public static byte[] Write(AlertEvent alert)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer, Writing)) Write(json, alert);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Writes the event as one JSON object.</summary>
    public static void Write(Utf8JsonWriter json, AlertEvent alert)
    {
        json.WriteStartObject();
        json.WriteString("id", alert.Id);
        json.WriteString("alertId", alert.AlertId);
        json.WriteString("type", NameOf(alert.Type));
        if (alert.EndedReason is { } reason) json.WriteString("endedReason", NameOf(reason));
        if (alert.IsProgress) json.WriteBoolean("progress", true);
        json.WriteString("model", alert.Model);
        json.WriteString("metric", alert.Metric);
        WriteLabels(json, "labels", alert.Labels);
        json.WriteString("severity", NameOf(alert.Severity));
        json.WriteNumber("score", alert.Score);
        json.WriteNumber("confidence", alert.Confidence);
        WriteNumber(json, "value", alert.Value);
        if (alert.ValueText is { } text) json.WriteString("valueText", text);
        WriteNumber(json, "expected", alert.Expected);
        WriteNumber(json, "lower", alert.Lower);
        WriteNumber(json, "upper", alert.Upper);
        if (alert.Unit is { } unit) json.WriteString("unit", unit);
        json.WriteString("onset", alert.Onset.ToString());
        json.WriteString("detectedAt", alert.DetectedAt.ToString());
        if (alert.IntervalSeconds is { } interval) json.WriteNumber("intervalSeconds", interval);
        if (alert.Step is { } step) json.WriteNumber("step", step);
        json.WriteStartObject("source");
        json.WriteString("topic", alert.SourceTopic);
        json.WriteNumber("partition", alert.SourcePartition);
        json.WriteNumber("offset", alert.SourceOffset);
        json.WriteEndObject();
        json.WriteStartArray("detectors");
        foreach (var part in alert.Detectors)
        {
            json.WriteStartObject();
            json.WriteString("name", part.Name);
            WriteNumber(json, "score", part.Score);
            WriteNumber(json, "raw", part.Raw);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WritePoints(json, alert.Points);
        json.WriteStartObject("explanation");
        WriteExplanation(json, "en", alert.English);
        WriteExplanation(json, "zh-CN", alert.Chinese);
        json.WriteEndObject();
        if (alert.Contributors is { } contributors) WriteContributors(json, contributors);
        if (alert.EarlyWarning is { } warning) WriteEarlyWarning(json, warning);
        if (alert.ModelUpdate is { } update) WriteModelUpdate(json, update);
        if (alert.RunbookUrl is { } runbook) json.WriteString("runbookUrl", runbook);
        json.WriteStartObject("alertmanager");
        WriteLabels(json, "labels", alert.RoutingLabels);
        WriteLabels(json, "annotations", alert.Annotations);
        json.WriteEndObject();
        if (alert.Truncated is { } truncated) WriteTexts(json, "truncated", truncated);
        json.WriteEndObject();
    }

    /// <summary>Reads an event back. Fails (false, with what is wrong) on anything that is not one; unknown fields are ignored,
    /// and words of a later version stand for what is nearest (docs/events.md).</summary>
    public static bool TryRead(ReadOnlyMemory<byte> utf8, out AlertEvent? alert, out string? error)
    {
        alert = null;
        try
        {
            using var document = JsonDocument.Parse(utf8);
            alert = AlertEventReader.Read(document.RootElement);
            error = null;
            return true;
        }
        catch (JsonException wrong)
        {
            error = $"not JSON in line {wrong.LineNumber + 1} at byte {wrong.BytePositionInLine}";
            return false;
        }
        catch (FormatException wrong)
        {
            error = wrong.Message;
            return false;
        }
        catch (InvalidOperationException)
        {
            // Half a pair of surrogates, which JSON can write and no text can hold.
            error = "the name of a field is no text";
            return false;
        }
    }

    /// <summary>The wire name of a type: <c>opened</c>, <c>updated</c>, <c>resolved</c>, <c>early_warning</c>.</summary>
    public static string NameOf(AlertEventType type) => type switch
    {
        AlertEventType.Opened => "opened",
        AlertEventType.Updated => "updated",
        AlertEventType.Resolved => "resolved",
        AlertEventType.EarlyWarning => "early_warning",
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>The wire name of a severity: <c>info</c>, <c>warning</c>, <c>critical</c>.</summary>
    public static string NameOf(AlertSeverity severity) => severity switch
    {
        AlertSeverity.Info => "info",
        AlertSeverity.Warning => "warning",
        AlertSeverity.Critical => "critical",
        _ => throw new ArgumentOutOfRangeException(nameof(severity)),
    };

    /// <summary>
    /// The wire name of a reason: <c>recovered</c>, <c>accepted</c>, <c>gone</c>, <c>superseded</c>, <c>policy</c>, <c>quiet</c>,
    /// <c>other</c>.
    /// </summary>
    public static string NameOf(EndedReason reason) => reason switch
    {
        EndedReason.Recovered => "recovered",
        EndedReason.Accepted => "accepted",
        EndedReason.Gone => "gone",
        EndedReason.Superseded => "superseded",
        EndedReason.Policy => "policy",
        EndedReason.Quiet => "quiet",
        EndedReason.Other => "other",
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };

    private static void WriteContributors(Utf8JsonWriter json, IReadOnlyList<Contributor> contributors)
    {
        json.WriteStartArray("contributors");
        foreach (var part in contributors)
        {
            json.WriteStartObject();
            json.WriteString("metric", part.Metric);
            json.WriteNumber("share", part.Share);
            WriteNumber(json, "value", part.Value);
            WriteNumber(json, "expected", part.Expected);
            WriteNumber(json, "lower", part.Lower);
            WriteNumber(json, "upper", part.Upper);
            if (part.Unit is { } unit) json.WriteString("unit", unit);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteEarlyWarning(Utf8JsonWriter json, ExpectedBreach warning)
    {
        json.WriteStartObject("earlyWarning");
        json.WriteNumber("limit", warning.Limit);
        json.WriteString("expectedBreachAt", warning.ExpectedBreachAt?.ToString());
        json.WriteString("earliest", warning.Earliest?.ToString());
        json.WriteString("latest", warning.Latest?.ToString());
        json.WriteEndObject();
    }

    private static void WriteModelUpdate(Utf8JsonWriter json, ModelUpdate update)
    {
        json.WriteStartObject("modelUpdate");
        json.WriteString("from", update.From);
        json.WriteString("to", update.To);
        json.WriteString("began", update.Began.ToString());
        json.WriteString("verdict", ModelUpdateNames.NameOf(update.Verdict));
        json.WriteStartArray("metrics");
        foreach (var metric in update.Metrics)
        {
            json.WriteStartObject();
            json.WriteString("metric", metric.Metric);
            if (metric.Canonical is { } canonical) json.WriteString("canonical", canonical);
            if (metric.Unit is { } unit) json.WriteString("unit", unit);
            json.WriteString("verdict", ModelUpdateNames.NameOf(metric.Verdict));
            json.WriteString("method", ModelUpdateNames.NameOf(metric.Method));
            WriteNumber(json, "before", metric.Before);
            WriteNumber(json, "after", metric.After);
            WriteNumber(json, "difference", metric.After - metric.Before);
            WriteNumber(json, "lower", metric.Lower);
            WriteNumber(json, "upper", metric.Upper);
            json.WriteNumber("samplesBefore", metric.SamplesBefore);
            json.WriteNumber("samplesAfter", metric.SamplesAfter);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number && double.IsFinite(number)) json.WriteNumber(name, number);
        else json.WriteNull(name);
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private static void WriteLabels(Utf8JsonWriter json, string name, LabelSet labels)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in labels) json.WriteString(key, value);
        json.WriteEndObject();
    }

    // Points are arrays, not objects: [epoch ms, value, expected, lower, upper], a fifth of the bytes.
    private static void WritePoints(Utf8JsonWriter json, IReadOnlyList<AlertPoint> points)
    {
        json.WriteStartArray("points");
        foreach (var point in points)
        {
            json.WriteStartArray();
            json.WriteNumberValue(point.Time.UnixMilliseconds);
            WriteNumberValue(json, point.Value);
            WriteNumberValue(json, point.Expected);
            WriteNumberValue(json, point.Lower);
            WriteNumberValue(json, point.Upper);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    // Seven significant digits are more than a chart can show and half the bytes of a round trip.
    private static void WriteNumberValue(Utf8JsonWriter json, double value)
    {
        if (double.IsFinite(value)) json.WriteRawValue(value.ToString("G7", CultureInfo.InvariantCulture));
        else json.WriteNullValue();
    }

    private static void WriteExplanation(Utf8JsonWriter json, string language, Explanation explanation)
    {
        json.WriteStartObject(language);
        json.WriteString("summary", explanation.Summary);
        json.WriteString("description", explanation.Description);
        WriteTexts(json, "actions", explanation.Actions);
        json.WriteEndObject();
    }
}
