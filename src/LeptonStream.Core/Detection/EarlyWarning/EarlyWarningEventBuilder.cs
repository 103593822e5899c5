using System.Globalization;
using System.Text;
using LeptonStream.Alerts;
using LeptonStream.Detection.Policies;
using LeptonStream.Explanations;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Detection.EarlyWarning;

/// <summary>Makes the event that tells of a change of an early warning.</summary>
internal static class EarlyWarningEventBuilder
{
    /// <summary>The name of the part of an event that speaks for the early warning, beside those of the detectors.</summary>
    public const string Detector = "early-warning";

    /// <summary>Makes the event.</summary>
    /// <param name="facts">The series and what is known of it.</param>
    /// <param name="watch">The watch over its limit, after the sample.</param>
    /// <param name="change">What the sample changed; not <see cref="LimitChange.None"/>.</param>
    /// <param name="sample">The sample.</param>
    /// <param name="position">The sample's record.</param>
    /// <param name="ordinal">How many events the record has made before.</param>
    public static AlertEvent Build(in EarlyWarningFacts facts, LimitWatch watch, LimitChange change, in Sample sample, RecordPosition position, int ordinal)
    {
        var (key, policy) = (facts.Key, facts.Policy);
        if (change == LimitChange.Warned) watch.Name(SeriesId.Derive(facts.Id.Value, position.Partition, position.Offset, ordinal));
        var isOver = change is LimitChange.Withdrawn or LimitChange.Receded;
        var unit = policy.Preset?.Unit ?? Units.Of(key.Metric);
        var story = new LimitStory(key, change, sample, watch.Limit, watch.Told, watch.Onset, policy.Preset, unit);
        var english = EnglishLimitText.Explain(story);
        var runbook = policy.RunbookUrl?.Replace("{metric}", Uri.EscapeDataString(key.Metric), StringComparison.Ordinal);
        return new AlertEvent
        {
            Id = Hex(SeriesId.Derive(facts.Basis, position.Partition, position.Offset, ordinal)),
            AlertId = Hex(watch.AlertId),
            Type = isOver ? AlertEventType.Resolved : AlertEventType.EarlyWarning,
            Model = key.Model,
            Metric = key.Metric,
            Labels = key.Labels,
            Severity = AlertSeverity.Warning,
            Score = Math.Round(watch.Urgency, 3),
            Confidence = change is LimitChange.Warned or LimitChange.Moved ? Confidence(watch.Told, sample.Time) : 1,
            Value = sample.Value,
            Unit = unit,
            Onset = watch.Onset,
            DetectedAt = sample.Time,
            Step = sample.Step == Sample.NoStep ? null : sample.Step,
            SourceTopic = position.Topic,
            SourcePartition = position.Partition,
            SourceOffset = position.Offset,
            Detectors = [new(Detector, watch.Urgency, isOver ? double.NaN : (watch.Told.At - sample.Time).TotalSeconds)],
            Points = facts.Points,
            English = english,
            Chinese = ChineseLimitText.Explain(story),
            EarlyWarning = isOver ? new(watch.Limit.Value, null, null, null) : new(watch.Limit.Value, watch.Told.At, watch.Told.Earliest, watch.Told.Latest),
            RunbookUrl = runbook,
            RoutingLabels = key.Labels.With(
                ("alertname", "LeptonStreamEarlyWarning"),
                ("severity", AlertEventJson.NameOf(AlertSeverity.Warning)),
                ("model", key.Model),
                ("metric", key.Metric)),
            Annotations = LabelSet.Of(
                ("summary", english.Summary),
                ("description", english.Description),
                ("runbook_url", runbook ?? "")),
        };
    }

    /// <summary>What the ids of a series' events are derived from: a function of the settings that decide about it.</summary>
    public static UInt128 BasisOf(DetectionPolicy detection, SeriesPolicy policy) =>
        SeriesId.OfEntity(Encoding.UTF8.GetBytes(detection.Fingerprint() + policy.Fingerprint())).Value;

    // An interval as wide to each side as the time that is left makes a half.
    private static double Confidence(BreachForecast told, Timestamp now)
    {
        var left = Math.Max(1, (told.At - now).TotalSeconds);
        return Math.Round(1 / (1 + ((told.Latest - told.Earliest).TotalSeconds / 2 / left)), 3);
    }

    private static string Hex(UInt128 id) => id.ToString("x32", CultureInfo.InvariantCulture);
}

/// <summary>What an event of an early warning tells of its series.</summary>
/// <param name="Id">The series' id.</param>
/// <param name="Key">What the series is.</param>
/// <param name="Policy">Its policy.</param>
/// <param name="Basis">What the ids of its events are derived from: <see cref="EarlyWarningEventBuilder.BasisOf"/>.</param>
/// <param name="Points">Its last points.</param>
internal readonly record struct EarlyWarningFacts(SeriesId Id, SeriesKey Key, SeriesPolicy Policy, UInt128 Basis, IReadOnlyList<AlertPoint> Points);
