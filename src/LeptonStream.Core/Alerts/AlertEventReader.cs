using System.Globalization;
using System.Text.Json;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Alerts;

/// <summary>
/// Reads what <see cref="AlertEventJson"/> writes. Each error names its field. A fixed word that this program does not know is of a later
/// version, which runs beside it or ran before it: the event counts all the same, above all the one that ends an alert.
/// </summary>
internal static class AlertEventReader
{
    /// <summary>Reads an event; unknown fields are ignored.</summary>
    /// <exception cref="FormatException">It is not one; the message says which field is wrong.</exception>
    public static AlertEvent Read(JsonElement json)
    {
        var source = Field(json, "source", static value => value);
        var explanation = Field(json, "explanation", static value => value);
        var alertmanager = Field(json, "alertmanager", static value => value);
        return new AlertEvent
        {
            Id = Text(json, "id"),
            AlertId = Text(json, "alertId"),
            Type = Word(json, "type", AlertEventJson.NameOf,
                OptionalText(json, "endedReason") is null ? AlertEventType.Updated : AlertEventType.Resolved),
            EndedReason = OptionalText(json, "endedReason") is null
                ? null
                : Word(json, "endedReason", AlertEventJson.NameOf, EndedReason.Other),
            IsProgress = Optional(json, "progress", static value => value.ValueKind == JsonValueKind.True),
            Model = Text(json, "model"),
            Metric = Text(json, "metric"),
            Labels = Field(json, "labels", Labels),
            Severity = Word(json, "severity", AlertEventJson.NameOf, AlertSeverity.Warning),
            Score = Field(json, "score", Double),
            Confidence = Field(json, "confidence", Double),
            Value = Number(json, "value"),
            ValueText = OptionalText(json, "valueText"),
            Expected = Number(json, "expected"),
            Lower = Number(json, "lower"),
            Upper = Number(json, "upper"),
            Unit = OptionalText(json, "unit"),
            Onset = Field(json, "onset", Time),
            DetectedAt = Field(json, "detectedAt", Time),
            IntervalSeconds = Number(json, "intervalSeconds"),
            Step = Optional<long?>(json, "step", static value => value.GetInt64()),
            SourceTopic = Text(source, "topic"),
            SourcePartition = Field(source, "partition", static value => value.GetInt32()),
            SourceOffset = Field(source, "offset", static value => value.GetInt64()),
            Detectors = Field(json, "detectors", static value => ListOf(value, part =>
                new DetectorPart(Text(part, "name"), Number(part, "score") ?? double.NaN, Number(part, "raw") ?? double.NaN))),
            Points = Field(json, "points", static value => ListOf(value, Point)),
            English = Field(explanation, "en", ExplanationOf),
            Chinese = Field(explanation, "zh-CN", ExplanationOf),
            Contributors = Optional(json, "contributors", static value => ListOf(value, ContributorOf)),
            EarlyWarning = Optional(json, "earlyWarning", EarlyWarning),
            ModelUpdate = Optional(json, "modelUpdate", ModelUpdateOf),
            RunbookUrl = OptionalText(json, "runbookUrl"),
            RoutingLabels = Field(alertmanager, "labels", Labels),
            Annotations = Field(alertmanager, "annotations", Labels),
            Truncated = Optional(json, "truncated", Texts),
        };
    }

    private static T Field<T>(JsonElement json, string name, Func<JsonElement, T> read) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value)
            ? Converted(value, name, read)
            : throw new WrongFieldException($"there is no '{name}'");

    private static T? Optional<T>(JsonElement json, string name, Func<JsonElement, T> read) =>
        json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? Converted(value, name, read) : default;

    private static T Converted<T>(JsonElement value, string name, Func<JsonElement, T> read)
    {
        try
        {
            return read(value);
        }
        catch (Exception wrong) when (wrong is InvalidOperationException or FormatException and not WrongFieldException)
        {
            throw new WrongFieldException($"'{name}' can't be read from this JSON {value.ValueKind}");
        }
    }

    private static string Text(JsonElement json, string name) => Field(json, name, static value => value.GetString())
        ?? throw new WrongFieldException($"'{name}' is null");

    private static string? OptionalText(JsonElement json, string name) => Optional(json, name, static value => value.GetString());

    private static double? Number(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    private static T Word<T>(JsonElement json, string name, Func<T, string> nameOf, T unknown)
        where T : struct, Enum
    {
        var text = Text(json, name);
        foreach (var value in Enum.GetValues<T>())
            if (nameOf(value) == text) return value;
        return unknown;
    }

    private static double Double(JsonElement json) => json.GetDouble();

    private static double Nullable(JsonElement json) => json.ValueKind == JsonValueKind.Null ? double.NaN : json.GetDouble();

    private static Timestamp Time(JsonElement json) => Timestamp.FromDateTimeOffset(
        DateTimeOffset.Parse(json.GetString() ?? "", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal));

    private static Timestamp? OptionalTime(JsonElement json, string name) => Optional<Timestamp?>(json, name, static value => Time(value));

    private static T[] ListOf<T>(JsonElement json, Func<JsonElement, T> read) => [.. json.EnumerateArray().Select(read)];

    private static string[] Texts(JsonElement json) => ListOf(json, static value => value.GetString() ?? "");

    private static LabelSet Labels(JsonElement json) =>
        LabelSet.Of(json.EnumerateObject().Select(label => KeyValuePair.Create(label.Name, label.Value.GetString() ?? "")));

    private static Contributor ContributorOf(JsonElement json) => new(Text(json, "metric"), Field(json, "share", Double),
        Number(json, "value"), Number(json, "expected"), Number(json, "lower"), Number(json, "upper"), OptionalText(json, "unit"));

    private static ExpectedBreach EarlyWarning(JsonElement json) => new(
        Field(json, "limit", Double), OptionalTime(json, "expectedBreachAt"), OptionalTime(json, "earliest"), OptionalTime(json, "latest"));

    private static ModelUpdate ModelUpdateOf(JsonElement json) => new(Text(json, "from"), Text(json, "to"), Field(json, "began", Time),
        VerdictOf(json), Field(json, "metrics", static value => ListOf(value, MetricUpdateOf)));

    private static MetricUpdate MetricUpdateOf(JsonElement json) => new()
    {
        Metric = Text(json, "metric"),
        Canonical = OptionalText(json, "canonical"),
        Unit = OptionalText(json, "unit"),
        Verdict = VerdictOf(json),
        Method = Word(json, "method", ModelUpdateNames.NameOf, UpdateMethod.Before),
        Before = Number(json, "before"),
        After = Number(json, "after"),
        Lower = Number(json, "lower"),
        Upper = Number(json, "upper"),
        SamplesBefore = Field(json, "samplesBefore", static value => value.GetInt64()),
        SamplesAfter = Field(json, "samplesAfter", static value => value.GetInt64()),
    };

    private static UpdateVerdict VerdictOf(JsonElement json) =>
        Word(json, "verdict", ModelUpdateNames.NameOf, UpdateVerdict.Unknown);

    private static Explanation ExplanationOf(JsonElement json) => new(
        Text(json, "summary"), Text(json, "description"), Field(json, "actions", Texts));

    private static AlertPoint Point(JsonElement json) => json.GetArrayLength() == 5
        ? new(Timestamp.FromUnixMilliseconds(json[0].GetInt64()), Nullable(json[1]), Nullable(json[2]), Nullable(json[3]),
            Nullable(json[4]))
        : throw new WrongFieldException("an entry of 'points' is not [time, value, expected, lower, upper]");

    private sealed class WrongFieldException(string message) : FormatException(message);
}
