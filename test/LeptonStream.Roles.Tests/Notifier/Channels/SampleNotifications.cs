using LeptonStream.Alerting;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Roles.Tests.Notifier.Channels;

/// <summary>Notifications as channels get them.</summary>
internal static class SampleNotifications
{
    public static readonly Timestamp At = Timestamp.FromUnixMilliseconds(1_790_000_000_000);

    /// <summary>A critical alert that began ten minutes ago.</summary>
    public static Notification Firing(int alerts = 1, string? text = null) =>
        Of([.. Enumerable.Range(0, alerts).Select(i => Alert(i, text))]);

    /// <summary>The same alert when it is over.</summary>
    public static Notification Resolved(int alerts = 1, string reason = "recovered") =>
        Of([.. Enumerable.Range(0, alerts).Select(i => Alert(i, null)).Select(alert => alert with
        {
            EndsAt = At,
            Annotations = alert.Annotations.With(("ended_reason", reason)),
        })]);

    public static Notification Of(params GroupedAlert[] alerts) => new()
    {
        GroupId = "group",
        GroupKey = "{}:{model=\"llama-70b\"}",
        Receiver = "ops",
        Channel = "kind/0",
        Reason = alerts.All(alert => alert.IsResolved) ? NotifyReason.AllResolved : NotifyReason.FirstNotification,
        GroupLabels = LabelSet.Of(("model", "llama-70b")),
        RouteLabels = LabelSet.Empty,
        Alerts = alerts,
        At = At,
    };

    /// <param name="number">Tells alerts apart.</param>
    /// <param name="text">Stands in every text and label that a producer decides; null for ordinary ones.</param>
    public static GroupedAlert Alert(int number = 0, string? text = null) => new()
    {
        AlertId = $"alert{number}",
        Labels = LabelSet.Of(("alertname", "LeptonStreamAnomaly"), ("severity", "critical"), ("model", text ?? "llama-70b"),
            ("metric", "gpu_temp_c"), ("gpu", text ?? $"{number}")),
        Annotations = LabelSet.Of(
            ("summary", text ?? $"llama-70b: GPU {number} is hot: 89 °C, expected 62 °C"),
            ("description", text ?? "Usual now: 60 to 64 °C. Only this GPU deviates; the other 7 are normal."),
            ("actions", text?.ReplaceLineEndings(" ") ?? "Check the fans."),
            ("summary_zh", text ?? $"llama-70b：GPU {number} 温度偏高：89 °C，预期 62 °C"),
            ("description_zh", text ?? "当前通常范围：60 至 64 °C。"),
            ("actions_zh", text?.ReplaceLineEndings(" ") ?? "检查风扇。"),
            ("value", "89"), ("expected", "62"), ("unit", "°C"), ("score", "2.4"),
            ("runbook_url", "https://runbooks.example.org/gpu_temp_c")),
        StartsAt = At - TimeSpan.FromMinutes(10),
    };
}
