using LeptonStream.Detection.Calendars;
using LeptonStream.Detection.Lifecycle;

namespace LeptonStream.Detection.Policies;

/// <summary>The settings of one rule, one preset or the defaults; null where they set nothing.</summary>
public sealed record PolicySettings
{
    /// <summary>Says nothing.</summary>
    public static readonly PolicySettings None = new();

    /// <summary>See <see cref="SeriesPolicy.Ignore"/>.</summary>
    public bool? Ignore { get; init; }

    /// <summary>Its changes to the detectors that would hold without it.</summary>
    public DetectorChange? Detectors { get; init; }

    /// <summary>See <see cref="SeriesPolicy.WarningBudget"/>.</summary>
    public TimeSpan? WarningBudget { get; init; }

    /// <summary>See <see cref="SeriesPolicy.CriticalBudget"/>.</summary>
    public TimeSpan? CriticalBudget { get; init; }

    /// <summary>See <see cref="SeriesPolicy.PageBudget"/>.</summary>
    public TimeSpan? PageBudget { get; init; }

    /// <summary>See <see cref="SeriesPolicy.ModelWarningBudget"/>.</summary>
    public TimeSpan? ModelWarningBudget { get; init; }

    /// <summary>See <see cref="SeriesPolicy.Line"/>.</summary>
    public double? Line { get; init; }

    /// <summary>By how many times a verdict raises <see cref="Line"/>.</summary>
    public double? Raise { get; init; }

    /// <summary>See <see cref="SeriesPolicy.Direction"/>.</summary>
    public Direction? Direction { get; init; }

    /// <summary>See <see cref="SeriesPolicy.MinimumAbsoluteDeviation"/>.</summary>
    public double? MinimumAbsoluteDeviation { get; init; }

    /// <summary>See <see cref="SeriesPolicy.MinimumRelativeDeviation"/>.</summary>
    public double? MinimumRelativeDeviation { get; init; }

    /// <summary>See <see cref="SeriesPolicy.WarmUp"/>.</summary>
    public int? WarmUp { get; init; }

    /// <summary>See <see cref="SeriesPolicy.AcceptAfter"/>.</summary>
    public TimeSpan? AcceptAfter { get; init; }

    /// <summary>See <see cref="SeriesPolicy.FollowsLoad"/>.</summary>
    public bool? FollowsLoad { get; init; }

    /// <summary>See <see cref="SeriesPolicy.Memory"/>.</summary>
    public MemoryPlan? Memory { get; init; }

    /// <summary>See <see cref="SeriesPolicy.Type"/>.</summary>
    public MetricType? Type { get; init; }

    /// <summary>See <see cref="SeriesPolicy.Limit"/>.</summary>
    public MetricLimit? Limit { get; init; }

    /// <summary>Whether the limit is watched; false takes a limit away that a preset or a later rule declares.</summary>
    public bool? EarlyWarning { get; init; }

    /// <summary>See <see cref="SeriesPolicy.Mute"/>.</summary>
    public DayCalendar? Mute { get; init; }

    /// <summary>See <see cref="SeriesPolicy.Like"/>.</summary>
    public DayLike? Like { get; init; }

    /// <summary>See <see cref="SeriesPolicy.WeightBy"/>; <see cref="SeriesPolicy.Unweighed"/> takes a preset's away.</summary>
    public string? WeightBy { get; init; }

    /// <summary>See <see cref="SeriesPolicy.RunbookUrl"/>.</summary>
    public string? RunbookUrl { get; init; }

    /// <summary>These settings, and where they say nothing, those of another.</summary>
    public PolicySettings Or(PolicySettings other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new()
        {
            Ignore = Ignore ?? other.Ignore,
            Detectors = Detectors?.After(other.Detectors) ?? other.Detectors,
            WarningBudget = WarningBudget ?? other.WarningBudget,
            CriticalBudget = CriticalBudget ?? other.CriticalBudget,
            PageBudget = PageBudget ?? other.PageBudget,
            ModelWarningBudget = ModelWarningBudget ?? other.ModelWarningBudget,
            Line = Line ?? other.Line,
            Raise = Raise ?? other.Raise,
            Direction = Direction ?? other.Direction,
            MinimumAbsoluteDeviation = MinimumAbsoluteDeviation ?? other.MinimumAbsoluteDeviation,
            MinimumRelativeDeviation = MinimumRelativeDeviation ?? other.MinimumRelativeDeviation,
            WarmUp = WarmUp ?? other.WarmUp,
            AcceptAfter = AcceptAfter ?? other.AcceptAfter,
            FollowsLoad = FollowsLoad ?? other.FollowsLoad,
            Memory = Memory ?? other.Memory,
            Type = Type ?? other.Type,
            Limit = Limit ?? other.Limit,
            EarlyWarning = EarlyWarning ?? other.EarlyWarning,
            Mute = Mute ?? other.Mute,
            Like = Like ?? other.Like,
            WeightBy = WeightBy ?? other.WeightBy,
            RunbookUrl = RunbookUrl ?? other.RunbookUrl,
        };
    }
}
