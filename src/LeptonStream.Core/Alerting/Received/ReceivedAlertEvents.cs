using System.IO.Hashing;
using System.Text;
using LeptonStream.Alerts;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Alerting.Received;

/// <summary>The events of alerts that others found, so that they are recorded, shown and routed as those of the detectors.</summary>
public static class ReceivedAlertEvents
{
    /// <summary>Stands for the topic of an event that came over the API.</summary>
    public const string Source = "/api/v2/alerts";

    /// <summary>Stands for the partition of such an event.</summary>
    public const int Partition = -1;

    /// <summary>Stands for the model or the metric of an alert that names none.</summary>
    public const string Unnamed = "external";

    private const string OwnNames = "LeptonStream";

    // Stands for the detector.
    private const string Detector = "received";

    private static readonly string[] Taken = ["alertname", "severity", "model", "metric"];

    /// <summary>Whether an alert with these labels is one of ours, whose texts name its series; others seldom do.</summary>
    public static bool IsOwn(LabelSet labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        return labels["alertname"]?.StartsWith(OwnNames, StringComparison.Ordinal) is true;
    }

    /// <summary>Makes an event.</summary>
    /// <param name="alert">The alert.</param>
    /// <param name="type">The change.</param>
    /// <param name="number">Its number in the alert's life, from 0.</param>
    /// <param name="at">Time of the change.</param>
    public static AlertEvent Of(ReceivedAlert alert, AlertEventType type, int number, Timestamp at)
    {
        ArgumentNullException.ThrowIfNull(alert);
        var (labels, texts) = (alert.Labels, alert.Annotations);
        return new AlertEvent
        {
            Id = Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes($"{alert.AlertId} {number}"))),
            AlertId = alert.AlertId,
            Type = type,
            EndedReason = type != AlertEventType.Resolved ? null : alert.IsEndedBySender ? EndedReason.Recovered : EndedReason.Gone,
            Model = labels["model"] ?? labels["job"] ?? Unnamed,
            Metric = labels["metric"] ?? labels["alertname"] ?? Unnamed,
            Labels = LabelSet.Of(labels.Where(label => !Taken.Contains(label.Key))),
            Severity = SeverityOf(labels["severity"]),
            Score = 1,
            Confidence = 1,
            Onset = alert.StartsAt,
            DetectedAt = at,
            SourceTopic = Source,
            SourcePartition = Partition,
            SourceOffset = number,
            Detectors = [new(Detector, 1, 1)],
            Points = [],
            English = Text(""),
            Chinese = Text("_zh"),
            RunbookUrl = texts["runbook_url"],
            RoutingLabels = labels,
            Annotations = texts,
        };

        Explanation Text(string language) => new(
            Written("summary", language) ?? Written("message", language) ?? labels["alertname"] ?? labels.ToString(),
            Written("description", language) ?? "",
            []);

        string? Written(string name, string language) => texts[name + language] ?? texts[name];
    }

    private static AlertSeverity SeverityOf(string? label) => label?.ToLowerInvariant() switch
    {
        "critical" or "page" or "emergency" or "fatal" => AlertSeverity.Critical,
        "info" or "information" or "informational" or "none" or "debug" => AlertSeverity.Info,
        _ => AlertSeverity.Warning,
    };
}
