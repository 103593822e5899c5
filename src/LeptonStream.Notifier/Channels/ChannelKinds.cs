using LeptonStream.Notifier.Channels.Kinds;

namespace LeptonStream.Notifier.Channels;

/// <summary>A kind of channel in the routing file: its settings stand in the list <c>NAME_configs</c> of a receiver.</summary>
/// <param name="Name">Begins the channel's key: <c>webhook/0</c>.</param>
/// <param name="Read">Reads the settings of one channel; every field that it asks for is a known field.</param>
internal sealed record ChannelKind(string Name, Func<ChannelSection, ChannelSettings> Read);

/// <summary>Every kind of channel there is.</summary>
internal static class ChannelKinds
{
    public static readonly IReadOnlyList<ChannelKind> All =
    [
        new("webhook", WebhookSettings.Read),
        new("slack", SlackSettings.Read),
        new("email", EmailSettings.Read),
        new("pagerduty", PagerDutySettings.Read),
        new("opsgenie", OpsgenieSettings.Read),
        new("msteamsv2", TeamsSettings.Read),
        new("discord", DiscordSettings.Read),
        new("telegram", TelegramSettings.Read),
        new("wechat", WeChatSettings.Read),
        new("pushover", PushoverSettings.Read),
        new("victorops", VictorOpsSettings.Read),
        new("dingtalk", DingTalkSettings.Read),
        new("feishu", FeishuSettings.Read),
        new("wecom", WeComSettings.Read),
        new("ntfy", NtfySettings.Read),
        new("alertmanager", AlertmanagerSettings.Read),
        new("flashduty", FlashdutySettings.Read),
        new("grafana", GrafanaSettings.Read),
        new("twilio", TwilioSettings.Read),
        new("aliyun_sms", AliyunSmsSettings.Read),
        new("kafka", KafkaTopicSettings.Read),
        new("exec", ExecSettings.Read),
        new("console", ConsoleSettings.Read),
    ];

    // Kinds of Alertmanager's that are not here, with the advice for each.
    private static readonly Dictionary<string, string> Missing = new()
    {
        ["sns_configs"] = "use webhook_configs",
        ["webex_configs"] = "use webhook_configs",
        ["jira_configs"] = "use webhook_configs",
        ["rocketchat_configs"] = "use webhook_configs, or slack_configs with Rocket.Chat's Slack-compatible address",
        ["mattermost_configs"] = "use slack_configs with Mattermost's incoming webhook",
        ["incidentio_configs"] = "use webhook_configs with incident.io's Alertmanager source",
        ["msteams_configs"] = "Microsoft has retired these connectors; use msteamsv2_configs with a Workflows address",
    };

    /// <summary>What to use in place of a list of channels that is not supported.</summary>
    /// <param name="list">The field, such as <c>sns_configs</c>.</param>
    public static string AdviceFor(string list) =>
        Missing.GetValueOrDefault(list) ?? $"supported are: {string.Join(", ", All.Select(kind => $"{kind.Name}_configs"))}";
}
