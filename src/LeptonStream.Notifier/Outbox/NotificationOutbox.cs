using System.Data.Common;
using Dapper;
using LeptonStream.Alerting;
using LeptonStream.Alerting.Digests;
using LeptonStream.Notifier.Direct;
using LeptonStream.Samples;
using LeptonStream.Storage;

namespace LeptonStream.Notifier.Outbox;

/// <summary>
/// The messages to send and their outcomes. A row is pending until it is sent or dead; nothing leaves it silently. Who takes a row in
/// hand leases it: if that process dies, the row comes free when the lease ends and is sent again under the same id.
/// </summary>
internal sealed class NotificationOutbox(Database database)
{
    private const string Dead =
        """
        update notification set status = 'dead', attempts = @attempts, last_error = @error
        where notification_id = @Id and status = 'pending'
        """;

    // In the order of ValuesOf.
    private const string Row =
        """
        notification (notification_id, seq, group_id, group_key, receiver, channel, reason, status, firing, resolved, created_at,
          attempts, next_attempt_at, leased_until, urgent, digest_at, payload)
        """;

    /// <summary>Adds notifications, in the transaction that decided them.</summary>
    public static async Task Add(DbTransaction transaction, IReadOnlyList<Notification> notifications, long seq, Timestamp now)
    {
        string?[] keys = [.. notifications.Select(DirectKey.Of)];
        var free = await FreeKeys(transaction, [.. keys.OfType<string>().Distinct()]);
        var rows = notifications.Select((notification, index) => (Notification: notification,
            Id: keys[index] is { } key && free.Remove(key) ? key : Guid.CreateVersion7(now.ToDateTimeOffset()).ToString("N"),
            Seq: seq + index + 1)).ToArray();
        await transaction.InsertEach(Row, rows.Select(row => ValuesOf(row.Id, row.Seq, row.Notification, IsUrgent(row.Notification), now)));
        // A group stays in order: those before an urgent one go with it.
        await transaction.ExecuteEach(
            "update notification set urgent = 1, digest_at = null where group_id = @GroupId and channel = @Channel and status = 'pending' "
                + "and urgent = 0",
            rows.Where(row => IsUrgent(row.Notification)).Select(row => new { row.Notification.GroupId, row.Notification.Channel }));
        // An alert that changed its labels may stand in a notification twice: as over, and as firing.
        await transaction.InsertEach(
            "notification_alert (alert_id, notification_id, resolved)",
            rows.SelectMany(row => row.Notification.About.GroupBy(alert => alert.AlertId).Select(alerts => new
            {
                AlertId = alerts.Key, row.Id, resolved = alerts.All(alert => alert.IsResolved) ? 1 : 0,
            })));
    }

    /// <summary>Adds a digest, in the transaction that folds notifications into it. Its alerts know of it by those.</summary>
    /// <returns>Its id.</returns>
    public static async Task<string> AddDigest(DbTransaction transaction, Notification digest, Lane lane, long seq, Timestamp now)
    {
        var id = Guid.CreateVersion7(now.ToDateTimeOffset()).ToString("N");
        await transaction.InsertEach(Row, [ValuesOf(id, seq, digest, lane == Lane.Urgent, now)]);
        return id;
    }

    /// <summary>
    /// Takes rows of one destination in hand whose time has come, oldest first. Of a group only the oldest pending row: what is sent later
    /// must arrive later; and none of a lane before its digest. Nothing while the destination is paused.
    /// </summary>
    /// <param name="destination">The destination.</param>
    /// <param name="lane">Its lane.</param>
    /// <param name="scope">Which rows.</param>
    /// <param name="now">The time.</param>
    /// <param name="lease">Time for which nobody else takes them.</param>
    /// <param name="limit">Rows at most.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<IReadOnlyList<OutboxRow>> Claim(
        Destination destination, Lane lane, ClaimScope scope, Timestamp now, TimeSpan lease, int limit, CancellationToken cancellation)
    {
        await using var connection = await database.Open(cancellation);
        var rows = await connection.QueryAsync<ClaimedRow>(
            $"""
            with due as materialized (
              select n.notification_id from notification n
              where n.receiver = @Receiver and n.channel = @Channel and n.status = 'pending' and n.urgent = @urgent
                and n.next_attempt_at <= @now and n.leased_until <= @now {WhereOf(scope)}
                and not exists (
                  select 1 from notification e
                  where e.group_id = n.group_id and e.channel = n.channel and e.status = 'pending' and e.seq < n.seq)
                and not exists (
                  select 1 from destination_pause p where p.receiver = n.receiver and p.channel = n.channel and p.until > @now)
              order by n.seq limit @limit {database.ForUpdateSkipLocked})
            update notification set leased_until = @until where notification_id in (select notification_id from due)
            returning notification_id, seq, created_at, retried_at, attempts, payload
            """,
            new
            {
                destination.Receiver,
                destination.Channel,
                urgent = lane == Lane.Urgent ? 1 : 0,
                now = now.UnixMilliseconds,
                until = (now + lease).UnixMilliseconds,
                limit,
            });
        return [.. rows.OrderBy(row => row.Seq).Select(row => new OutboxRow(
            row.NotificationId, row.Seq, Timestamp.FromUnixMilliseconds(row.CreatedAt),
            Timestamp.FromUnixMilliseconds(row.RetriedAt ?? row.CreatedAt), row.Attempts,
            AlertingJson.Read<Notification>(row.Payload)))];
    }

    /// <summary>It was delivered; <paramref name="missed"/> says which recipients did not get it, or is null.</summary>
    public Task MarkSent(OutboxRow row, int attempts, string? missed, Timestamp now, CancellationToken cancellation) => Execute(
        "update notification set status = 'sent', attempts = @attempts, sent_at = @at, last_error = @error where notification_id = @Id and "
            + "status = 'pending'",
        new { row.Id, attempts, error = missed is null ? null : SqlText.Clean(missed), at = now.UnixMilliseconds }, cancellation);

    /// <summary>It was not delivered this time; it comes up again at <paramref name="next"/>.</summary>
    public Task Postpone(OutboxRow row, int attempts, string error, Timestamp next, CancellationToken cancellation) => Execute(
        "update notification set attempts = @attempts, last_error = @error, next_attempt_at = @next, leased_until = 0 where "
            + "notification_id = @Id and status = 'pending'",
        new { row.Id, attempts, error = SqlText.Clean(error), next = next.UnixMilliseconds }, cancellation);

    /// <summary>It will not be delivered. It stays, for people to see and to send again.</summary>
    public Task MarkDead(OutboxRow row, int attempts, string error, CancellationToken cancellation) =>
        Execute(Dead, DeadValues(row, attempts, error), cancellation);

    /// <summary>The same in a transaction that holds the row's groups.</summary>
    public static Task MarkDead(DbTransaction transaction, OutboxRow row, int attempts, string error) =>
        transaction.Execute(Dead, DeadValues(row, attempts, error));

    /// <summary>The notifications that a row stands for: itself, or those that were folded into it, in their order.</summary>
    public static async Task<IReadOnlyList<Notification>> PartsOf(DbTransaction transaction, OutboxRow row) =>
        row.Notification.Digest is null ? [row.Notification]
        : [.. (await transaction.Query<string>(
            "select payload from notification where digest_id = @Id and status = 'folded' order by seq", new { row.Id }))
            .Select(AlertingJson.Read<Notification>)];

    /// <summary>Number of notifications of a group that a channel got none of since the last one that was delivered.</summary>
    public static async Task<int> DeadInARow(DbTransaction transaction, string groupId, string channel) =>
        (int)(await transaction.Query<long>(
        """
        select count(*) from notification where group_id = @groupId and channel = @channel and status = 'dead' and seq > coalesce(
          (select max(seq) from notification where group_id = @groupId and channel = @channel and status = 'sent'), 0)
        """,
        new { groupId, channel })).Single();

    /// <summary>
    /// The destination asked not to be called before a time: nobody calls it, in this process or another, now or after a restart.
    /// </summary>
    public Task Pause(Destination destination, Timestamp until, CancellationToken cancellation) => Execute(
        """
        insert into destination_pause (receiver, channel, until) values (@Receiver, @Channel, @until)
        on conflict (receiver, channel) do update set until = excluded.until where excluded.until > destination_pause.until
        """,
        new { destination.Receiver, destination.Channel, until = until.UnixMilliseconds }, cancellation);

    /// <summary>
    /// Marks as dead what is pending for destinations that the routes no longer have, and that nobody serves: a notifier with other routes
    /// may. Returns how many rows that were, by destination.
    /// </summary>
    /// <param name="known">The destinations of the routes in force.</param>
    /// <param name="before">Since this time nothing of a destination is in hand, was tried or came to it.</param>
    /// <param name="cancellation">Ends it.</param>
    public Task<IReadOnlyList<(Destination Destination, int Rows)>> MarkOrphansDead(
        IReadOnlyCollection<Destination> known, Timestamp before, CancellationToken cancellation) => database.Write(async transaction =>
    {
        var pending = await transaction.Query<(string Receiver, string Channel)>(
            """
            select n.receiver, n.channel from notification n
            where n.status = 'pending' and not exists (
              select 1 from destination_pause p where p.receiver = n.receiver and p.channel = n.channel and p.until > @before)
            group by n.receiver, n.channel
            having max(n.next_attempt_at) <= @before and max(n.leased_until) <= @before and max(coalesce(n.digest_at, 0)) <= @before
            """,
            new { before = before.UnixMilliseconds });
        var marked = new List<(Destination, int)>();
        foreach (var destination in pending.Select(row => new Destination(row.Receiver, row.Channel))
            .Where(destination => !known.Contains(destination)))
        {
            var rows = await transaction.Execute(
                "update notification set status = 'dead', last_error = @error where receiver = @Receiver and channel = @Channel and "
                    + "status = 'pending'",
                new { destination.Receiver, destination.Channel,
                    error = $"the routes no longer have the receiver {destination.Receiver} with a channel {destination.Channel}" });
            marked.Add((destination, rows));
        }

        return (IReadOnlyList<(Destination, int)>)marked;
    }, cancellation);

    private static object ValuesOf(string id, long seq, Notification notification, bool isUrgent, Timestamp now) => new
    {
        id,
        seq,
        notification.GroupId,
        notification.GroupKey,
        notification.Receiver,
        notification.Channel,
        reason = NotifyReasons.TextOf(notification.Reason),
        status = "pending",
        // Those that were sent and are held keep an incident open, too.
        firing = notification.FiringCount + (notification.Withheld ?? 0),
        resolved = notification.ResolvedCount,
        at = now.UnixMilliseconds,
        attempts = 0,
        next = now.UnixMilliseconds,
        lease = 0L,
        urgent = isUrgent ? 1 : 0,
        digestAt = notification.DigestEvery is { } period ? Digest.DueAt(period, now).UnixMilliseconds : (long?)null,
        payload = AlertingJson.Write(notification),
    };

    // A page that may have been sent directly has a key that can be known; an alert that fires again has one of its own.
    private static async Task<HashSet<string>> FreeKeys(DbTransaction transaction, string[] ids)
    {
        HashSet<string> keys = [.. ids];
        if (ids.Length > 0)
            keys.ExceptWith(await transaction.Query<string>(
                $"select notification_id from notification where notification_id {transaction.AnyOf("@ids")}", new { ids }));
        return keys;
    }

    private static bool IsUrgent(Notification notification) => notification.Firing.Any(alert => alert.IsCritical);

    private static object DeadValues(OutboxRow row, int attempts, string error) => new { row.Id, attempts, error = SqlText.Clean(error) };

    private static string WhereOf(ClaimScope scope) => scope switch
    {
        ClaimScope.Digests => "and n.reason = 'digest'",
        ClaimScope.Due =>
            """
            and n.digest_at is null and (n.reason = 'digest' or not exists (
              select 1 from notification d
              where d.receiver = n.receiver and d.channel = n.channel and d.urgent = n.urgent and d.status = 'pending'
                and d.reason = 'digest' and d.seq < n.seq))
            """,
        _ => "",
    };

    private async Task Execute(string sql, object parameters, CancellationToken cancellation)
    {
        await using var connection = await database.Open(cancellation);
        await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellation));
    }

    private sealed class ClaimedRow
    {
        public required string NotificationId { get; init; }

        public required long Seq { get; init; }

        public required long CreatedAt { get; init; }

        public long? RetriedAt { get; init; }

        public required int Attempts { get; init; }

        public required string Payload { get; init; }
    }
}
