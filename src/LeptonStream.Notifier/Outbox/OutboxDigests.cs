using System.Collections.Concurrent;
using System.Data.Common;
using Dapper;
using LeptonStream.Alerting;
using LeptonStream.Alerting.Digests;
using LeptonStream.Notifier.Channels;
using LeptonStream.Notifier.Journal;
using LeptonStream.Samples;
using LeptonStream.Storage;

namespace LeptonStream.Notifier.Outbox;

/// <summary>
/// Folds notifications that wait into one digest: those of routes with <c>digest</c> when their period ends, and those beyond the
/// <see cref="StormLimit"/> of a destination. Each of them says which digest it is in; the digest is a notification like any other.
/// </summary>
/// <remarks>
/// For a program that keeps incidents, the digests of a storm are one incident, open until no alert fires that was folded into it. Groups
/// that have an incident of their own open are not folded: only their own end closes it.
/// </remarks>
internal sealed class OutboxDigests(Database database)
{
    // Notifications in one digest, at most: the program holds them in memory for a moment.
    private const int MostAtOnce = 20_000;

    // Alerts in a message of many groups, all of which a program wants.
    private const int MostInBatch = 5_000;

    // Far below the limit of either database.
    private const int MostParameters = 1_000;

    private const string InLane = "receiver = @Receiver and channel = @Channel and urgent = @urgent";

    private const string HasNoIncident =
        """
        coalesce((select s.firing from notification s where s.group_id = n.group_id and s.channel = n.channel and s.status = 'sent'
          order by s.seq desc limit 1), 0) = 0
        """;

    private const string LastDigest =
        """
        select payload from notification where receiver = @Receiver and channel = @Channel and reason = 'digest' order by seq desc limit 1
        """;

    // Whether an alert fires that was folded into the incident; and what waits may yet be.
    private const string Fires =
        """
        select (select count(*) from (
            select 1 from notification where receiver = @Receiver and channel = @Channel and status = 'pending' limit 1) as waits)
          + (select count(*) from (
            select 1 from notification n join notification_alert a on a.notification_id = n.notification_id and a.resolved = 0
              join alert on alert.alert_id = a.alert_id and alert.status = 'firing'
            where n.receiver = @Receiver and n.channel = @Channel and n.status = 'folded' limit 1) as fires)
        """;

    private static readonly TimeSpan LookAtIncidents = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<Destination, Timestamp> _looked = new();

    /// <summary>Folds what is to be folded now.</summary>
    /// <returns>What may be claimed: how many one by one, digests always.</returns>
    public async Task<int> Fold(Destination destination, Lane lane, StormLimit? limit, Timestamp now, CancellationToken cancellation)
    {
        var isIncident = limit?.Folding == Folding.Incident;
        var load = await LoadOf(destination, lane, isIncident, now, cancellation);
        if (load.Waiting + load.Scheduled == 0) return 0;
        if (load.Scheduled > 0) await FoldAll(destination, lane, Folding.Digest, "digest_at <= @now", now, cancellation);
        if (limit is null) return int.MaxValue;
        var room = limit.ShareOf(lane) - load.Sent - load.UnderWay;
        // Where not all fit they are folded: a few one by one would hold up the others. An incident of its own is worth more than a place
        // in the storm's, and what ends one can't be folded.
        if (load.Waiting <= room) return room;
        var single = isIncident ? Math.Max(room, 0) : 0;
        if (load.Recent + load.UnderWay + load.Digests > 0) return single;
        if (load.Waiting == 1) return 1;
        await FoldAll(destination, lane, limit.Folding, "digest_at is null", now, cancellation);
        return single;
    }

    /// <summary>Ends the incident of a storm whose alerts are over, if one is open.</summary>
    /// <returns>Whether it did.</returns>
    public async Task<bool> EndIncident(Destination destination, Timestamp now, CancellationToken cancellation)
    {
        if (_looked.TryGetValue(destination, out var looked) && now >= looked && now - looked < LookAtIncidents) return false;
        _looked[destination] = now;
        if (!await IsIncidentOver(destination, cancellation)) return false;
        return await database.Write(async transaction =>
        {
            var seq = await Counters.Lock(database, transaction, "notification");
            // Another process may have ended it, or gone on with it, since.
            var last = await transaction.Query<string>(LastDigest, destination);
            if (last.Count == 0 || OpenIncident(last[0]) is not { } open) return false;
            await Add(transaction, Digest.EndOf(open, now), Lane.Ordinary, seq, now);
            return true;
        }, cancellation);
    }

    private async Task<bool> IsIncidentOver(Destination destination, CancellationToken cancellation)
    {
        await using var connection = await database.Open(cancellation);
        var last = await connection.QuerySingleOrDefaultAsync<string?>(
            new CommandDefinition(LastDigest, destination, cancellationToken: cancellation));
        return last is not null && OpenIncident(last) is not null
            && await connection.ExecuteScalarAsync<long>(new CommandDefinition(Fires, destination, cancellationToken: cancellation)) == 0;
    }

    private static Notification? OpenIncident(string payload) =>
        AlertingJson.Read<Notification>(payload) is { Digest.KeepsOpen: true } open ? open : null;

    private async Task<Load> LoadOf(
        Destination destination, Lane lane, bool isIncident, Timestamp now, CancellationToken cancellation)
    {
        await using var connection = await database.Open(cancellation);
        // Incidents go out one by one beside the storm's: its pace is that of digests.
        var recent = isIncident ? "and reason = 'digest'" : "";
        return await connection.QuerySingleAsync<Load>(new CommandDefinition(
            $"""
            select
              (select count(*) from notification where {InLane} and status = 'sent' and sent_at > @minute) as sent,
              (select count(*) from notification where {InLane} and status = 'sent' and sent_at > @slot {recent}) as recent,
              (select count(*) from notification where {InLane} and status = 'pending' and leased_until > @now) as under_way,
              (select count(*) from notification where {InLane} and status = 'pending' and reason = 'digest') as digests,
              (select count(*) from notification where {InLane} and status = 'pending' and leased_until <= @now
                and digest_at is null) as waiting,
              (select count(*) from notification where {InLane} and status = 'pending' and digest_at <= @now) as scheduled
            """,
            Parameters(destination, lane, now), cancellationToken: cancellation));
    }

    private Task<int> FoldAll(
        Destination destination, Lane lane, Folding folding, string which, Timestamp now, CancellationToken cancellation) =>
        database.Write(async transaction =>
    {
        var seq = await Counters.Lock(database, transaction, "notification");
        var own = folding == Folding.Incident ? $"and {HasNoIncident}" : "";
        // A group of which one is under way waits for it: what is sent later must arrive later.
        var rows = await transaction.Query<(string Id, string Payload)>(
            $"""
            select notification_id, payload from notification n
            where {InLane} and status = 'pending' and leased_until <= @now and reason <> 'digest' and {which} {own}
              and not exists (select 1 from notification e where e.group_id = n.group_id and e.channel = n.channel
                and e.status = 'pending' and e.leased_until > @now)
            order by seq limit {MostAtOnce} {database.ForUpdateSkipLocked}
            """,
            Parameters(destination, lane, now));
        if (rows.Count == 0) return 0;
        var (folded, digest) = DigestOf([.. rows.Select(row => AlertingJson.Read<Notification>(row.Payload))], folding, now);
        var id = await Add(transaction, digest, lane, seq, now);
        foreach (var ids in rows.Take(folded).Select(row => row.Id).Chunk(MostParameters))
            await transaction.Execute(
                $"update notification set status = 'folded', digest_id = @id where notification_id {database.AnyOf("@ids")}",
                new { id, ids });
        return folded;
    }, cancellation);

    // A batch holds all alerts of the notifications that are folded into it, and so not always of all.
    private static (int Folded, Notification Digest) DigestOf(IReadOnlyList<Notification> waiting, Folding folding, Timestamp now)
    {
        if (folding == Folding.Incident)
        {
            var incident = Digest.Of(waiting, now);
            return (waiting.Count, incident with { Digest = incident.Digest! with { KeepsOpen = true } });
        }

        if (folding != Folding.Batch) return (waiting.Count, Digest.Of(waiting, now));
        var (fit, alerts) = (0, 0);
        while (fit < waiting.Count && (fit == 0 || alerts + waiting[fit].Alerts.Count <= MostInBatch))
            alerts += waiting[fit++].Alerts.Count;
        return (fit, Digest.Of([.. waiting.Take(fit)], now, most: int.MaxValue));
    }

    private static async Task<string> Add(DbTransaction transaction, Notification digest, Lane lane, long seq, Timestamp now)
    {
        var id = await NotificationOutbox.AddDigest(transaction, digest, lane, seq + 1, now);
        await transaction.Execute("update counter set value = value + 1 where name = 'notification'");
        return id;
    }

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
