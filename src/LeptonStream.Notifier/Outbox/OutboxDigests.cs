using System.Data.Common;
using Dapper;
using LeptonStream.Alerting;
using LeptonStream.Alerting.Digests;
using LeptonStream.Samples;
using LeptonStream.Storage;

namespace LeptonStream.Notifier.Outbox;

/// <summary>
/// Folds notifications that wait into one digest: those of routes with <c>digest</c> when their period ends, and those beyond the
/// <see cref="StormLimit"/> of a destination. Each of them says which digest it is in; the digest is a notification like any other.
/// </summary>
internal sealed class OutboxDigests(Database database)
{
    // Notifications in one digest, at most: the program holds them in memory for a moment.
    private const int MostAtOnce = 20_000;

    // Far below the limit of either database.
    private const int MostParameters = 1_000;

    private const string InLane = "receiver = @Receiver and channel = @Channel and urgent = @urgent";

    /// <summary>Folds what is to be folded now.</summary>
    /// <returns>What may be claimed: how many one by one, digests always.</returns>
    public async Task<int> Fold(Destination destination, Lane lane, StormLimit? limit, Timestamp now, CancellationToken cancellation)
    {
        var load = await LoadOf(destination, lane, now, cancellation);
        if (load.Waiting + load.Scheduled == 0) return 0;
        if (load.Scheduled > 0) await FoldAll(destination, lane, "digest_at <= @now", now, cancellation);
        if (limit is null) return int.MaxValue;
        var room = limit.ShareOf(lane) - load.Sent - load.UnderWay;
        // Where not all fit they are folded: a few one by one would hold up the others.
        if (load.Waiting <= room) return room;
        if (load.Recent + load.UnderWay + load.Digests > 0) return 0;
        if (load.Waiting == 1) return 1;
        await FoldAll(destination, lane, "digest_at is null", now, cancellation);
        return 0;
    }

    private async Task<Load> LoadOf(Destination destination, Lane lane, Timestamp now, CancellationToken cancellation)
    {
        await using var connection = await database.Open(cancellation);
        return await connection.QuerySingleAsync<Load>(new CommandDefinition(
            $"""
            select
              (select count(*) from notification where {InLane} and status = 'sent' and sent_at > @minute) as sent,
              (select count(*) from notification where {InLane} and status = 'sent' and sent_at > @slot) as recent,
              (select count(*) from notification where {InLane} and status = 'pending' and leased_until > @now) as under_way,
              (select count(*) from notification where {InLane} and status = 'pending' and reason = 'digest') as digests,
              (select count(*) from notification where {InLane} and status = 'pending' and leased_until <= @now
                and digest_at is null) as waiting,
              (select count(*) from notification where {InLane} and status = 'pending' and digest_at <= @now) as scheduled
            """,
            Parameters(destination, lane, now), cancellationToken: cancellation));
    }

    private Task<int> FoldAll(Destination destination, Lane lane, string which, Timestamp now, CancellationToken cancellation) =>
        database.Write(async transaction =>
    {
        var seq = (await transaction.Query<long>($"select value from counter where name = 'notification' {database.ForUpdate}")).Single();
        // A group of which one is under way waits for it: what is sent later must arrive later.
        var rows = await transaction.Query<(string Id, string Payload)>(
            $"""
            select notification_id, payload from notification n
            where {InLane} and status = 'pending' and leased_until <= @now and reason <> 'digest' and {which}
              and not exists (select 1 from notification e where e.group_id = n.group_id and e.channel = n.channel
                and e.status = 'pending' and e.leased_until > @now)
            order by seq limit {MostAtOnce} {database.ForUpdateSkipLocked}
            """,
            Parameters(destination, lane, now));
        if (rows.Count == 0) return 0;
        var digest = Digest.Of([.. rows.Select(row => AlertingJson.Read<Notification>(row.Payload))], now);
        var id = await NotificationOutbox.AddDigest(transaction, digest, lane, seq + 1, now);
        await transaction.Execute("update counter set value = value + 1 where name = 'notification'");
        foreach (var ids in rows.Select(row => row.Id).Chunk(MostParameters))
            await transaction.Execute(
                $"update notification set status = 'folded', digest_id = @id where notification_id {database.AnyOf("@ids")}",
                new { id, ids });
        return rows.Count;
    }, cancellation);

    private static object Parameters(Destination destination, Lane lane, Timestamp now) => new
    {
        destination.Receiver,
        destination.Channel,
        urgent = lane == Lane.Urgent ? 1 : 0,
        now = now.UnixMilliseconds,
        minute = (now - TimeSpan.FromMinutes(1)).UnixMilliseconds,
        slot = (now - StormLimit.Slot).UnixMilliseconds,
    };

    private sealed class Load
    {
        public required int Sent { get; init; }

        public required int Recent { get; init; }

        public required int UnderWay { get; init; }

        public required int Digests { get; init; }

        public required int Waiting { get; init; }

        public required int Scheduled { get; init; }
    }
}
