using LeptonStream.Alerts;
using LeptonStream.Detection.Events;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Store;
using LeptonStream.Explanations;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Detection.EarlyWarning;

/// <summary>Makes the event of a change of an early warning.</summary>
internal static class LimitEvents
{
    /// <summary>The name of the part of an event that speaks for the early warning, beside those of the detectors.</summary>
    public const string RuleName = "early-warning";

    private const string Kind = "limit";

    /// <summary>Makes the event.</summary>
    /// <param name="sink">The sink that takes the event.</param>
    /// <param name="series">The series.</param>
    /// <param name="watch">The watch over its limit, after the sample.</param>
    /// <param name="change">Change of the warning by this sample; not <see cref="LimitChange.None"/>.</param>
    /// <param name="sample">The sample.</param>
    public static AlertEvent Of(in EventSink sink, SeriesState series, LimitWatch watch, LimitChange change, in Sample sample)
    {
        var (key, policy, life) = (series.Key, series.Policy, watch.Alert);
        var alertChange = change.InAlert();
        var isOver = alertChange.IsEnd();
        var unit = policy.Unit;
        var facts = new LimitFacts(key, change, sample, watch.Limit, watch.Forecast, life.Onset, policy.Preset, unit)
        {
            IsReached = watch.Phase == LimitPhase.Reached,
            LastSeen = series.LastTime,
        };
        return AlertEventFactory.Create(sink, series.Id, Kind, life, new()
        {
            Key = key,
            Change = alertChange,
            Severity = AlertSeverity.Warning,
            Score = Math.Round(watch.Urgency, 3),
            Confidence = change is LimitChange.Warned or LimitChange.Moved ? Confidence(watch.Forecast, sample.Time) : 1,
            Value = sample.Value,
            Unit = unit,
            Onset = life.Onset,
            DetectedAt = sample.Time,
            IntervalSeconds = series.IntervalSeconds,
            Step = sample.Step,
            Detectors = [new(RuleName, watch.Urgency, isOver ? double.NaN : (watch.Forecast.At - sample.Time).TotalSeconds)],
            Points = series.Pipeline.PointsOf(series),
            English = EnglishLimitText.Explain(facts),
            Chinese = ChineseLimitText.Explain(facts),
            AlertName = "LeptonStreamEarlyWarning",
            EarlyWarning = isOver
                ? new(watch.Limit.Value, null, null, null)
                : new(watch.Limit.Value, watch.Forecast.At, watch.Forecast.Earliest, watch.Forecast.Latest),
            Runbook = policy.RunbookOf(key.Metric),
        });
    }

    // An interval as wide to each side as the time that is left makes a half.
    private static double Confidence(BreachForecast breach, Timestamp now)
    {
        var left = Math.Max(1, (breach.At - now).TotalSeconds);
        return Math.Round(1 / (1 + ((breach.Latest - breach.Earliest).TotalSeconds / 2 / left)), 3);
    }
}
