using System.Data.Common;
using Dapper;
using LeptonStream.Alerting;
using LeptonStream.Alerting.Flapping;
using LeptonStream.Alerts;
using LeptonStream.Notifier.Heartbeats;
using LeptonStream.Notifier.Lifecycle;
using LeptonStream.Notifier.Outbox;
using LeptonStream.Notifier.Received;
using LeptonStream.Notifier.Remediation;
using LeptonStream.Notifier.Routing;
using LeptonStream.Samples;
using LeptonStream.Series;
using LeptonStream.Storage;

namespace LeptonStream.Notifier.Journal;

/// <summary>
/// The notifier's memory in SQL. Each of its steps is one transaction, so that what was read, what is known, what is decided and what is to
/// be sent always agree, whenever the process dies.
/// </summary>
/// <remarks>
/// Several notifiers may work on one journal. Writers of events take turns (the counter's row is locked until the commit, which also makes
/// <c>seq</c> grow in commit order). The groups' flushes run beside them: whoever has locked a group's row makes its move. Every writer
/// locks in the order counter, positions, groups, and a flush skips what is locked, so no two can wait for each other.
/// </remarks>
internal sealed partial class AlertJournal(Database database, RoutingSource routing, JournalLog log, FlapRule? flapping = null)
{
    private const int GroupsPerFlush = 256;

    // A notifier with the routes of a group looks at it within a second, and within ten while the database fails.
    private static readonly TimeSpan Overdue = TimeSpan.FromSeconds(15);

    private readonly KnownEvents _known = new(database);
    private readonly SuppressionStore _suppressions = new(database);
    private readonly ClosedAlerts _closed = new(database);
    private readonly StaleAlerts _stale = new(database);
    private readonly ResolvedSilences _silences = new(database);
    private readonly ReceivedAlerts _received = new(database);
    private readonly Escalations _escalations = new(database, log);
    private readonly Remediations _remediations = new(database);
    private readonly FlapStore _flaps = new(database, flapping ?? FlapRule.Off);
    private Desk? _desk;

    /// <summary>How far the alerts topic is recorded.</summary>
    public JournalPositions Positions { get; } = new(database);

    /// <summary>Makes the tables, and takes over the groups that were made under other routes.</summary>
    public async Task Prepare(Timestamp now, CancellationToken cancellation)
    {
        await DatabaseSchema.Apply(database, cancellation);
        await AdoptGroups(now, cancellation);
    }

    /// <summary>Publishes the routes in force, and takes over every group that was made under others.</summary>
    public async Task AdoptGroups(Timestamp now, CancellationToken cancellation)
    {
        var desk = CurrentDesk();
        log.TakenOver(await database.Write(async transaction =>
        {
            await Counters.Lock(database, transaction, "alert_event");
            await transaction.Execute(RoutingInForce.Upsert, desk.Routing.InForce);
            var loaded = await desk.Groups.LoadAllIfForeign(transaction);
            var alerts = loaded.Groups.All.SelectMany(group => group.Alerts.Values).Select(alert => alert.AlertId).ToHashSet();
            desk.Pipeline.Reroute(loaded.Groups, alerts, now);
            return await desk.Groups.Save(transaction, loaded, adopt: loaded.Before.Keys.ToHashSet());
        }, cancellation));
    }

    /// <summary>
    /// Records a batch: each event once, each alert as its last event leaves it, the groups they change, and the position behind them.
    /// Records below the stored position are left out, so that a batch may be applied again after a failure whose outcome is unknown.
    /// An event that contradicts the journal changes no alert: it is kept as a conflict.
    /// </summary>
    public async Task<JournalOutcome> Apply(IReadOnlyList<JournalRecord> batch, Timestamp now, CancellationToken cancellation)
    {
        var desk = CurrentDesk();
        var (outcome, conflicts) = await database.Write(async transaction =>
        {
            var seq = await Counters.Lock(database, transaction, "alert_event");
            var ahead = await Positions.LeaveOutOld(transaction, batch);
            var (fresh, conflicts) = await _known.Sort(transaction, ahead);
            await transaction.ExecuteEach(EventConflict.Insert, conflicts.Select(conflict => conflict.Row(now)));
            await Record(desk, transaction, fresh, seq, now);
            await ProbeStore.Save(transaction, ahead);

            await JournalPositions.Save(transaction, ahead.GroupBy(record => (record.Topic, record.Partition))
                .Select(records => (records.Key.Topic, records.Key.Partition, records.Max(record => record.Offset) + 1)), now);
            var repeated = ahead.Count(record => record.Event is not null) - fresh.Count - conflicts.Count;
            return (new JournalOutcome(fresh.Count, repeated, batch.Count - ahead.Count, conflicts.Count), conflicts);
        }, cancellation);
        log.Conflicts(conflicts);
        return outcome;
    }

    /// <summary>Takes up alerts that others posted, as <see cref="Apply"/> takes events.</summary>
    /// <returns>Number of their events.</returns>
    public async Task<int> TakeUp(Timestamp now, CancellationToken cancellation)
    {
        var desk = CurrentDesk();
        var timeout = desk.Routing.ResolveTimeout;
        var events = 0;
        for (var mayHaveMore = await _received.Any(timeout, now, cancellation); mayHaveMore;)
            mayHaveMore = await database.Write(async transaction =>
            {
                var seq = await Counters.Lock(database, transaction, "alert_event");
                var (records, alerts) = await _received.Take(transaction, timeout, now);
                await Record(desk, transaction, records, seq, now);
                events += records.Count;
                return alerts == ReceivedAlerts.MostAtOnce;
            }, cancellation);
        return events;
    }

    /// <summary>
    /// Flushes the groups that are due: their notifications go into the outbox in the same transaction as their new state.
    /// The alerts that were left out are recorded with their causes. Groups of other routes that nobody flushes any more are taken over
    /// first.
    /// </summary>
    /// <returns>How many notifications there are to send, and whether more groups may be due.</returns>
    public async Task<(int Notifications, bool MayHaveMore)> Flush(Timestamp now, CancellationToken cancellation)
    {
        var desk = CurrentDesk();
        await TakeOverOverdue(desk, now, cancellation);
        return await database.Write(async transaction =>
        {
            var loaded = await desk.Groups.LoadDue(transaction, now, desk.Routes.LongestWait, GroupsPerFlush);
            var due = loaded.Before.Count;
            if (due == 0) return (0, false);
            var (notifications, suppressed) = desk.Pipeline.OnTick(loaded.Groups, await desk.Mutes.Load(transaction, now), now);
            var messages = notifications.SelectMany(desk.Routing.Fit).ToArray();
            if (messages.Length > 0)
            {
                var seq = await Counters.Lock(database, transaction, "notification");
                await NotificationOutbox.Add(transaction, messages, seq, now);
                await Counters.Set(transaction, "notification", seq + messages.Length);
            }

            await _escalations.Begin(transaction, desk.Routes, loaded.Groups, notifications, suppressed, now);

            await desk.Groups.Save(transaction, loaded);
            await _suppressions.Save(transaction, loaded, suppressed, now);
            return (messages.Length, due == GroupsPerFlush);
        }, cancellation);
    }

    /// <summary>Time at which <see cref="Flush"/> has something to do next, or null without groups.</summary>
    public async Task<Timestamp?> NextFlush(CancellationToken cancellation)
    {
        await using var connection = await database.Open(cancellation);
        return await CurrentDesk().Groups.NextFlush(connection, Overdue);
    }

    // A notifier with other routes may have made groups and be gone: in a rolling change of the routes, or by a mistake.
    private async Task TakeOverOverdue(Desk desk, Timestamp now, CancellationToken cancellation)
    {
        var before = now - Overdue;
        string[] overdue;
        await using (var connection = await database.Open(cancellation))
            overdue = await desk.Groups.ForeignOverdue(connection, before, GroupsPerFlush);
        if (overdue.Length == 0) return;
        log.TakenOver(await database.Write(async transaction =>
        {
            await Counters.Lock(database, transaction, "alert_event");
            var members = await desk.Groups.MembersOf(transaction, overdue);
            var targets = members.Where(alert => !alert.IsResolved)
                .SelectMany(alert => WithEscalations(desk.Pipeline.TargetsOf(alert.Labels), alert.Labels))
                .Select(target => target.GroupId);
            var loaded = await desk.Groups.LoadFor(
                transaction,
                groupIds: [.. overdue.Union(targets)],
                alertIds: [.. members.Select(alert => alert.AlertId).Distinct()],
                fingerprints: [.. members.Select(alert => alert.Fingerprint.ToString()).Distinct()]);
            // An owner may have come back between; then its group is not overdue any more.
            var ours = desk.Groups.StillOverdue(loaded, overdue, before);
            var alerts = loaded.Groups.All.Where(group => ours.Contains(group.Id)).SelectMany(group => group.Alerts.Values)
                .Select(alert => alert.AlertId).ToHashSet();
            desk.Pipeline.Reroute(loaded.Groups, alerts, now);
            return await desk.Groups.Save(transaction, loaded, adopt: ours);
        }, cancellation));
    }

    private Desk CurrentDesk()
    {
        var (desk, current) = (Volatile.Read(ref _desk), routing.Current);
        if (desk is not null && ReferenceEquals(desk.Routing, current)) return desk;
        desk = new Desk(database, current, _flaps, log);
        Volatile.Write(ref _desk, desk);
        return desk;
    }

    // Newer points of an alert that ended as stale say that it goes on.
    private static JournalRecord Reopen(JournalRecord record, HashSet<string> stale) =>
        record.Event!.IsProgress && stale.Contains(record.Event.AlertId)
            ? record with { Event = record.Event with { IsProgress = false } }
            : record;

    private async Task Record(Desk desk, DbTransaction transaction, IReadOnlyList<JournalRecord> fresh, long seq, Timestamp now)
    {
        if (fresh.Count == 0) return;
        var stale = await _stale.Among(transaction, [.. fresh.Select(record => record.Event!.AlertId).Distinct()]);
        var numbered = fresh.Select((record, index) => (Record: record, Seq: seq + index + 1)).ToArray();
        await AlertRows.Write(transaction, numbered, now);
        await _flaps.Count(transaction, [.. fresh.Select(record => record.Event!)], now);
        await ChangeGroups(desk, transaction, [.. fresh.Select(record => Reopen(record, stale))], now);
        await Counters.Set(transaction, "alert_event", seq + fresh.Count);
    }

    private async Task ChangeGroups(Desk desk, DbTransaction transaction, IReadOnlyList<JournalRecord> fresh, Timestamp now)
    {
        var closed = await _closed.Among(transaction, [.. fresh.Select(record => record.Event!.AlertId).Distinct()]);
        JournalRecord[] records = [.. fresh.Where(record => !closed.Contains(record.Event!.AlertId))];
        var moves = records.Select(record =>
            (Record: record, Targets: record.Event!.Type == AlertEventType.Resolved || record.Event.IsProgress
            ? []
            : desk.Pipeline.TargetsOf(record.Event.RoutingLabels))).ToArray();
        var loaded = await desk.Groups.LoadFor(
            transaction,
            groupIds: [.. moves.SelectMany(move => WithEscalations(move.Targets, move.Record.Event!.RoutingLabels))
                .Select(target => target.GroupId).Distinct()],
            alertIds: [.. records.Select(record => record.Event!.AlertId).Distinct()],
            fingerprints: [.. moves.Where(move => move.Targets.Count > 0)
                .Select(move => Fingerprint.Of(move.Record.Event!.RoutingLabels).ToString()).Distinct()]);
        foreach (var (record, targets) in moves) AlertPipeline.OnAlert(loaded.Groups, record.Event!, targets, record.PublishedAt, now);
        await desk.Groups.Save(transaction, loaded);
    }

    private static IEnumerable<GroupTarget> WithEscalations(IReadOnlyList<GroupTarget> targets, LabelSet labels) =>
        targets.Concat(targets.SelectMany(target => target.Escalations(labels)));

    // Everything that depends on the routes; one step works by one of them to its end.
    private sealed class Desk(Database database, NotifierRouting routing, FlapStore flaps, JournalLog log)
    {
        public NotifierRouting Routing => routing;

        public RouteTree Routes => routing.Routes;

        public AlertPipeline Pipeline { get; } = new(routing.Routes);

        public GroupStore Groups { get; } = new(database, routing.Routes.Version);

        public MuteStore Mutes { get; } = new(routing.Routes.InhibitRules, routing.Routes.Maintenance, flaps, log);
    }
}
