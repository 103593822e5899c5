using LeptonStream.Alerting.Flapping;
using LeptonStream.Settings;
using LeptonStream.Yaml;
using Microsoft.Extensions.Options;

namespace LeptonStream.Notifier;

/// <summary>Settings of the notifier; section <c>Notifier</c>.</summary>
public sealed class NotifierOptions
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Notifier";

    /// <summary>Time between two heartbeats where none is set, in seconds.</summary>
    public const int HeartbeatInterval = 30;

    /// <summary>The consumer group: all notifiers of one installation share it, and with it the partitions.</summary>
    public string GroupId { get; set; } = "lepton-notifier";

    /// <summary>
    /// Routes and receivers in Alertmanager's words (docs/configuration.md). Not set: every alert to the console and to
    /// <see cref="WebhookUrl"/>.
    /// </summary>
    public string? RoutingFile { get; set; }

    /// <summary>Without a routing file: a webhook that gets every alert. May hold a secret.</summary>
    public string? WebhookUrl { get; set; }

    /// <summary>
    /// Targets beyond the public Internet that channels may reach, separated by commas: <c>private</c>, <c>loopback</c>, addresses,
    /// networks, names of hosts. Not set: public addresses only.
    /// </summary>
    public string? AllowedTargets { get; set; }

    /// <summary>
    /// HTTP proxy of all channels that name none of their own. Not set: straight, whatever the environment says. May hold a secret.
    /// </summary>
    public string? ProxyUrl { get; set; }

    /// <summary>Whether <c>exec_configs</c> may start programs on this machine.</summary>
    public bool AllowExec { get; set; }

    /// <summary>
    /// The cluster on which actions may act: <c>in-cluster</c>, or the path of a kubeconfig. Not set: on none.
    /// </summary>
    public string? Kubernetes { get; set; }

    /// <summary>
    /// Addresses of watchers outside that are called with GET while alerts get through (healthchecks.io and its like), separated by blanks.
    /// May hold secrets.
    /// </summary>
    public string? HeartbeatUrls { get; set; }

    /// <summary>As <see cref="HeartbeatUrls"/>, called with POST of Alertmanager's webhook that holds its alert <c>Watchdog</c>.</summary>
    public string? HeartbeatWebhookUrls { get; set; }

    /// <summary>
    /// Bases of Alertmanagers that get the alert <c>Watchdog</c> while alerts get through, separated by blanks. May hold secrets.
    /// </summary>
    public string? HeartbeatAlertmanagerUrls { get; set; }

    /// <summary>
    /// Time between two heartbeats, in seconds; 5 to 300. Not set: <see cref="HeartbeatInterval"/> where a watcher is named, else no
    /// probes.
    /// </summary>
    [SettingRange(Section, 5, 300)]
    public int? HeartbeatIntervalSeconds { get; set; }

    /// <summary>Longest time on the way of a probe that counts, in seconds; 5 to 300.</summary>
    [SettingRange(Section, 5, 300)]
    public int HeartbeatMaxDelaySeconds { get; set; } = 30;

    /// <summary>Address at which people reach the dashboard; stands in notifications.</summary>
    public string ExternalUrl { get; set; } = "http://127.0.0.1:8080";

    /// <summary>
    /// Hours for which the link in a message lets its reader acknowledge, silence or close without signing in; 0 to 168, 0 leaves it out.
    /// </summary>
    [SettingRange(Section, 0, 168)]
    public int ActionLinkHours { get; set; } = 24;

    /// <summary>Without a routing file: how long a new group gathers alerts before it is notified; 0s and more.</summary>
    public string GroupWait { get; set; } = "5s";

    /// <summary>Without a routing file: how long a notified group waits before its changes are sent; above 0s.</summary>
    public string GroupInterval { get; set; } = "1m";

    /// <summary>Without a routing file: after which time an unchanged group that still fires is sent again; above 0s.</summary>
    public string RepeatInterval { get; set; } = "4h";

    /// <summary>
    /// Time without any event after which an alert that fires ends as stale, while the detector works on its partition; 2h and more, 0s is
    /// never.
    /// </summary>
    public string StaleAfter { get; set; } = "24h";

    /// <summary>
    /// Number of openings within <see cref="FlapWindow"/> above which an alert flaps: it is notified once more and then kept quiet until it
    /// is steady; 1 to 1000, 0 is never.
    /// </summary>
    [SettingRange(Section, 0, 1_000)]
    public int FlapOpenings { get; set; } = 5;

    /// <summary>The window in which openings count; above 0s.</summary>
    public string FlapWindow { get; set; } = "1h";

    /// <summary>Time without an opening or an end after which an alert that flapped is steady; above 0s.</summary>
    public string FlapSteady { get; set; } = "30m";

    internal FlapRule Flapping => FlapOpenings == 0
        ? FlapRule.Off
        : new(FlapOpenings, DurationText.Parse(FlapWindow), DurationText.Parse(FlapSteady));

    /// <summary>Events in one transaction, at most; 1 to 2000.</summary>
    [SettingRange(Section, 1, 2_000)]
    public int BatchSize { get; set; } = 500;

    /// <summary>Time for which a batch waits for more events after its first, in milliseconds; 0 to 10000.</summary>
    [SettingRange(Section, 0, 10_000)]
    public int BatchWaitMs { get; set; } = 50;

    /// <summary>Longest time of one attempt to deliver, in seconds; 1 to 300.</summary>
    [SettingRange(Section, 1, 300)]
    public int SendTimeoutSeconds { get; set; } = 15;

    /// <summary>Most deliveries to one destination under way at once; 1 to 100.</summary>
    [SettingRange(Section, 1, 100)]
    public int ConcurrentSends { get; set; } = 4;

    /// <summary>
    /// Messages to one destination in a minute, at most: what is more is folded into a digest every 10 seconds; 20 to 10000, 0 is no limit.
    /// </summary>
    [SettingRange(Section, 0, 10_000)]
    public int StormLimit { get; set; } = 60;

    /// <summary>
    /// Time for which the journal may be away before critical alerts are read ahead and sent directly; 10s and more, 0s is never.
    /// </summary>
    public string DirectAfter { get; set; } = "0s";

    /// <summary>For how long a delivery is tried again before it counts as dead, in hours; 1 to 720.</summary>
    [SettingRange(Section, 1, 720)]
    public int GiveUpAfterHours { get; set; } = 24;

    /// <summary>Days for which ended alerts, their events and the audit are kept; 1 to 3650.</summary>
    [SettingRange(Section, 1, 3_650)]
    public int JournalRetentionDays { get; set; } = 90;

    /// <summary>Days for which notifications that were delivered, given up or dropped are kept; 1 to 3650.</summary>
    [SettingRange(Section, 1, 3_650)]
    public int OutboxRetentionDays { get; set; } = 30;
}

[OptionsValidator]
internal sealed partial class NotifierRanges : IValidateOptions<NotifierOptions>;
