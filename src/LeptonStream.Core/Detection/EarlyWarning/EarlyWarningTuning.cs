using LeptonStream.Tuning;

namespace LeptonStream.Detection.EarlyWarning;

/// <summary>The tuned constants of the watch over limits. A bucket is a 120th of the horizon.</summary>
internal sealed record EarlyWarningTuning
{
    private const string NotRecorded = "not recorded";

    public static EarlyWarningTuning Default { get; } = new();

    [Tuned("buckets in a row that see the limit reached, before it warns", NotRecorded)]
    public int EnoughBreaches { get; init; } = 3;

    [Tuned("points of doubt that withdraw a warning", NotRecorded)]
    public int EnoughDoubt { get; init; } = 16;

    [Tuned("points of doubt of a bucket in which the rise turns back", NotRecorded)]
    public int TurnDoubt { get; init; } = 8;

    [Tuned("points of doubt of a bucket whose trend leads away from the limit", NotRecorded)]
    public int AwayDoubt { get; init; } = 4;

    [Tuned("share of a rise whose loss withdraws at once", "half of a rise that is lost leaves no doubt")]
    public double DeepTurn { get; init; } = 0.5;

    [Tuned("share of the length of a trend that doubt must last to withdraw", "a long rise may pause; the value is not recorded")]
    public double DoubtShare { get; init; } = 0.15;

    [Tuned("buckets of rise before it warns, where the series was never that high", NotRecorded)]
    public int ShortRise { get; init; } = 8;

    [Tuned("buckets of rise before it warns, where the series has been that high", NotRecorded)]
    public int LongRise { get; init; } = 24;

    [Tuned("buckets of rise before it warns, where less than a day is known", "half a horizon: a first morning is no trend")]
    public int FirstRise { get; init; } = 60;

    [Tuned("share of the way from its habit to the limit by which a rise must go beyond the habit", NotRecorded)]
    public double BeyondHabit { get; init; } = 0.2;

    [Tuned("distance at which the limit counts as reached, as a share of the limit", NotRecorded)]
    public double ReachedShare { get; init; } = 0.01;

    [Tuned("the same as a share of the way from where the rise began", NotRecorded)]
    public double ReachedWay { get; init; } = 0.02;

    [Tuned("times that distance at which a reached limit is over", "hysteresis; the value is not recorded")]
    public double RecededFactor { get; init; } = 5;

    [Tuned("buckets that it must stay so far off", NotRecorded)]
    public int EnoughCalm { get; init; } = 6;

    [Tuned("buckets after a warning in which there is no new one", NotRecorded)]
    public int Refractory { get; init; } = 24;

    [Tuned("least hours for which heights of earlier rises are remembered", "one to two spans hold the rush hours of a week")]
    public double ShortestMemoryHours { get; init; } = 84;

    [Tuned("share of the time left by which the expected time must move to be reported again", NotRecorded)]
    public double MovedShare { get; init; } = 0.3;

    [Tuned("share of a rise by which the series comes down when the rise is over", NotRecorded)]
    public double TurnShare { get; init; } = 0.3;

    [Tuned("deviations of its noise by which it must come down too", NotRecorded)]
    public double TurnNoise { get; init; } = 4;

    [Tuned("share by which one rise moves the usual height of rises", NotRecorded)]
    public double UsualStep { get; init; } = 0.15;

    [Tuned("fewest buckets that a trend is fitted to", "a median of slopes of fewer is a guess")]
    public int MinPoints { get; init; } = 8;

    [Tuned("deviations by which a slope must differ from chance", "three standard deviations by convention")]
    public double Sure { get; init; } = 3;

    [Tuned("least half width of the interval, as a share of the time left", "no course is a straight line; ramps of early-warning.md")]
    public double ModelError { get; init; } = 0.05;

    [Tuned("deviation of a series' wander, as a share of its usual rise", "intervals of correlated ramps hold in 90 % (early-warning.md)")]
    public double WanderShare { get; init; } = 0.33;

    [Tuned("empty buckets after which a course begins again", "a tenth of the horizon")]
    public int LongestGap { get; init; } = 12;
}
