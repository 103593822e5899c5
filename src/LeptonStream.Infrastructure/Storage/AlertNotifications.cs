using System.Data.Common;
using Dapper;
using LeptonStream.Alerting;
using LeptonStream.Alerting.Muting;

namespace LeptonStream.Storage;

/// <summary>Who was notified of an alert, and who was not: how the page and the tools read it from the journal.</summary>
/// <param name="Notified">The notifications that held it, the newest first.</param>
/// <param name="LeftOut">The stretches of time in which a receiver was not notified of it, the newest first.</param>
public sealed record AlertNotifications(IReadOnlyList<NotifiedRow> Notified, IReadOnlyList<SuppressedRow> LeftOut)
{
    /// <summary>Rows of each kind, at most.</summary>
    public const int Most = 500;

    /// <summary>Reads them.</summary>
    public static async Task<AlertNotifications> Read(DbConnection connection, string alertId, CancellationToken stop = default)
    {
        var notified = await connection.QueryAsync<NotifiedRow>(new CommandDefinition(
            """
            select n.notification_id, n.receiver, n.channel, n.reason, coalesce(d.status, n.status) as status, a.resolved, n.created_at,
              coalesce(d.sent_at, n.sent_at) as sent_at, coalesce(d.attempts, n.attempts) as attempts,
              coalesce(d.next_attempt_at, n.next_attempt_at) as next_attempt_at, coalesce(d.last_error, n.last_error) as last_error,
              n.digest_id
            from notification_alert a join notification n on n.notification_id = a.notification_id
            left join notification d on d.notification_id = n.digest_id
            where a.alert_id = @alertId order by n.seq desc limit @Most
            """,
            new { alertId, Most }, cancellationToken: stop));
        var left = await connection.QueryAsync<SuppressedRow>(new CommandDefinition(
            """
            select receiver, cause, detail, since, until from suppression where alert_id = @alertId
            order by since desc, receiver limit @Most
            """,
            new { alertId, Most }, cancellationToken: stop));
        var rows = left.AsList();
        await NameSilences(connection, rows, stop);
        return new(notified.AsList(), rows);
    }

    // An id says nothing to people: whose silence it is, of which alerts and until when does.
    private static async Task NameSilences(DbConnection connection, IReadOnlyList<SuppressedRow> rows, CancellationToken stop)
    {
        var known = new Dictionary<string, SilenceRow?>();
        foreach (var row in rows.Where(row => row.Cause == SuppressionCauses.NameOf(SuppressionCause.Silence)))
        {
            foreach (var id in AlertingJson.Read<string[]>(row.Detail))
            {
                if (!known.TryGetValue(id, out var silence))
                    known[id] = silence = (await connection.QueryAsync<SilenceRow>(new CommandDefinition(
                        $"{SilenceRow.Select} where id = @id", new { id }, cancellationToken: stop))).SingleOrDefault();
                if (silence is not null) row.Silences.Add(silence);
            }
        }
    }
}

/// <summary>A notification that held an alert; times are Unix milliseconds.</summary>
public sealed class NotifiedRow
{
    /// <summary>Its id: the receiver sees the same one at every attempt.</summary>
    public required string NotificationId { get; init; }

    /// <summary>The receiver's name.</summary>
    public required string Receiver { get; init; }

    /// <summary>Kind and position of the channel in it.</summary>
    public required string Channel { get; init; }

    /// <summary>Reason of sending it, in Alertmanager's words.</summary>
    public required string Reason { get; init; }

    /// <summary>pending, sent, dead or dropped.</summary>
    public required string Status { get; init; }

    /// <summary>1 where it says that the alert is over.</summary>
    public required long Resolved { get; init; }

    /// <summary>Time of the decision.</summary>
    public required long CreatedAt { get; init; }

    /// <summary>Time of the delivery; null before it.</summary>
    public long? SentAt { get; init; }

    /// <summary>Number of attempts so far.</summary>
    public required long Attempts { get; init; }

    /// <summary>Time of the next attempt, where it is pending.</summary>
    public required long NextAttemptAt { get; init; }

    /// <summary>Error of the last attempt that failed; null where none did.</summary>
    public string? LastError { get; init; }

    /// <summary>Id of the digest into which it is folded, whose delivery is its own; null without one.</summary>
    public string? DigestId { get; init; }

    /// <summary>What it says of the alert: firing or resolved.</summary>
    public string AlertStatus => Resolved == 1 ? "resolved" : "firing";
}

/// <summary>A stretch of time in which a receiver was not notified of an alert; times are Unix milliseconds.</summary>
public sealed class SuppressedRow
{
    /// <summary>The receiver's name.</summary>
    public required string Receiver { get; init; }

    /// <summary>The cause, such as <c>silence</c>.</summary>
    public required string Cause { get; init; }

    /// <summary>A JSON array: ids of silences, the id of the inhibiting alert, names of intervals, or persons.</summary>
    public required string Detail { get; init; }

    /// <summary>Time of the first notification that it was left out of.</summary>
    public required long Since { get; init; }

    /// <summary>Time from which it was not left out any more; null while it is.</summary>
    public long? Until { get; init; }

    /// <summary>The silences that <see cref="Detail"/> names, where the journal still has them.</summary>
    public IList<SilenceRow> Silences { get; } = [];
}
