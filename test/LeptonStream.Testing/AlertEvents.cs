using System.Globalization;
using System.IO.Hashing;
using System.Text;
using LeptonStream.Alerts;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Testing;

/// <summary>Alert events as a detector would publish them, with what a test does not care about filled in.</summary>
public static class AlertEvents
{
    /// <summary>The time of <see cref="At"/>(0).</summary>
    public static readonly Timestamp Start = Timestamp.FromUnixMilliseconds(1_800_000_000_000);

    /// <summary>So many seconds after <see cref="Start"/>.</summary>
    public static Timestamp At(double seconds) => Start + TimeSpan.FromSeconds(seconds);

    public static AlertEvent Opened(
        string alert, double at = 0, AlertSeverity severity = AlertSeverity.Warning, string model = "llama-70b", LabelSet? labels = null) =>
        Make(alert, AlertEventType.Opened, at, severity, model, labels);

    public static AlertEvent Updated(
        string alert, double at = 0, AlertSeverity severity = AlertSeverity.Warning, string model = "llama-70b", LabelSet? labels = null) =>
        Make(alert, AlertEventType.Updated, at, severity, model, labels);

    public static AlertEvent Resolved(
        string alert, double at = 0, AlertSeverity severity = AlertSeverity.Warning, string model = "llama-70b", LabelSet? labels = null) =>
        Make(alert, AlertEventType.Resolved, at, severity, model, labels);

    /// <summary>The end of an alert that did not recover.</summary>
    public static AlertEvent Closed(string alert, double at, EndedReason reason) => Resolved(alert, at) with { EndedReason = reason };

    /// <summary>The newest points of an alert that goes on as it is.</summary>
    public static AlertEvent Progress(string alert, double at) => Updated(alert, at) with { IsProgress = true };

    /// <summary>
    /// A limit of 250 that is expected to be reached in an hour, known to ten minutes; resolve it with <see cref="Resolved"/>.
    /// </summary>
    public static AlertEvent EarlyWarning(string alert, double at = 0, string model = "llama-70b", LabelSet? labels = null)
    {
        var warning = Make(alert, AlertEventType.EarlyWarning, at, AlertSeverity.Warning, model, labels);
        return warning with
        {
            Expected = null,
            Lower = null,
            Upper = null,
            Detectors = [new("early-warning", 4, 3600)],
            EarlyWarning = new(250, At(at + 3600), At(at + 3000), At(at + 4200)),
            RoutingLabels = warning.RoutingLabels.With(("alertname", "LeptonStreamEarlyWarning")),
        };
    }

    /// <summary>Makes an event of an alert; its id is a function of everything given, so that the same call makes the same event.</summary>
    /// <param name="alert">Names the alert; also its metric.</param>
    /// <param name="type">What happened.</param>
    /// <param name="at">When, in seconds after <see cref="Start"/>.</param>
    /// <param name="severity">How urgent.</param>
    /// <param name="model">The watched model.</param>
    /// <param name="labels">The labels of the series, none where null.</param>
    public static AlertEvent Make(string alert, AlertEventType type, double at, AlertSeverity severity, string model, LabelSet? labels)
    {
        var own = labels ?? LabelSet.Empty;
        var text = string.Create(CultureInfo.InvariantCulture, $"{alert} of {model} is {AlertEventJson.NameOf(type)}");
        return new AlertEvent
        {
            Id = Hash(string.Create(CultureInfo.InvariantCulture, $"{alert}|{type}|{at}|{severity}|{model}|{own}")),
            AlertId = Hash($"{alert}|{model}"),
            Type = type,
            Model = model,
            Metric = alert,
            Labels = own,
            Severity = severity,
            Score = 1.5,
            Confidence = 0.95,
            Value = 182.3,
            Expected = 120,
            Lower = 100,
            Upper = 140,
            Onset = At(at),
            DetectedAt = At(at),
            SourceTopic = "lepton.metrics",
            SourcePartition = 0,
            SourceOffset = 1,
            Detectors = [new("median", 1.5, 6.2)],
            Points = [new(At(at), 182.3, 120, 100, 140)],
            English = new(text, text, ["Look at it."]),
            Chinese = new(text, text, ["看一下。"]),
            RoutingLabels = own.With(("alertname", "LeptonStreamAnomaly"), ("severity", AlertEventJson.NameOf(severity)), ("model", model),
                ("metric", alert)),
            Annotations = LabelSet.Of(("summary", text)),
        };
    }

    private static string Hash(string text) => Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes(text)));
}
