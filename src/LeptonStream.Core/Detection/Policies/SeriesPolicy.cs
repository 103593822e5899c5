using LeptonStream.Detection.Calendars;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Policies.Presets;
using LeptonStream.Samples;

namespace LeptonStream.Detection.Policies;

/// <summary>
/// How to judge one series: what <see cref="PolicySet.For"/> makes of the rules, the preset of its metric and the defaults. Immutable;
/// series with equal settings share one.
/// </summary>
public sealed record SeriesPolicy
{
    /// <summary>In settings, the word for no denominator.</summary>
    public const string Unweighed = "none";

    /// <summary>The policy of a series that no rule and no preset speaks of.</summary>
    public static readonly SeriesPolicy Default = new();

    /// <summary>Whether the series is not judged at all and takes no memory. <value>The default value is false.</value></summary>
    public bool Ignore { get; init; }

    /// <summary>The detectors that may judge the series. <value>The default value is <see cref="DetectorSet.Default"/>.</value></summary>
    public DetectorSet Detectors { get; init; } = DetectorSet.Default;

    /// <summary>
    /// The false-alarm budget of the warning line: one alarm of this series in this time. <value>The default value is 7 days.</value>
    /// </summary>
    public TimeSpan WarningBudget { get; init; } = TimeSpan.FromDays(7);

    /// <summary>
    /// The false-alarm budget of the critical line; never below <see cref="WarningBudget"/>. <value>The default value is 91 days.</value>
    /// </summary>
    public TimeSpan CriticalBudget { get; init; } = TimeSpan.FromDays(91);

    /// <summary>
    /// The false-alarm budget of the model: all its series together may have one false page, which is a critical alert, in this time.
    /// <value>The default value is 7 days.</value>
    /// </summary>
    public TimeSpan PageBudget { get; init; } = TimeSpan.FromDays(7);

    /// <summary>
    /// The false-alarm budget of the model below pages: all its series together may have one false warning in this time, 10
    /// minutes to 10 years.
    /// <value>The default value is 8 hours, three a day.</value>
    /// </summary>
    public TimeSpan ModelWarningBudget { get; init; } = TimeSpan.FromHours(8);

    /// <summary>
    /// The line of this series as a multiple of the one that <see cref="WarningBudget"/> draws, 1 to 10: an alert must be so many times as
    /// rare, in powers of ten. People's verdicts raise it (<see cref="Feedback.VerdictBook"/>).
    /// <value>The default value is 1.</value>
    /// </summary>
    public double Line { get; init; } = 1;

    /// <summary>The deviations that count. <value>The default value is <see cref="Direction.Both"/>.</value></summary>
    public Direction Direction { get; init; }

    /// <summary>
    /// A deviation up to this is never anomalous, in the series' unit (per second for a counter), from 0. <value>The default value is
    /// 0.</value>
    /// </summary>
    public double MinimumAbsoluteDeviation { get; init; }

    /// <summary>
    /// A deviation up to this share of what was expected is never anomalous, from 0. <value>The default value is 0.05.</value>
    /// </summary>
    public double MinimumRelativeDeviation { get; init; } = 0.05;

    /// <summary>
    /// Samples a series must have shown before a large change that lasts can raise an alert (with half an hour of history); all other
    /// levels of deviation need twice as many.
    /// <value>The default value is 60.</value>
    /// </summary>
    public int WarmUp { get; init; } = 60;

    /// <summary>
    /// After so long, an open warning counts as accepted: it did not come back, and is reported no more. Critical alerts, values that are
    /// no number, frozen values and codes never are.
    /// <value>The default value is 24 hours.</value>
    /// </summary>
    public TimeSpan AcceptAfter { get; init; } = TimeSpan.FromHours(24);

    /// <summary>
    /// Whether the metric goes up and down with the load by nature, as the utilization and the power of a GPU do at each checkpoint: a
    /// large change in its first day is no news by itself. <value>The default value is false.</value>
    /// </summary>
    public bool FollowsLoad { get; init; }

    /// <summary>The memory that it may take. <value>The default value is <see cref="MemoryPlan.Default"/>.</value></summary>
    public MemoryPlan Memory { get; init; }

    /// <summary>The type of its numbers. <value>The default value is <see cref="MetricType.Gauge"/>.</value></summary>
    public MetricType Type { get; init; }

    /// <summary>How that type is known. <value>The default value is <see cref="Policies.TypeOrigin.Undeclared"/>.</value></summary>
    public TypeOrigin TypeOrigin { get; init; }

    /// <summary>The limit that an early warning looks for; null for none.</summary>
    public MetricLimit? Limit { get; init; }

    /// <summary>
    /// The days and hours in which no alert of the series opens; one that is open goes on. The series learns as ever. Null for none.
    /// </summary>
    public DayCalendar? Mute { get; init; }

    /// <summary>Whether no alert opens at a time because of <see cref="Mute"/>. Allocates nothing.</summary>
    internal bool IsMutedAt(Timestamp time) => Mute?.Covers(time) == true;

    /// <summary>The days that follow, and teach, the profile of another day of the week; null for none.</summary>
    public DayLike? Like { get; init; }

    /// <summary>
    /// The metric of the same entity, by its own name or its canonical one, that is the denominator of this share or mean: a deviation
    /// counts as much as that carries. Null where every sample counts alike. <value>The default value is null.</value>
    /// </summary>
    public string? WeightBy { get; init; }

    /// <summary>Address of the runbook: <c>{metric}</c> stands for the metric's name; null for none.</summary>
    public string? RunbookUrl { get; init; }

    /// <summary>
    /// Known facts of the metric by its name: canonical name, unit, titles; null for an unknown metric. It words alerts and bounds what
    /// is expected.
    /// </summary>
    public MetricPreset? Preset { get; init; }

    /// <summary>
    /// Whether it is a distance of a distribution to its reference. Where nothing drifts, its chance is known, and it is no row of its
    /// entity (ADR 0054).
    /// </summary>
    internal bool IsDistance => Preset is { Kind: MetricKind.DataDrift };

    /// <summary>The unit (UCUM) of what is judged, by the preset or by the metric's name; null where neither says.</summary>
    public string? Unit { get; init; }

    /// <summary>
    /// Between which values the series lies by nature, by the preset or by its unit. <value>The default value is
    /// <see cref="ValueBounds.None"/>.</value>
    /// </summary>
    public ValueBounds Bounds { get; init; } = ValueBounds.None;

    /// <summary>Whether series are compared with their siblings. Codes are not: they mean nothing in the middle of others.</summary>
    public bool AsksPeers => Detectors.HasPeers && Type != MetricType.EventCode;

    /// <summary>
    /// Whether a series that only rises, and then begins again near 0, is taken as a counter. An age and a progress do so too, by nature.
    /// </summary>
    internal bool FindsTotals => Type == MetricType.Gauge && TypeOrigin == TypeOrigin.Undeclared && Limit is null
        && Unit is not ("s" or "ms" or "us" or "ns" or "%" or "1");

    /// <summary>The same for a series that turned out to be a total: its rate is judged.</summary>
    /// <param name="metric">The metric's name.</param>
    internal SeriesPolicy AsTotal(string metric)
    {
        var (unit, bounds) = MetricUnits.Guess(metric, MetricType.Counter);
        return this with { Type = MetricType.Counter, TypeOrigin = TypeOrigin.Found, Unit = unit, Bounds = bounds };
    }

    /// <summary>The runbook of a metric; null for none.</summary>
    /// <param name="metric">Its name.</param>
    public string? RunbookOf(string metric) => RunbookUrl?.Replace("{metric}", Uri.EscapeDataString(metric), StringComparison.Ordinal);

    /// <summary>
    /// Whether what was learned under <paramref name="before"/> holds under this policy too. It does not where the numbers mean something
    /// else; then the series starts cold.
    /// </summary>
    public bool KeepsStateOf(SeriesPolicy before)
    {
        ArgumentNullException.ThrowIfNull(before);
        return Type == before.Type;
    }
}
