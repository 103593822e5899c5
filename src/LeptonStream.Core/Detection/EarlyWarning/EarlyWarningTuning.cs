using LeptonStream.Tuning;

namespace LeptonStream.Detection.EarlyWarning;

/// <summary>The tuned constants of the watch over limits. A bucket is a 120th of the horizon.</summary>
internal sealed record EarlyWarningTuning
{
    private const string Ramps = "chosen by hand; ramps and recorded servers of early-warning.md";
    private const string Arrives = "chosen by hand; a ramp that arrives says so and recedes with hysteresis (LimitWatchTests)";
    private const string Turns = "chosen by hand; a ramp that turns back or stops withdraws (LimitWatchTests)";

    public static EarlyWarningTuning Default { get; } = new();

    [Tuned("buckets in a row that see the limit reached, before it warns", Ramps)]
    public int EnoughBreaches { get; init; } = 3;

    [Tuned("points of doubt that withdraw a warning", Turns)]
    public int EnoughDoubt { get; init; } = 16;

    [Tuned("points of doubt of a bucket in which the rise turns back", Turns)]
    public int TurnDoubt { get; init; } = 8;

    [Tuned("points of doubt of a bucket whose trend leads away from the limit", Turns)]
    public int AwayDoubt { get; init; } = 4;

    [Tuned("share of a rise whose loss withdraws at once", "half of a rise that is lost leaves no doubt")]
    public double DeepTurn { get; init; } = 0.5;

    [Tuned("share of the length of a trend that doubt must last to withdraw", "chosen by hand; a long rise may pause")]
    public double DoubtShare { get; init; } = 0.15;

    [Tuned("buckets of rise before it warns, where the series was never that high", Ramps)]
    public int ShortRise { get; init; } = 8;

    [Tuned("buckets of rise before it warns, where the series has been that high", Ramps)]
    public int LongRise { get; init; } = 24;

    [Tuned("buckets of rise before it warns, where less than a day is known", "half a horizon: a first morning is no trend")]
    public int FirstRise { get; init; } = 60;

    [Tuned("share of the way from its habit to the limit by which a rise must go beyond the habit", Ramps)]
    public double BeyondHabit { get; init; } = 0.2;

    [Tuned("distance at which the limit counts as reached, as a share of the limit", Arrives)]
    public double ReachedShare { get; init; } = 0.01;

    [Tuned("the same as a share of the way from where the rise began", Arrives)]
    public double ReachedWay { get; init; } = 0.02;

    [Tuned("times that distance at which a reached limit is over", Arrives)]
    public double RecededFactor { get; init; } = 5;

    [Tuned("buckets that it must stay so far off", Arrives)]
    public int EnoughCalm { get; init; } = 6;

    [Tuned("buckets after a warning in which there is no new one",
        "chosen by hand; a withdrawn warning keeps quiet for a while (early-warning.md)")]
    public int Refractory { get; init; } = 24;

    [Tuned("least hours for which heights of earlier rises are remembered", "one to two spans hold the rush hours of a week")]
    public double ShortestMemoryHours { get; init; } = 84;

    [Tuned("share of the time left by which the expected time must move to be reported again",
        "chosen by hand; a ramp that becomes slower says the new time (LimitWatchTests)")]
    public double MovedShare { get; init; } = 0.3;

    [Tuned("share of a rise by which the series comes down when the rise is over", Turns)]
    public double TurnShare { get; init; } = 0.3;

    [Tuned("deviations of its noise by which it must come down too", Turns)]
    public double TurnNoise { get; init; } = 4;

    [Tuned("share by which one rise moves the usual height of rises", Ramps)]
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
