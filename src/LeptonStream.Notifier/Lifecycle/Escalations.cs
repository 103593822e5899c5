using System.Data.Common;
using System.Globalization;
using Dapper;
using LeptonStream.Alerting;
using LeptonStream.Alerting.Muting;
using LeptonStream.Alerting.OnCall;
using LeptonStream.Health;
using LeptonStream.Notifier.Journal;
using LeptonStream.Samples;
using LeptonStream.Storage;

namespace LeptonStream.Notifier.Lifecycle;

/// <summary>
/// The escalations of alerts that fire: begun in the transaction that decides the first notification, and moved in one that enters the
/// alert into the groups of the step, so that no step is lost or taken twice.
/// </summary>
internal sealed class Escalations(Database database, JournalLog log)
{
    private const int MaxAtOnce = 200;

    // So soon a step that found nobody on call looks again.
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(1);

    // Clocks of notifiers differ by less.
    private static readonly TimeSpan FarAhead = TimeSpan.FromMinutes(1);

    // A step is due, somebody acknowledged, the acknowledgement was withdrawn, asks again or is of a lesser alert, or the alert is over.
    private const string Due =
        $"""
        from escalation e join alert a on a.alert_id = e.alert_id left join alert_care c on c.alert_id = e.alert_id
        where e.due_at <= @now or e.started_at > @ahead or a.status <> 'firing'
          or (e.held = 0 and {Acknowledgements.Hold})
          or (e.held = 1 and not {Acknowledgements.Hold})
        """;

    /// <summary>
    /// Begins the escalations of what is notified now, and of what is not for no other reason than that it flaps: its people know of it.
    /// </summary>
    public async Task Begin(DbTransaction transaction, RouteTree routes, AlertGroups groups, IEnumerable<Notification> notifications,
        IEnumerable<Suppression> suppressed, Timestamp now)
    {
        var notified = notifications.SelectMany(notification => groups.TryGet(notification.GroupId, out var group)
            ? notification.Firing.Select(alert => (Group: group, Alert: alert)) : []);
        var flapping = suppressed.Where(item => item.Cause == SuppressionCause.Flapping && !item.Alert.IsResolved)
            .Select(item => (item.Group, item.Alert));
        var begun = notified.Concat(flapping).SelectMany(item =>
            routes.Find(item.Group.RouteKey, item.Group.Receiver) is { Escalation.Count: > 0 } route
                ? [(item.Alert.AlertId, Route: route)] : Array.Empty<(string AlertId, Route Route)>()).Distinct().ToArray();
        if (begun.Length == 0) return;
        string[] alertIds = [.. begun.Select(item => item.AlertId).Distinct()];
        // Asked first: to insert a row that another process moves just now would wait for it.
        var known = (await transaction.Query<(string, string, string)>(
            $"select alert_id, route_key, receiver from escalation where alert_id {database.AnyOf("@alertIds")}", new { alertIds }))
            .ToHashSet();
        await transaction.InsertEach(
            "escalation (alert_id, route_key, receiver, started_at, next_step, held, due_at)",
            begun.Where(item => !known.Contains((item.AlertId, item.Route.Key, item.Route.Receiver.Name))).Select(item => new
            {
                item.AlertId,
                item.Route.Key,
                Receiver = item.Route.Receiver.Name,
                at = now.UnixMilliseconds,
                step = 0,
                held = 0,
                due = EscalationState.StartedNow(now).DueAt(TimesOf(item.Route))?.UnixMilliseconds,
            }),
            "on conflict (alert_id, route_key, receiver) do nothing");
    }

    /// <summary>Whether any may have something to do.</summary>
    public async Task<bool> AnyDue(Timestamp now, CancellationToken cancellation)
    {
        await using var connection = await database.Open(cancellation);
        return await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            $"select count(*) from (select 1 {Due} limit 1) as due", Times(now), cancellationToken: cancellation)) > 0;
    }

    /// <summary>Moves those that have something to do; at most so many, the others the next time.</summary>
    /// <param name="transaction">A transaction that holds the counter of events.</param>
    /// <param name="routes">The routes in force.</param>
    /// <param name="groups">The groups.</param>
    /// <param name="now">The time.</param>
    /// <returns>Number of steps that were taken.</returns>
    public async Task<int> Move(DbTransaction transaction, RouteTree routes, GroupStore groups, Timestamp now)
    {
        var rows = await transaction.Query<Row>(
            $"""
            select e.alert_id, e.route_key, e.receiver, e.started_at, e.next_step, e.held, e.due_at, a.status,
              case when {Acknowledgements.IsNoWorse} then c.acknowledged_by end as acknowledged_by, c.ask_again_at
            {Due} order by coalesce(e.due_at, 0), e.alert_id, e.route_key, e.receiver limit {MaxAtOnce}
            """,
            Times(now));
        var steps = new List<(Row Row, int Step, IReadOnlyList<Route> Routes)>();
        foreach (var row in rows)
        {
            // An alert that is over, or a route that is gone or escalates no more.
            if (row.Status != "firing" || routes.Find(row.RouteKey, row.Receiver) is not { Escalation.Count: > 0 } route)
            {
                await Delete(transaction, row);
                continue;
            }

            var (state, due, step) = Advance(row, route, now);
            if (state != row.State() || due?.UnixMilliseconds != row.DueAt) await Save(transaction, row, state, due);
            if (step is { } taken) steps.Add((row, taken.Number, taken.Routes));
        }

        await Take(transaction, groups, steps, now);
        return steps.Count;
    }

    // A step that reaches nobody is none: the next one follows at once, and the last one waits until somebody is on call.
    private (EscalationState State, Timestamp? Due, (int Number, IReadOnlyList<Route> Routes)? Step) Advance(
        Row row, Route route, Timestamp now)
    {
        var (times, before) = (TimesOf(route), row.State());
        // One that begins far ahead was begun by a clock that has been set back since.
        if (before.StartedAt > now + FarAhead) before = before with { StartedAt = now };
        var (state, step) = before.Advance(times, row.Acknowledgement(), now);
        if (step is not { } number) return (state, state.IsHeld ? null : state.DueAt(times), null);
        for (; number < times.Length; number++)
        {
            state = state with { NextStep = number + 1 };
            var routes = route.Escalation[number].RoutesAt(now);
            if (routes.Count > 0) return (state, state.DueAt(times), (number, routes));
            log.NobodyOnCall(row.AlertId, number + 1);
        }

        return (state with { NextStep = times.Length - 1 }, now + Again, null);
    }

    private static object Times(Timestamp now) => new { now = now.UnixMilliseconds, ahead = (now + FarAhead).UnixMilliseconds };

    private static TimeSpan[] TimesOf(Route route) => [.. route.Escalation.Select(step => step.After)];

    private static async Task Take(DbTransaction transaction, GroupStore groups,
        List<(Row Row, int Step, IReadOnlyList<Route> Routes)> steps, Timestamp now)
    {
        if (steps.Count == 0) return;
        string[] alertIds = [.. steps.Select(step => step.Row.AlertId).Distinct()];
        var members = (await groups.MembersOfAlerts(transaction, alertIds)).ToLookup(alert => alert.AlertId);
        var targets = steps.SelectMany(step => members[step.Row.AlertId].SelectMany(alert =>
            step.Routes.Select(route => new GroupTarget(route, route.GroupLabelsOf(alert.Labels)).GroupId)));
        var loaded = await groups.LoadFor(transaction, [.. targets.Distinct()], alertIds,
            [.. members.SelectMany(alerts => alerts).Select(alert => alert.Fingerprint.ToString()).Distinct()]);
        foreach (var (row, number, routes) in steps)
        {
            // It has left the route, perhaps with another severity: those are not asked about it any more.
            if (!loaded.Groups.Holding(row.AlertId).Any(place => !place.Alert.IsResolved && place.Group.RouteKey == row.RouteKey
                && place.Group.Receiver == row.Receiver))
            {
                await Delete(transaction, row);
                continue;
            }

            AlertPipeline.Escalate(loaded.Groups, row.AlertId, routes, now);
            await (AuditRecord.ByProgram(RoleNames.Notifier, now.UnixMilliseconds, "escalate") with
            {
                AlertId = row.AlertId,
                Detail =
                [
                    ("step", (number + 1).ToString(CultureInfo.InvariantCulture)),
                    ("to", string.Join(", ", routes.Select(route => route.Receiver.Name))),
                ],
            }).Add(transaction);
        }

        await groups.Save(transaction, loaded);
    }

    private static Task<int> Save(DbTransaction transaction, Row row, EscalationState state, Timestamp? due) => transaction.Execute(
        """
        update escalation set started_at = @started, next_step = @NextStep, held = @held, due_at = @due
        where alert_id = @AlertId and route_key = @RouteKey and receiver = @Receiver
        """,
        new
        {
            row.AlertId, row.RouteKey, row.Receiver, started = state.StartedAt.UnixMilliseconds, state.NextStep,
            held = state.IsHeld ? 1 : 0, due = due?.UnixMilliseconds,
        });

    private static Task<int> Delete(DbTransaction transaction, Row row) => transaction.Execute(
        "delete from escalation where alert_id = @AlertId and route_key = @RouteKey and receiver = @Receiver",
        new { row.AlertId, row.RouteKey, row.Receiver });

    private sealed class Row
    {
        public required string AlertId { get; init; }

        public required string RouteKey { get; init; }

        public required string Receiver { get; init; }

        public required long StartedAt { get; init; }

        public required long NextStep { get; init; }

        public required long Held { get; init; }

        public long? DueAt { get; init; }

        public required string Status { get; init; }

        public string? AcknowledgedBy { get; init; }

        public long? AskAgainAt { get; init; }

        public EscalationState State() => new(Timestamp.FromUnixMilliseconds(StartedAt), (int)NextStep, Held == 1);

        public Acknowledgement? Acknowledgement() => AcknowledgedBy is null ? null
            : new(AskAgainAt is { } again ? Timestamp.FromUnixMilliseconds(again) : null);
    }
}
