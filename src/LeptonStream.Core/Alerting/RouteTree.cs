using LeptonStream.Alerting.Muting;
using LeptonStream.Alerting.OnCall;
using LeptonStream.Series;

namespace LeptonStream.Alerting;

/// <summary>The routes of a <see cref="RoutingConfig"/>, checked and with everything inherited filled in. Immutable.</summary>
public sealed class RouteTree
{
    /// <summary>The entry of <c>group_by</c> that stands for all labels.</summary>
    public const string AllLabels = "...";

    private static readonly TimeSpan DefaultGroupWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan DefaultGroupInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan DefaultRepeatInterval = TimeSpan.FromHours(4);

    private readonly Dictionary<string, ReceiverConfig> _receivers = [];
    private readonly Dictionary<string, TimeInterval> _intervals = [];
    private readonly Dictionary<string, OnCallSchedule> _schedules = [];
    private readonly Dictionary<(string Key, string Receiver), Route> _byKey = [];

    /// <summary>Checks a configuration and fills in what its routes inherit.</summary>
    /// <exception cref="ArgumentException">Something is wrong; the message names it and says what is allowed.</exception>
    public RouteTree(RoutingConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        foreach (var receiver in config.Receivers)
        {
            if (!_receivers.TryAdd(receiver.Name, receiver)) throw new ArgumentException($"receiver '{receiver.Name}' is defined twice");
        }

        foreach (var interval in config.TimeIntervals)
        {
            if (!_intervals.TryAdd(interval.Name, interval))
                throw new ArgumentException($"time interval '{interval.Name}' is defined twice");
        }

        foreach (var schedule in config.Schedules)
        {
            if (!_schedules.TryAdd(schedule.Name, schedule)) throw new ArgumentException($"schedule '{schedule.Name}' is defined twice");
        }

        if (config.Route.Receiver is null) throw new ArgumentException("the root route names no receiver");
        if (config.Route.Matchers.Count > 0) throw new ArgumentException("the root route must not have matchers: every alert matches it");
        if (config.Route.Continue) throw new ArgumentException("the root route must not have continue: it has no siblings");
        if (config.Route.MuteTimeIntervals.Count + config.Route.ActiveTimeIntervals.Count > 0)
            throw new ArgumentException("the root route must not have mute or active time intervals: what no route takes must be sent");
        Root = Build(config.Route, parent: null, escalation: []);
        Maintenance = config.Maintenance;
        InhibitRules = config.InhibitRules;
        LongestWait = All(Root).Max(route => route.GroupWait > route.GroupInterval ? route.GroupWait : route.GroupInterval);
        Version = RoutingVersion.Of(All(Root), config);
    }

    /// <summary>The route that every alert matches.</summary>
    public Route Root { get; }

    /// <summary>32 hexadecimal digits that differ when alerts may be grouped, routed or notified in another way.</summary>
    public string Version { get; }

    /// <summary>The receivers, in no order.</summary>
    public IReadOnlyCollection<ReceiverConfig> Receivers => _receivers.Values;

    /// <summary>Alerts that are not sent while others fire.</summary>
    public IReadOnlyList<InhibitRule> InhibitRules { get; }

    /// <summary>Times of planned work.</summary>
    public IReadOnlyList<MaintenanceWindow> Maintenance { get; }

    /// <summary>The schedules, in no order.</summary>
    public IReadOnlyCollection<OnCallSchedule> Schedules => _schedules.Values;

    /// <summary>Number of routes, the root included.</summary>
    public int Count => All(Root).Count();

    /// <summary>The longest time that any group may wait for its next flush.</summary>
    public TimeSpan LongestWait { get; }

    /// <summary>The route of a key and receiver, those of escalations included, or null where the configuration has none.</summary>
    public Route? Find(string key, string receiver) => _byKey.GetValueOrDefault((key, receiver));

    /// <summary>The receiver of that name, or null where the configuration has none.</summary>
    public ReceiverConfig? FindReceiver(string name) => _receivers.GetValueOrDefault(name);

    /// <summary>
    /// The routes of an alert: depth first, the first that matches on each level unless it says to continue; a route none of whose children
    /// match.
    /// </summary>
    public IReadOnlyList<Route> Match(LabelSet labels)
    {
        var matches = new List<Route>();
        Match(Root, labels, matches);
        return matches;
    }

    private static bool Match(Route route, LabelSet labels, List<Route> matches)
    {
        foreach (var matcher in route.Matchers)
        {
            if (!matcher.Accepts(labels)) return false;
        }

        var before = matches.Count;
        foreach (var child in route.Routes)
        {
            if (Match(child, labels, matches) && !child.Continue) break;
        }

        if (matches.Count == before) matches.Add(route);
        return true;
    }

    private Route Build(RouteConfig config, Route? parent, IReadOnlyList<EscalationStepConfig> escalation)
    {
        escalation = config.Escalation ?? escalation;
        var matchers = config.Matchers.OrderBy(m => m.Name, StringComparer.Ordinal).ThenBy(m => m.Value, StringComparer.Ordinal).ToArray();
        var own = $"{{{string.Join(',', matchers.Select(m => m.ToString()))}}}";
        var route = new Route
        {
            Key = parent is null ? own : $"{parent.Key}/{own}",
            Receiver = config.Receiver is { } name ? Receiver(name) : parent!.Receiver,
            Matchers = matchers,
            AsksByKind = parent?.AsksByKind is true || matchers.Any(matcher => Asks(matcher, "alertname") || Asks(matcher, "kind")),
            AsksBySeverity = parent?.AsksBySeverity is true || matchers.Any(matcher => Asks(matcher, "severity")),
            GroupBy = GroupBy(config, parent),
            Continue = config.Continue,
            GroupWait = Positive(config.GroupWait, "group_wait", orZero: true) ?? parent?.GroupWait ?? DefaultGroupWait,
            GroupInterval = Positive(config.GroupInterval, "group_interval") ?? parent?.GroupInterval ?? DefaultGroupInterval,
            CriticalWait = config.CriticalWait ?? parent?.CriticalWait,
            RepeatInterval = Positive(config.RepeatInterval, "repeat_interval") ?? parent?.RepeatInterval ?? DefaultRepeatInterval,
            Digest = config.Digest is { } digest ? (digest == TimeSpan.Zero ? null : digest) : parent?.Digest,
            DigestCritical = config.DigestCritical ?? parent?.DigestCritical ?? false,
            Schedule = config.MuteTimeIntervals.Count + config.ActiveTimeIntervals.Count == 0
                ? RouteSchedule.Always
                : new([.. config.MuteTimeIntervals.Select(Interval)], [.. config.ActiveTimeIntervals.Select(Interval)]),
            Labels = parent is null ? config.Labels : LabelSet.Of(parent.Labels.Concat(config.Labels)),
            Routes = [],
        };
        route = route with
        {
            Routes = [.. config.Routes.Select(child => Build(child, route, escalation))],
            Escalation = [.. escalation.Select((step, index) => Step(step, index, route))],
        };
        _byKey.TryAdd((route.Key, route.Receiver.Name), route);
        return route;
    }

    // A step's routes share its key and differ in their receivers; no alert is led there by its labels.
    private EscalationStep Step(EscalationStepConfig step, int index, Route route)
    {
        if (step.Receivers.Count == 0 && step.Schedule is null)
            throw new ArgumentException("an escalation step names neither receivers nor a schedule");
        var schedule = step.Schedule is { } name
            ? _schedules.GetValueOrDefault(name)
                ?? throw new ArgumentException($"schedule '{name}' is not defined; defined are: {string.Join(", ", _schedules.Keys)}")
            : null;
        return new(step.After, [.. step.Receivers.Select(To)], schedule, [.. (schedule?.Participants ?? []).Select(To)]);

        Route To(string receiver)
        {
            var key = $"{route.Key}/escalation[{index}]";
            if (_byKey.TryGetValue((key, receiver), out var known)) return known;
            var way = route with { Key = key, Receiver = Receiver(receiver), GroupWait = TimeSpan.Zero, Digest = null, Routes = [] };
            _byKey.Add((key, receiver), way);
            return way;
        }
    }

    private static bool Asks(Matcher matcher, string label) =>
        matcher.Name == label && matcher.Operator is MatchOperator.Equal or MatchOperator.Matches;

    private ReceiverConfig Receiver(string name) => _receivers.GetValueOrDefault(name)
        ?? throw new ArgumentException($"receiver '{name}' is not defined; defined are: {string.Join(", ", _receivers.Keys)}");

    private TimeInterval Interval(string name) => _intervals.GetValueOrDefault(name)
        ?? throw new ArgumentException($"time interval '{name}' is not defined; defined are: {string.Join(", ", _intervals.Keys)}");

    private static IReadOnlyList<string>? GroupBy(RouteConfig config, Route? parent)
    {
        if (config.GroupBy is null) return parent is null ? [] : parent.GroupBy;
        if (!config.GroupBy.Contains(AllLabels)) return config.GroupBy;
        return config.GroupBy.Count == 1
            ? null
            : throw new ArgumentException($"group_by has '{AllLabels}' (all labels) beside other labels");
    }

    private static TimeSpan? Positive(TimeSpan? value, string field, bool orZero = false) =>
        value is null || value > TimeSpan.Zero || (orZero && value == TimeSpan.Zero)
            ? value
            : throw new ArgumentException($"{field} must be above 0s");

    private static IEnumerable<Route> All(Route route) => route.Routes.SelectMany(All).Prepend(route);
}
