using Dapper;
using LeptonStream.Samples;
using LeptonStream.Storage;

namespace LeptonStream.Dashboard.Outbox;

/// <summary>The outbox as people see it.</summary>
internal sealed class OutboxQueries(Database journal)
{
    /// <summary>The notifications with one of these states, the newest first.</summary>
    public async Task<OutboxList> List(IReadOnlyList<string> statuses, string? receiver, int limit, CancellationToken stop)
    {
        var filter = $"status {journal.AnyOf("@states")}{(receiver is null ? "" : " and receiver = @receiver")}";
        var parameters = new { states = statuses.ToArray(), receiver, limit };
        await using var connection = await journal.Open(stop);
        var total = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            $"select count(*) from notification where {filter}", parameters, cancellationToken: stop));
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            $"""
            select notification_id, receiver, channel, reason, status, firing, resolved, created_at, sent_at, attempts, next_attempt_at,
              last_error,
              (select alert.metric || ' of ' || alert.model from notification_alert held
                join alert on alert.alert_id = held.alert_id
                where held.notification_id = notification.notification_id order by held.alert_id limit 1) as about
            from notification where {filter} order by seq desc limit @limit
            """,
            parameters, cancellationToken: stop));
        return new(total, [.. rows.Select(row => row.ToEntry())]);
    }

    private sealed class Row
    {
        public required string NotificationId { get; init; }

        public required string Receiver { get; init; }

        public required string Channel { get; init; }

        public required string Reason { get; init; }

        public required string Status { get; init; }

        public required long Firing { get; init; }

        public required long Resolved { get; init; }

        public required long CreatedAt { get; init; }

        public long? SentAt { get; init; }

        public required long Attempts { get; init; }

        public required long NextAttemptAt { get; init; }

        public string? LastError { get; init; }

        public string? About { get; init; }

        public OutboxEntry ToEntry() => new(
            NotificationId, Receiver, Channel, Reason, Status, (int)Firing, (int)Resolved, Time(CreatedAt),
            SentAt is { } sent ? Time(sent) : null, (int)Attempts, Status == OutboxStates.Pending ? Time(NextAttemptAt) : null, LastError,
            About);

        private static string Time(long milliseconds) => Timestamp.FromUnixMilliseconds(milliseconds).ToString();
    }
}

/// <summary>Notifications of the outbox, the newest first.</summary>
/// <param name="Total">Number of all that were asked for.</param>
/// <param name="Notifications">The newest of them.</param>
internal sealed record OutboxList(long Total, IReadOnlyList<OutboxEntry> Notifications);

/// <summary>One notification of the outbox.</summary>
/// <param name="NotificationId">Its id: the receiver sees the same one at every attempt.</param>
/// <param name="Receiver">The receiver's name.</param>
/// <param name="Channel">Kind and position of the channel in it, such as webhook/0.</param>
/// <param name="Reason">Reason of sending it, in Alertmanager's words.</param>
/// <param name="Status">pending, sent, dead or dropped.</param>
/// <param name="Firing">Number of its alerts that fire.</param>
/// <param name="Resolved">Number of its alerts that are over.</param>
/// <param name="DecidedAt">Time of the decision, RFC 3339.</param>
/// <param name="SentAt">Time of the delivery; null before it.</param>
/// <param name="Attempts">Number of attempts so far.</param>
/// <param name="NextAttemptAt">Time of the next attempt; null where there will be none.</param>
/// <param name="LastError">Error of the last attempt that failed, or the recipients that were missed; null where there is none.</param>
/// <param name="About">Metric and model of one of its alerts; null where the journal has none of them any more.</param>
internal sealed record OutboxEntry(
    string NotificationId,
    string Receiver,
    string Channel,
    string Reason,
    string Status,
    int Firing,
    int Resolved,
    string DecidedAt,
    string? SentAt,
    int Attempts,
    string? NextAttemptAt,
    string? LastError,
    string? About);
