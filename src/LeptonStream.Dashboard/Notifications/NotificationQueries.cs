using System.Text.Json.Serialization;
using Dapper;
using LeptonStream.Alerting;
using LeptonStream.Samples;
using LeptonStream.Storage;

namespace LeptonStream.Dashboard.Notifications;

/// <summary>Who was notified of an alert.</summary>
internal sealed class NotificationQueries(Database journal)
{
    private const int Most = 500;

    /// <summary>The notifications that held an alert, the newest first.</summary>
    public async Task<NotificationList> Of(string alertId, CancellationToken stop)
    {
        await using var connection = await journal.Open(stop);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            """
            select n.notification_id, n.receiver, n.channel, n.reason, n.status, a.resolved, n.created_at, n.sent_at, n.attempts,
              n.next_attempt_at, n.last_error
            from notification_alert a join notification n on n.notification_id = a.notification_id
            where a.alert_id = @alertId order by n.seq desc limit @Most
            """,
            new { alertId, Most }, cancellationToken: stop));
        var left = await connection.QueryAsync<SuppressionRow>(new CommandDefinition(
            """
            select receiver, cause, detail, since, until from suppression where alert_id = @alertId order by since desc limit @Most
            """,
            new { alertId, Most }, cancellationToken: stop));
        return new([.. rows.Select(row => row.ToEntry())], [.. left.Select(row => row.ToEntry())]);
    }

    private static string Time(long milliseconds) => Timestamp.FromUnixMilliseconds(milliseconds).ToString();

    private sealed class Row
    {
        public required string NotificationId { get; init; }

        public required string Receiver { get; init; }

        public required string Channel { get; init; }

        public required string Reason { get; init; }

        public required string Status { get; init; }

        public required long Resolved { get; init; }

        public required long CreatedAt { get; init; }

        public long? SentAt { get; init; }

        public required long Attempts { get; init; }

        public required long NextAttemptAt { get; init; }

        public string? LastError { get; init; }

        public NotificationEntry ToEntry() => new(
            NotificationId, Receiver, Channel, Resolved == 1 ? "resolved" : "firing", Reason, Status, Time(CreatedAt),
            SentAt is { } sent ? Time(sent) : null, (int)Attempts, Status == "pending" ? Time(NextAttemptAt) : null, LastError);
    }

    private sealed class SuppressionRow
    {
        public required string Receiver { get; init; }

        public required string Cause { get; init; }

        public required string Detail { get; init; }

        public required long Since { get; init; }

        public long? Until { get; init; }

        public SuppressionEntry ToEntry() => new(
            Receiver, Cause, AlertingJson.Read<string[]>(Detail), Time(Since), Until is { } until ? Time(until) : null);
    }
}

/// <summary>The notifications of an alert.</summary>
/// <param name="Notifications">The newest first; at most 500.</param>
/// <param name="Suppressed">When the alert was left out of notifications, and why; the newest first, at most 500.</param>
internal sealed record NotificationList(
    IReadOnlyList<NotificationEntry> Notifications, IReadOnlyList<SuppressionEntry> Suppressed);

/// <summary>A stretch of time in which a receiver was not notified of an alert.</summary>
/// <param name="Receiver">The receiver's name.</param>
/// <param name="Cause">inhibition, active_time_interval, mute_time_interval, silence or acknowledgement.</param>
/// <param name="By">Ids of silences, the id of the inhibiting alert, names of intervals, or who acknowledged it.</param>
/// <param name="Since">Time of the first notification that it was left out of, RFC 3339.</param>
/// <param name="Until">Time from which it was not left out any more; null while it is.</param>
internal sealed record SuppressionEntry(string Receiver, string Cause, IReadOnlyList<string> By, string Since, string? Until);

/// <summary>One notification of an alert to one channel.</summary>
/// <param name="NotificationId">Its id: the receiver sees the same one at every attempt.</param>
/// <param name="Receiver">The receiver's name.</param>
/// <param name="Channel">Kind and position of the channel in it, such as webhook/0.</param>
/// <param name="AlertStatus">What it says of the alert: firing or resolved.</param>
/// <param name="Reason">Reason of sending it, in Alertmanager's words.</param>
/// <param name="Status">pending, sent or dead.</param>
/// <param name="DecidedAt">Time of the decision, RFC 3339.</param>
/// <param name="SentAt">Time of the delivery; null before it.</param>
/// <param name="Attempts">Number of attempts so far.</param>
/// <param name="NextAttemptAt">Time of the next attempt; null where there will be none.</param>
/// <param name="LastError">Error of the last attempt that failed; null where none did.</param>
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
    string? LastError);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(NotificationList))]
internal sealed partial class NotificationJson : JsonSerializerContext;
