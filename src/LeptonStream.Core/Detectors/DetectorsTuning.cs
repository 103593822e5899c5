using LeptonStream.Tuning;

namespace LeptonStream.Detectors;

/// <summary>
/// The tuned constants of the detectors of one series, each named after its detector. Sizes of states are none of them: they are the layout
/// of snapshots.
/// </summary>
internal sealed record DetectorsTuning
{
    private const string WarmUp = "chosen by hand; neutral until then (DetectorContractTests)";
    private const string OwnTrouble = "chosen by hand; its own kind of trouble stands out (DetectorContractTests)";
    private const string Unrest = "chosen by hand; noise that grows or calms down stands out (VarianceChangeDetectorTests)";
    private const string Places = "chosen by hand; a place never seen stands out (HalfSpaceTreesDetectorTests)";
    private const string Courses = "chosen by hand; a course that does not hang together stands out (AutoencoderDetectorTests)";
    private const string Constant = "a value that never moved has no deviation (constant-change.md)";

    public static DetectorsTuning Default { get; } = new();

    [Tuned("samples before it speaks", WarmUp)]
    public int ForecastResidualWarmUp { get; init; } = 30;

    [Tuned("samples before it speaks", WarmUp)]
    public int MeanSigmaWarmUp { get; init; } = 30;

    [Tuned("samples before it speaks", WarmUp)]
    public int MedianMadWarmUp { get; init; } = 30;

    [Tuned("samples before it speaks, beside a day", WarmUp)]
    public int NewExtremeWarmUp { get; init; } = 60;

    [Tuned("share of a difference that the smoothed level takes", OwnTrouble)]
    public double NewExtremeSmoothing { get; init; } = 0.25;

    [Tuned("samples of one stretch; the last one or two do not count", "a slow leak must not be measured against itself")]
    public int NewExtremeLately { get; init; } = 120;

    [Tuned("least scales outside its range up to which one level widens it at once", "one wild value must leave no trace (WildValueTests)")]
    public double NewExtremeReach { get; init; } = 40;

    [Tuned("share of its half width by which an envelope shrinks a day",
        "chosen by hand; an extreme is halved after two weeks without another (time-of-day.md)")]
    public float TimeOfDayShrink { get; init; } = 0.05f;

    [Tuned("least scales by which a day may widen an envelope", "an incident of that hour must not hide the next")]
    public double TimeOfDayWidening { get; init; } = 10;

    [Tuned("kept courses before it speaks", WarmUp)]
    public int NearestShapeWarmUp { get; init; } = 10;

    [Tuned("samples between two values of a course", "chosen by hand; a course of eight values takes 42 minutes (nearest-shape.md)")]
    public int NearestShapeApart { get; init; } = 3;

    [Tuned("courses that go by until one is kept, at most", OwnTrouble)]
    public double NearestShapeMemory { get; init; } = 64;

    [Tuned("samples that the level before the window remembers", OwnTrouble)]
    public double LevelShiftMemory { get; init; } = 1_000;

    [Tuned("samples before it speaks", WarmUp)]
    public int RecordWarmUp { get; init; } = 60;

    [Tuned("deviations outside its range up to which one value widens it at once", "one wild value must leave no trace (WildValueTests)")]
    public double RecordReach { get; init; } = 10;

    [Tuned("samples before it speaks", WarmUp)]
    public int FrozenValueWarmUp { get; init; } = 200;

    [Tuned("repeats below which it is silent", OwnTrouble)]
    public int FrozenValueShortestRun { get; init; } = 12;

    [Tuned("share of repeats above which it is silent", "values rounded by their producer repeat anyway")]
    public double FrozenValueMaxRepeats { get; init; } = 0.05;

    [Tuned("least share of repeats that is believed", OwnTrouble)]
    public double FrozenValueMinRepeats { get; init; } = 0.01;

    [Tuned("samples that the share of repeats remembers", OwnTrouble)]
    public double FrozenValueMemory { get; init; } = 500;

    [Tuned("samples that a constant must have stood", Constant)]
    public int ConstantChangeSamples { get; init; } = 60;

    [Tuned("seconds that a constant must have stood", Constant)]
    public double ConstantChangeStoodSeconds { get; init; } = 1_800;

    [Tuned("share of its life that it must have stood", Constant)]
    public double ConstantChangeShareOfLife { get; init; } = 0.9;

    [Tuned("relative difference that is large", "eight GPUs that become four are, one replica of ten is not")]
    public double ConstantChangeLarge { get; init; } = 0.3;

    [Tuned("samples that a large change must last", OwnTrouble)]
    public int ConstantChangeLastsSamples { get; init; } = 3;

    [Tuned("seconds that a large change must last", OwnTrouble)]
    public double ConstantChangeLastsSeconds { get; init; } = 20;

    [Tuned("share of the time it stood that a small change must last",
        "chosen by hand; small changes must last longer (constant-change.md)")]
    public double ConstantChangeSmallLasts { get; init; } = 0.25;

    [Tuned("samples before it speaks", WarmUp)]
    public int EwmaWarmUp { get; init; } = 60;

    [Tuned("share of a difference that the smoothed value takes", "0.05 to 0.3 were measured (ewma.md)")]
    public double EwmaLambda { get; init; } = 0.2;

    [Tuned("samples that its level remembers", "100 to 1000 were measured (ewma.md)")]
    public double EwmaMemory { get; init; } = 300;

    [Tuned("samples before it speaks", WarmUp)]
    public int PageHinkleyWarmUp { get; init; } = 60;

    [Tuned("error that each sample forgives, in scales", "0.1 to 1 were measured (page-hinkley.md)")]
    public double PageHinkleySlack { get; init; } = 0.25;

    [Tuned("sum at which it begins again, in scales", "10 to 1000 were measured (page-hinkley.md)")]
    public double PageHinkleyHeight { get; init; } = 50;

    [Tuned("scales that one error counts at most", "2 to 8 were measured (page-hinkley.md)")]
    public double PageHinkleyMaxOfOne { get; init; } = 3;

    [Tuned("samples before it speaks", WarmUp)]
    public int VarianceChangeWarmUp { get; init; } = 120;

    [Tuned("share of a difference that the mean of the few values before takes", Unrest)]
    public double VarianceChangeLocalRate { get; init; } = 0.3;

    [Tuned("samples that the recent unrest remembers", Unrest)]
    public double VarianceChangeRecentMemory { get; init; } = 24;

    [Tuned("samples that the usual unrest remembers", Unrest)]
    public double VarianceChangeUsualMemory { get; init; } = 1_000;

    [Tuned("usual distances that one value counts at most", "one value, however far, is no unrest")]
    public double VarianceChangeMaxOfOne { get; init; } = 10;

    [Tuned("share of the least scale below which unrest is grain", Unrest)]
    public double VarianceChangeFloor { get; init; } = 0.1;

    [Tuned("earlier days on which a half-hour was seen before it speaks",
        "chosen by hand; one day is no habit (SeasonalResidualDetectorTests)")]
    public int SeasonalResidualWarmUpDays { get; init; } = 2;

    [Tuned("days that a half-hour remembers", "one bad day leaves little (seasonal-residual.md)")]
    public double SeasonalResidualMemoryDays { get; init; } = 7;

    [Tuned("scales that one day counts at most", "one bad day leaves little (seasonal-residual.md)")]
    public double SeasonalResidualCut { get; init; } = 3;

    [Tuned("samples that its level remembers", Places)]
    public double HalfSpaceTreesMemory { get; init; } = 1_000;

    [Tuned("deviations to either side that its space holds", Places)]
    public double HalfSpaceTreesReach { get; init; } = 10;

    [Tuned("training steps before it speaks", WarmUp)]
    public int AutoencoderWarmUp { get; init; } = 240;

    [Tuned("samples that its level remembers", Courses)]
    public double AutoencoderMemory { get; init; } = 1_000;

    [Tuned("rate of a step of gradient descent", Courses)]
    public float AutoencoderStep { get; init; } = 0.02f;

    [Tuned("deviations that one value counts at most", "one absurd value must leave the weights sound (autoencoder.md)")]
    public double AutoencoderReach { get; init; } = 6;
}
