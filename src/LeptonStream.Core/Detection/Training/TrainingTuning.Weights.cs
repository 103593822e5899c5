using LeptonStream.Tuning;

namespace LeptonStream.Detection.Training;

// Weights, updates and the learning rate.
internal sealed partial record TrainingTuning
{
    [Tuned("share of the update's norm that the weights' norm may change by", "triangle inequality, with a fifth to spare")]
    public double WeightsRoom { get; init; } = 1.2;

    [Tuned("share of a norm that is no difference", "norms are logged with six digits or so")]
    public double WeightsRounding { get; init; } = 3e-5;

    [Tuned("times the usual share of that room", Runs)]
    public double WeightsUsualMargin { get; init; } = 3;

    [Tuned("times the usual change, without an update norm", Runs)]
    public double WeightsBareMargin { get; init; } = 10;

    [Tuned("least change without an update norm, as a share of the norm", Runs)]
    public double WeightsBareLeast { get; init; } = 0.01;

    [Tuned("score from which a jump pages", Runs)]
    public double WeightsPageScore { get; init; } = 1.5;

    [Tuned("share of the norm from which a jump pages", Runs)]
    public double WeightsPageShare { get; init; } = 0.005;

    [Tuned("share of its jump within which a norm has not come back", "nearer to where it was than to where it jumped")]
    public double WeightsStaysFrom { get; init; } = 0.5;

    [Tuned("times the usual jumps of an update", Runs)]
    public double OptimizerJumpMargin { get; init; } = 2.5;

    [Tuned("rows after a change of the learning rate in which nothing is judged", "some optimizers fold the rate into their momentum")]
    public int OptimizerRowsAfterChange { get; init; } = 32;

    [Tuned("least share above the row before and the level", Runs)]
    public double OptimizerLeast { get; init; } = 0.6;

    [Tuned("the same where rows stand for several steps", Runs)]
    public double OptimizerSparseLeast { get; init; } = 1.5;

    [Tuned("times the row before from which a learning rate jumps", "schedules rise step by step")]
    public double RateJumpTimes { get; init; } = 1.5;

    [Tuned("share above the highest learning rate that is no jump", Schedules)]
    public double RateMargin { get; init; } = 0.05;

    [Tuned("share by which a learning rate changes as schedules jump", Schedules)]
    public double RateChange { get; init; } = 0.3;

    [Tuned("share above its recent mean from which a learning rate rises", Schedules)]
    public double RateRising { get; init; } = 0.03;

    [Tuned("rows that this mean remembers", Schedules)]
    public double RateMemory { get; init; } = 16;

    [Tuned("rows after a rise of the learning rate that belong to the warm-up", "chosen by hand; a warm-up is silent (TrainingQuietTests)")]
    public int RowsAfterRise { get; init; } = 24;

    [Tuned("steps a row from which one row alone tells something", Runs)]
    public int SparseStride { get; init; } = 5;

    [Tuned("share of its highest step below which a run starts over", "a resume from the first fifth is a new run under the old name")]
    public double StartsOverBelow { get; init; } = 0.2;

    [Tuned("rows without an update that are frozen", Runs)]
    public double FrozenRows { get; init; } = 8;

    [Tuned("rows that are enough where they span many steps", Runs)]
    public int FrozenMinRows { get; init; } = 3;

    [Tuned("steps that they must span", Runs)]
    public double FrozenSteps { get; init; } = 30;

    [Tuned("rows of the same norm of weights, where no update is logged", "chosen by hand (training.md)")]
    public double FrozenRowsOfSameNorm { get; init; } = 60;

    [Tuned("steps after which it pages", Runs)]
    public int FrozenPageAfterSteps { get; init; } = 60;

    [Tuned("share of the highest learning rate below which a schedule has run out",
        "chosen by hand; a schedule that ran out is for the record only (TrainingQuietTests)")]
    public double FrozenRanOut { get; init; } = 0.02;

    [Tuned("rows after which it pages where the weights are known to be finite",
        "chosen by hand; an overflow that lasts pages (TrainingFaultTests)")]
    public int NonFiniteRows { get; init; } = 25;

    [Tuned("rows after which it pages where they are not known",
        "chosen by hand; a loss that is no number pages within three rows (TrainingTroubleTests)")]
    public int NonFiniteRowsWithoutNorm { get; init; } = 3;
}
