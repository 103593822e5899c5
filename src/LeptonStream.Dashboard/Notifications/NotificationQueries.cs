using System.Text.Json.Serialization;
using LeptonStream.Alerting;
using LeptonStream.Samples;
using LeptonStream.Storage;

namespace LeptonStream.Dashboard.Notifications;

/// <summary>Who was notified of an alert.</summary>
internal sealed class NotificationQueries(Database journal)
{
    /// <summary>The notifications that held an alert, the newest first.</summary>
    public async Task<NotificationList> Of(string alertId, CancellationToken stop)
    {
        await using var connection = await journal.Open(stop);
        var (notified, left) = await AlertNotifications.Read(connection, alertId, stop);
        return new([.. notified.Select(EntryOf)], [.. left.Select(EntryOf)]);
    }

    private static NotificationEntry EntryOf(NotifiedRow row) => new(
        row.NotificationId, row.Receiver, row.Channel, row.AlertStatus, row.Reason, row.Status, Time(row.CreatedAt),
        row.SentAt is { } sent ? Time(sent) : null, (int)row.Attempts, row.Status == "pending" ? Time(row.NextAttemptAt) : null,
        row.LastError, row.DigestId);

    private static SuppressionEntry EntryOf(SuppressedRow row) => new(
        row.Receiver, row.Cause, AlertingJson.Read<string[]>(row.Detail), Time(row.Since),
        row.Until is { } until ? Time(until) : null,
        [.. row.Silences.Select(silence => new SilenceName(
            silence.Id, string.Join(" ", silence.ReadMatchers()), silence.CreatedBy, Time(silence.EndsAt)))]);

    private static string Time(long milliseconds) => Timestamp.FromUnixMilliseconds(milliseconds).ToString();
}

/// <summary>The notifications of an alert.</summary>
/// <param name="Notifications">The newest first; at most 500.</param>
/// <param name="Suppressed">When the alert was left out of notifications, and why; the newest first, at most 500.</param>
internal sealed record NotificationList(
    IReadOnlyList<NotificationEntry> Notifications, IReadOnlyList<SuppressionEntry> Suppressed);

/// <summary>A stretch of time in which a receiver was not notified of an alert.</summary>
/// <param name="Receiver">The receiver's name.</param>
/// <param name="Cause">inhibition, active_time_interval, mute_time_interval, maintenance, silence, flapping or acknowledgement.</param>
/// <param name="By">
/// Ids of silences, the id of the inhibiting alert, names of intervals or windows, the time since which it flaps, or who acknowledged it.
/// </param>
/// <param name="Since">Time of the first notification that it was left out of, RFC 3339.</param>
/// <param name="Until">Time from which it was not left out any more; null while it is.</param>
/// <param name="Silences">The silences among <paramref name="By"/> that the journal still has.</param>
internal sealed record SuppressionEntry(
    string Receiver, string Cause, IReadOnlyList<string> By, string Since, string? Until, IReadOnlyList<SilenceName> Silences);

/// <summary>A silence as people know it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Matchers">Its matchers, in Alertmanager's notation.</param>
/// <param name="CreatedBy">Who asked for it.</param>
/// <param name="EndsAt">Its end, at the latest, RFC 3339.</param>
internal sealed record SilenceName(string Id, string Matchers, string CreatedBy, string EndsAt);

/// <summary>One notification of an alert to one channel.</summary>
/// <param name="NotificationId">Its id: the receiver sees the same one at every attempt.</param>
/// <param name="Receiver">The receiver's name.</param>
/// <param name="Channel">Kind and position of the channel in it, such as webhook/0.</param>
/// <param name="AlertStatus">What it says of the alert: firing or resolved.</param>
/// <param name="Reason">Reason of sending it, in Alertmanager's words.</param>
/// <param name="Status">pending, sent, dead or dropped.</param>
/// <param name="DecidedAt">Time of the decision, RFC 3339.</param>
/// <param name="SentAt">Time of the delivery; null before it.</param>
/// <param name="Attempts">Number of attempts so far.</param>
/// <param name="NextAttemptAt">Time of the next attempt; null where there will be none.</param>
/// <param name="LastError">Error of the last attempt that failed; null where none did.</param>
/// <param name="DigestId">Id of the digest into which it is folded, whose delivery is its own; null without one.</param>
internal sealed record NotificationEntry(
    string NotificationId,
    string Receiver,
    string Channel,
    string AlertStatus,
    string Reason,
    string Status,
    string DecidedAt,
    string? SentAt,
    int Attempts,
    string? NextAttemptAt,
    string? LastError,
    string? DigestId);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(NotificationList))]
internal sealed partial class NotificationJson : JsonSerializerContext;
