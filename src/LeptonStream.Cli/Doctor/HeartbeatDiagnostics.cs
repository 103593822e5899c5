using System.Globalization;
using LeptonStream.Cli.Status;
using LeptonStream.Notifier;
using LeptonStream.Notifier.Heartbeats;

namespace LeptonStream.Cli.Doctor;

/// <summary>Looks whether anybody outside would notice the death of the detector, Kafka, the notifier or the database.</summary>
internal static class HeartbeatDiagnostics
{
    private const string Name = "heartbeat";

    private const string Advice = "no watcher outside is named: when the detector, Kafka, the notifier or the database is dead, nobody "
        + "is notified. Make a check at healthchecks.io or a service like it (period 30 s, grace 60 s) and give the notifier its address: "
        + "LEPTON_Notifier__HeartbeatUrls=https://hc-ping.com/… (docs/configuration.md#dead-mans-switch: webhooks and Alertmanager, too)";

    // A notifier with the longest interval is heard within that, whatever settings this machine has.
    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(10);

    /// <param name="options">The settings that a notifier here would have.</param>
    /// <param name="last">Time at which the watchers of any notifier took a heartbeat last; null where they never did.</param>
    /// <param name="now">The time.</param>
    public static Finding Of(NotifierOptions options, DateTimeOffset? last, DateTimeOffset now)
    {
        var wrong = new List<string>();
        var watchers = HeartbeatTarget.Of(options, wrong);
        if (wrong.Count > 0) return new(Name, "can't be used", string.Join("; ", wrong));
        if (watchers.Count == 0 && last is { } taken && now - taken < Recent)
            return new(Name, $"last taken by a watcher outside {Moments.Of(taken, now)}");
        return watchers.Count == 0
            ? new(Name, "no watcher outside (Notifier:HeartbeatUrls)", Advice: Advice)
            : new(Name, string.Create(CultureInfo.InvariantCulture,
                $"every {options.HeartbeatIntervalSeconds ?? NotifierOptions.HeartbeatInterval} s to ")
                + string.Join(", ", watchers.Select(watcher => watcher.Name)));
    }
}
