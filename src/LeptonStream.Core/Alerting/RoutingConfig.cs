using LeptonStream.Alerting.Muting;
using LeptonStream.Alerting.OnCall;
using LeptonStream.Series;

namespace LeptonStream.Alerting;

/// <summary>
/// Who is notified of which alerts: the route tree and the receivers, as a person wrote them. <see cref="RouteTree"/> is its checked,
/// inherited form.
/// </summary>
/// <param name="Route">The root of the tree; every alert matches it.</param>
/// <param name="Receivers">The receivers that routes name.</param>
public sealed record RoutingConfig(RouteConfig Route, IReadOnlyList<ReceiverConfig> Receivers)
{
    /// <summary>Alerts that are not sent while others fire.</summary>
    public IReadOnlyList<InhibitRule> InhibitRules { get; init; } = [];

    /// <summary>The intervals of time that routes name.</summary>
    public IReadOnlyList<TimeInterval> TimeIntervals { get; init; } = [];

    /// <summary>Times of planned work.</summary>
    public IReadOnlyList<MaintenanceWindow> Maintenance { get; init; } = [];

    /// <summary>Who is on call when, for the escalations of routes.</summary>
    public IReadOnlyList<OnCallSchedule> Schedules { get; init; } = [];
}

/// <summary>One route as written; what is null is inherited from the parent.</summary>
public sealed record RouteConfig
{
    /// <summary>The receiver's name; null inherits. The root must name one.</summary>
    public string? Receiver { get; init; }

    /// <summary>The matchers, all of which an alert must fulfil. The root has none.</summary>
    public IReadOnlyList<Matcher> Matchers { get; init; } = [];

    /// <summary>
    /// The labels that alerts of one group share; <c>...</c> alone means all labels; null inherits, empty means one group.
    /// </summary>
    public IReadOnlyList<string>? GroupBy { get; init; }

    /// <summary>Whether the siblings behind a matching route are tried too.</summary>
    /// <value>The default value is false.</value>
    public bool Continue { get; init; }

    /// <summary>Time for which a new group gathers alerts before its first notification.</summary>
    /// <value>At the root the default value is 5 seconds.</value>
    public TimeSpan? GroupWait { get; init; }

    /// <summary>Time for which a notified group waits before its changes are sent; above zero.</summary>
    /// <value>At the root the default value is 1 minute.</value>
    public TimeSpan? GroupInterval { get; init; }

    /// <summary>
    /// Longest wait of the first critical alert of a group that was notified of others; null inherits.
    /// </summary>
    /// <value>At the root null is Alertmanager's rule: it waits for the group interval.</value>
    public TimeSpan? CriticalWait { get; init; }

    /// <summary>
    /// After which time an unchanged group that still fires is sent again, rounded up to a multiple of the group interval; above zero.
    /// </summary>
    /// <value>At the root the default value is 4 hours.</value>
    public TimeSpan? RepeatInterval { get; init; }

    /// <summary>
    /// Period of the digests in which what can wait is sent, 1 minute to 7 days; zero sends everything by itself, null inherits.
    /// </summary>
    public TimeSpan? Digest { get; init; }

    /// <summary>Whether something critical waits for the digest, too; null inherits.</summary>
    /// <value>At the root the default value is false.</value>
    public bool? DigestCritical { get; init; }

    /// <summary>Labels of the route itself, given to its notifications; added to the parent's.</summary>
    public LabelSet Labels { get; init; } = LabelSet.Empty;

    /// <summary>Names of the intervals in which this route sends nothing; not inherited. The root has none.</summary>
    public IReadOnlyList<string> MuteTimeIntervals { get; init; } = [];

    /// <summary>Names of the intervals in which alone this route sends; none means always, not inherited. The root has none.</summary>
    public IReadOnlyList<string> ActiveTimeIntervals { get; init; } = [];

    /// <summary>Who is notified when nobody acknowledges, in the order of their times; null inherits, empty means nobody.</summary>
    public IReadOnlyList<EscalationStepConfig>? Escalation { get; init; }

    /// <summary>The routes below, tried in order.</summary>
    public IReadOnlyList<RouteConfig> Routes { get; init; } = [];
}

/// <summary>A receiver: one or more channels that get the same.</summary>
/// <param name="Name">The name that routes use.</param>
/// <param name="Channels">Its channels; none means that its alerts are recorded and nobody is notified.</param>
public sealed record ReceiverConfig(string Name, IReadOnlyList<ChannelConfig> Channels);

/// <summary>The pipeline's knowledge of a channel.</summary>
/// <param name="Key">Kind and position in the receiver, such as <c>webhook/0</c>; unique in it.</param>
/// <param name="SendResolved">Whether it gets the end of an alert.</param>
public sealed record ChannelConfig(string Key, bool SendResolved)
{
    /// <summary>
    /// For a program that forgets an alert which is not sent again: so often at least each that fires is, acknowledged or not; null for
    /// all others.
    /// </summary>
    public TimeSpan? RenewEvery { get; init; }
}
