using LeptonStream.Tuning;

namespace LeptonStream.Detection.Training;

// Pace, data and evaluations.
internal sealed partial record TrainingTuning
{
    [Tuned("slow rows of twenty that are a stall", "an evaluation or a checkpoint is one row")]
    public double StallRows { get; init; } = 7;

    [Tuned("slow rows of eight where rows stand for several steps", "an evaluation every 50 steps is one row in five")]
    public double StallSparseRows { get; init; } = 4;

    [Tuned("scales from which a row is slow", Runs)]
    public double StallScales { get; init; } = 5;

    [Tuned("times the usual duration, on average, from which a stall pages", Runs)]
    public double StallPageFactor { get; init; } = 4;

    [Tuned("slow rows from which a stall pages", Runs)]
    public int StallPageRows { get; init; } = 9;

    [Tuned("times the usual duration that one row counts at most", "one pause is no stall")]
    public double StallMaxFactor { get; init; } = 50;

    [Tuned("least share above the usual duration", Runs)]
    public double StallLeast { get; init; } = 1.5;

    [Tuned("rise over 1,024 rows times Kendall's τ, in logarithms", "neighbours on a machine are bumps and have a low τ")]
    public double DriftTrendLine { get; init; } = 0.15;

    [Tuned("share above the best pace that was held", "neighbours on a machine cost up to a third")]
    public double DriftLevelLine { get; init; } = 0.42;

    [Tuned("share by which the work of a step may differ", OtherBatch)]
    public double WorkTolerance { get; init; } = 0.03;

    [Tuned("rows that agree on another work of a step", OtherBatch)]
    public int WorkRows { get; init; } = 3;

    [Tuned("times the usual work beyond which it is no batch", "a throughput that leaves waiting out")]
    public double WorkMaxFactor { get; init; } = 4.5;

    [Tuned("share of turning points that must be missing", Runs)]
    public double RepetitionFewer { get; init; } = 0.6;

    [Tuned("share of turning points below which a loss is not judged", "two of three among independent values (Bienaymé 1874)")]
    public double RepetitionMinUsual { get; init; } = 0.5;

    [Tuned("rows that the usual share remembers", Repeated)]
    public double RepetitionMemory { get; init; } = 500;

    [Tuned("rows that the newer mean of the loss remembers", Repeated)]
    public double RepetitionFastMemory { get; init; } = 8;

    [Tuned("rows that the older mean of the loss remembers", Repeated)]
    public double RepetitionSlowMemory { get; init; } = 100;

    [Tuned("share by which the older mean lies above the newer one where it pages", Runs)]
    public double RepetitionFell { get; init; } = 0.5;

    [Tuned("rows that varied before a loss can be stuck", Stuck)]
    public int StuckRowsBefore { get; init; } = 10;

    [Tuned("steps after which it pages", Stuck)]
    public int StuckPageAfterSteps { get; init; } = 60;

    [Tuned("share of equal neighbours that is assumed at first", Stuck)]
    public double StuckShareAtFirst { get; init; } = 0.1;

    [Tuned("rows that this share remembers", Stuck)]
    public double StuckMemory { get; init; } = 64;

    [Tuned("least share of equal neighbours at 0", "five rows at 0 are a chance of one in 10⁹")]
    public double StuckMinShareOfZero { get; init; } = 0.016;

    [Tuned("least share of equal neighbours at another number", "thirteen rows are a chance of one in 10⁹")]
    public double StuckMinShare { get; init; } = 0.2;

    [Tuned("largest share that is believed", Stuck)]
    public double StuckMaxShare { get; init; } = 0.97;

    [Tuned("usual moves, in units of the smallest one seen, below which it is not judged", "equal neighbours are rounding then")]
    public double StuckMinDigits { get; init; } = 2;

    [Tuned("evaluations before they are judged", Alone)]
    public int EvaluationEnough { get; init; } = 4;

    [Tuned("scales of their own noise from which one is broken", Runs)]
    public double EvaluationBrokenScales { get; init; } = 5;

    [Tuned("scales from which they overfit",
        "chosen by hand; overfitting is found (TrainingFaultTests), digits that creep are silent (TrainingQuietTests)")]
    public double EvaluationOverfitScales { get; init; } = 6;

    [Tuned("share of its accuracy that a broken one has lost", Alone)]
    public double EvaluationAccuracyShare { get; init; } = 0.3;

    [Tuned("equal evaluations after the first that are frozen weights",
        "chosen by hand; equal evaluations are frozen weights (TrainingFaultTests)")]
    public double EvaluationRepeats { get; init; } = 3;

    [Tuned("share of the highest learning rate that must move the weights", "chosen by hand, as for a schedule that has run out")]
    public double EvaluationRateThatMoves { get; init; } = 0.02;

    [Tuned("least share above the worst of the last three", Runs)]
    public double EvaluationLeast { get; init; } = 0.5;

    [Tuned("times below the best that one evaluation counts at most", "one that is far too good must not be the measure of all")]
    public double EvaluationMaxFall { get; init; } = 4;

    [Tuned("share above the last three that agrees with a fall of accuracy", Alone)]
    public double EvaluationAgrees { get; init; } = 0.05;
}
