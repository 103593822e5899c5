using LeptonStream.Tuning;

namespace LeptonStream.Detection.Calibration;

/// <summary>The tuned constants that turn raw scores into rarities, and rarities into lines.</summary>
internal sealed record CalibrationTuning
{
    private const string Tail = "chosen by hand; noise keeps its rate of false alarms (TailCalibratorTests)";
    private const string Figures = "chosen by hand; the figures of accuracy.md are those with it";

    public static CalibrationTuning Default { get; } = new();

    [Tuned("decades added to the line of news, since real tails are heavier than the exponential one that is fitted",
        "real series: keeps the budget on their tails (accuracy.md)")]
    public double HeavyTail { get; init; } = 0.5;

    [Tuned("decades of rarity that a budget ten times as long takes, beyond a week",
        "the dial of three families and seven kinds of noise (accuracy.md)")]
    public double TailPerDecade { get; init; } = 3;

    [Tuned("decades that the critical line lies beyond the line of its budget", "heavy-tailed noise (accuracy.md)")]
    public double CriticalMore { get; init; } = 2.35;

    [Tuned("score units per tenfold budget, of entities", "heavy-tailed noise (accuracy.md)")]
    public double LinesPerDecade { get; init; } = 0.9;

    [Tuned("decades that a sum of slow rarities needs beyond a sharp one", "real series (accuracy.md)")]
    public double SlowMore { get; init; } = 1.7;

    [Tuned("the same, where two detectors of one mean count half each", "real series (ADR 0053)")]
    public double VotesMore { get; init; } = 0.9;

    [Tuned("most decades that one slow detector may add", "one slow detector alone opens no alert (ADR 0006)")]
    public double MostOfOneSlow { get; init; } = 6;

    [Tuned("sharp scores after which counts are halved", Tail)]
    public int SharpMemory { get; init; } = 12_000;

    [Tuned("share of sharp scores that the tail is fitted to", Tail)]
    public double SharpTailShare { get; init; } = 0.03;

    [Tuned("least mean excess of a sharp tail that begins at 0, in scales", "differences below half a scale are ordinary")]
    public double SharpFloor { get; init; } = 0.5;

    [Tuned("least mean excess of a sharp tail, as a share of where it begins", Tail)]
    public double SharpFloorShare { get; init; } = 0.1;

    [Tuned("seconds between recurrences below which a sharp score is routine",
        "what comes back more than twice a day is anchored (ADR 0006)")]
    public double RoutineSeconds { get; init; } = 43_200;

    [Tuned("slow scores after which counts are halved", Figures)]
    public int SlowMemory { get; init; } = 8_000;

    [Tuned("share of slow scores that the tail is fitted to", Figures)]
    public double SlowTailShare { get; init; } = 0.01;

    [Tuned("samples that the deviation of a series remembers", "chosen by hand; it must outlast a quiet hour (mean-sigma.md)")]
    public double DeviationMemory { get; init; } = 2_000;

    [Tuned("samples in which the range of a series fades", "chosen by hand; an incident must not hide the next (WildValueTests)")]
    public double RangeMemory { get; init; } = 20_000;

    [Tuned("deviations outside its range up to which one value widens it at once", "one wild value must leave no trace (WildValueTests)")]
    public double RangeReach { get; init; } = 30;

    [Tuned("widths by which an occasion of far values may widen the range", "one wild value must leave no trace (WildValueTests)")]
    public double RangeGrant { get; init; } = 10;

    [Tuned("times the spread of its window at which a young series begins again",
        "a start of another kind must not hide what follows (WildValueTests)")]
    public double WrongStartFactor { get; init; } = 20;
}
