using System.Globalization;
using LeptonStream.Alerting;
using LeptonStream.Alerts;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Explanations;
using LeptonStream.Series;

namespace LeptonStream.Detection.Events;

/// <summary>Turns numbers into fields of events.</summary>
internal static class EventFields
{
    private const string Exported = "exported_";

    // What the first day adds to a half.
    private const double YoungShare = 0.39;

    // Every label that an alert may have of its own, whether or not the alert at hand has it: all alerts of a series have its labels under
    // the same names.
    private static readonly string[] OurLabels = ["alertname", "severity", "model", "metric", "kind"];

    /// <summary>An id as 32 hex digits.</summary>
    public static string Hex(UInt128 id) => id.ToString("x32", CultureInfo.InvariantCulture);

    /// <summary>A number that may not be known, as one that may be missing.</summary>
    public static double? Known(double value) => double.IsFinite(value) ? value : null;

    /// <summary>
    /// Full trust after a thousand samples and a day. Until then tails are extrapolated from few; in the first day, whose texts call it
    /// limited, it stays below 0.9.
    /// </summary>
    public static double Confidence(int learned, TimeSpan? history)
    {
        var trust = Math.Min(1, 0.5 + (learned / 2000.0));
        return Math.Round(history is { } age && age < Rarity.Young ? Math.Min(trust, 0.5 + (YoungShare * (age / Rarity.Young))) : trust, 3);
    }

    /// <summary>
    /// The labels under which Alertmanager's users know an alert. A producer's label with the name of one of ours is named
    /// <c>exported_…</c>, as Prometheus does; one that is named so already gets one more <c>exported_</c>, so that two series never have
    /// the same labels.
    /// </summary>
    public static LabelSet RoutingLabels(SeriesKey key, string alertName, AlertSeverity severity, string? kind = null)
    {
        var labels = new List<KeyValuePair<string, string>>(key.Labels.Count + OurLabels.Length);
        foreach (var (name, value) in key.Labels) labels.Add(new(IsOurs(name) ? Exported + name : name, value));
        labels.Add(new("alertname", alertName));
        labels.Add(new("severity", AlertEventJson.NameOf(severity)));
        labels.Add(new("model", key.Model));
        labels.Add(new("metric", key.Metric));
        labels.Add(new("kind", kind ?? ""));
        return LabelSet.Of(labels);
    }

    /// <summary>The annotations under which they know it: the texts and actions of both languages, and the numbers as text.</summary>
    public static LabelSet Annotations(EventContent content) => LabelSet.Of(
        ("summary", content.English.Summary),
        ("description", content.English.Description),
        ("actions", Lines(content.English.Actions)),
        ("summary_zh", content.Chinese.Summary),
        ("description_zh", content.Chinese.Description),
        ("actions_zh", Lines(content.Chinese.Actions)),
        ("value", content.Value is { } value ? Text(value) : ""),
        ("expected", double.IsFinite(content.Band.Expected) ? Text(content.Bounds.Clamp(content.Band.Expected)) : ""),
        ("score", Text(Math.Round(content.Score, 3))),
        ("unit", content.Unit ?? ""),
        ("ended_reason", AlertChanges.ReasonOf(content.Change) is { } reason ? AlertEventJson.NameOf(reason) : ""),
        (EndedTexts.NormalSince, content.NormalSince?.ToString() ?? ""),
        ("runbook_url", content.Runbook ?? ""));

    /// <summary>The annotations of an alert that ended, from those of an event before.</summary>
    public static LabelSet Ended(LabelSet before, EndedReason reason, Explanation english, Explanation chinese) => before.With(
        ("summary", english.Summary),
        ("description", english.Description),
        ("actions", Lines(english.Actions)),
        ("summary_zh", chinese.Summary),
        ("description_zh", chinese.Description),
        ("actions_zh", Lines(chinese.Actions)),
        ("ended_reason", AlertEventJson.NameOf(reason)));

    private static string Lines(IReadOnlyList<string> actions) => string.Join('\n', actions);

    private static string Text(double value) => value.ToString("G7", CultureInfo.InvariantCulture);

    // One of our names, or that with any number of prefixes.
    private static bool IsOurs(ReadOnlySpan<char> name)
    {
        while (name.StartsWith(Exported, StringComparison.Ordinal)) name = name[Exported.Length..];
        foreach (var ours in OurLabels)
            if (name.SequenceEqual(ours)) return true;
        return false;
    }
}
