using System.Buffers;
using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text.Json;
using LeptonStream.Explanations;
using LeptonStream.Series;

namespace LeptonStream.Alerts;

/// <summary>
/// Keeps an event within what every Kafka takes, whatever names and labels its producer chose. What is left out goes in this order: points,
/// labels inside texts, the labels themselves, the ends of texts; <see cref="AlertEvent.Truncated"/> says so.
/// </summary>
public static class AlertEventSize
{
    /// <summary>Bytes of an event's JSON, at most. With the headers and the key of its record it stays within 128 KB.</summary>
    public const int MaxBytes = 120 * 1024;

    private const int PointsLeft = 30;
    private const int ValueInText = 48;
    private const int HashDigits = 17;

    // Of a character that JSON escapes, in bytes; of a point, an entry and the fields that are always there.
    private const int BytesOfUnit = 6;
    private const int BytesOfPoint = 80;
    private const int BytesOfEntry = 300;
    private const int BytesOfFields = 4096;

    private static readonly Func<AlertEvent, AlertEvent>[] Steps =
    [
        alert => Marked(alert with { Points = [.. alert.Points.TakeLast(PointsLeft)] }, "points"),
        alert => alert with { Points = [] },
        alert => Marked(WithTexts(alert, text => ShortenLabels(text, alert.Labels)), "explanation"),
        alert => Marked(WithLabels(alert, 256), "labels"),
        alert => WithLabels(alert, 64),
        alert => WithTexts(alert, text => Cut(text, 1024)),
        alert => WithTexts(alert, text => Cut(text, 256)),
    ];

    /// <summary>The event, or a shortened copy where its JSON would be larger than <see cref="MaxBytes"/>.</summary>
    public static AlertEvent Fit(AlertEvent alert)
    {
        ArgumentNullException.ThrowIfNull(alert);
        if (MostBytes(alert) <= MaxBytes) return alert;
        foreach (var step in Steps)
        {
            if (BytesOf(alert) <= MaxBytes) break;
            alert = step(alert);
        }

        return alert;
    }

    /// <summary>About how many bytes the event takes in memory, without its labels, which it shares with its series.</summary>
    public static long Estimate(AlertEvent alert)
    {
        ArgumentNullException.ThrowIfNull(alert);
        return Math.Min(MaxBytes, (2L * Units(alert)) + (40L * alert.Points.Count) + 1024);
    }

    // An upper bound that costs no writing, and decides for nearly every event.
    private static long MostBytes(AlertEvent alert)
    {
        long contributors = alert.Contributors?.Sum(part => BytesOfEntry + (BytesOfUnit * part.Metric.Length)) ?? 0;
        contributors += alert.ModelUpdate?.Metrics.Sum(part =>
            BytesOfEntry + (BytesOfUnit * (part.Metric.Length + (part.Unit?.Length ?? 0)))) ?? 0;
        var lists = (BytesOfPoint * (long)alert.Points.Count) + (BytesOfEntry * (long)alert.Detectors.Count) + contributors;
        return BytesOfFields + (BytesOfUnit * (long)Units(alert)) + lists;
    }

    private static int Units(AlertEvent alert) =>
        alert.Model.Length + alert.Metric.Length + alert.SourceTopic.Length + (alert.RunbookUrl?.Length ?? 0)
        + Units(alert.Labels) + Units(alert.RoutingLabels) + Units(alert.Annotations) + Units(alert.English) + Units(alert.Chinese);

    private static int Units(LabelSet labels)
    {
        var units = 0;
        foreach (var (name, value) in labels) units += name.Length + value.Length + 2;
        return units;
    }

    private static int Units(Explanation text)
    {
        var units = text.Summary.Length + text.Description.Length;
        foreach (var action in text.Actions) units += action.Length + 2;
        return units;
    }

    private static int BytesOf(AlertEvent alert)
    {
        var buffer = new ArrayBufferWriter<byte>(MaxBytes);
        using (var json = new Utf8JsonWriter(buffer, AlertEventJson.Writing)) AlertEventJson.Write(json, alert);
        return buffer.WrittenCount;
    }

    private static AlertEvent Marked(AlertEvent alert, string what) => alert with { Truncated = [.. alert.Truncated ?? [], what] };

    private static AlertEvent WithTexts(AlertEvent alert, Func<string, string> shorten) => alert with
    {
        English = Shortened(alert.English, shorten),
        Chinese = Shortened(alert.Chinese, shorten),
        Annotations = LabelSet.Of(alert.Annotations.Select(pair => KeyValuePair.Create(pair.Key, shorten(pair.Value)))),
    };

    private static Explanation Shortened(Explanation text, Func<string, string> shorten) =>
        new(shorten(text.Summary), shorten(text.Description), [.. text.Actions.Select(shorten)]);

    private static string ShortenLabels(string text, LabelSet labels)
    {
        foreach (var (_, value) in labels)
            if (value.Length > ValueInText) text = text.Replace(value, Cut(value, ValueInText), StringComparison.Ordinal);
        return text;
    }

    private static AlertEvent WithLabels(AlertEvent alert, int longest) => alert with
    {
        Labels = Shortened(alert.Labels, longest),
        RoutingLabels = Shortened(alert.RoutingLabels, longest),
    };

    private static LabelSet Shortened(LabelSet labels, int longest) =>
        LabelSet.Of(labels.Select(pair => KeyValuePair.Create(pair.Key, Shortened(pair.Key, pair.Value, longest))));

    // The hash of the whole value stands for its end, so that two series stay two. Matchers ask for model and metric by their full names.
    private static string Shortened(string name, string value, int longest)
    {
        if (name is "model" or "metric" || value.Length <= longest + HashDigits) return value;
        var hash = XxHash64.HashToUInt64(MemoryMarshal.AsBytes(value.AsSpan()));
        return Cut(value, longest) + hash.ToString("x16", CultureInfo.InvariantCulture);
    }

    private static string Cut(string text, int length) => text.Length <= length ? text : ShortText.Begin(text, length);
}
