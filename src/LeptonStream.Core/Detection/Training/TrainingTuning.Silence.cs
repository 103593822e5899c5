using LeptonStream.Tuning;

namespace LeptonStream.Detection.Training;

// Silence, and two jobs under one name.
internal sealed partial record TrainingTuning
{
    [Tuned("share by which one row moves the usual interval", Pauses)]
    public double SilenceIntervalStep { get; init; } = 0.05;

    [Tuned("times the longest silence that a run came back from", Pauses)]
    public double SilenceSurvivedMargin { get; init; } = 1.5;

    [Tuned("usual intervals of silence", Runs)]
    public double SilenceIntervals { get; init; } = 100;

    [Tuned("most seconds that these may be", Runs)]
    public double SilenceMaxSeconds { get; init; } = 110;

    [Tuned("times the policy's silence for a run that was paged for", "somebody stops it: its silence is no news")]
    public double SilenceBrokenMargin { get; init; } = 15;

    [Tuned("longest silence that counts as survived, in seconds", "a run restarted the next day must not blind the rule")]
    public double SilenceMaxSurvivedSeconds { get; init; } = 1_800;

    [Tuned("seconds above which silence is not the usual time between two rows", Pauses)]
    public double SilenceLeastSeconds { get; init; } = 15;

    [Tuned("intervals above which it is not", Pauses)]
    public double SilenceLeastIntervals { get; init; } = 3;

    [Tuned("seconds of silence after a first row", "before there were two nobody knows how often it speaks")]
    public double SilenceUnknownSeconds { get; init; } = 900;

    [Tuned("usual strides that a jump of the step counts at most", "a jump of the step is no work done")]
    public int SilenceMaxStrides { get; init; } = 4;

    [Tuned("returns from which two jobs share a name", OneName)]
    public int SharedNameReturns { get; init; } = 4;

    [Tuned("seconds between two returns beyond which they are unrelated", OneName)]
    public double SharedNameMaxSeconds { get; init; } = 1_800;

    [Tuned("least seconds of one way after which it is over", OneName)]
    public double SharedNameHoldSeconds { get; init; } = 60;

    [Tuned("usual distances of one way after which it is over", OneName)]
    public double SharedNameHoldDistances { get; init; } = 10;

    [Tuned("share of a difference that the usual distance takes", OneName)]
    public double SharedNameRate { get; init; } = 0.25;

    [Tuned("score from which the onset of a finding counts", "chosen by hand; a collapse is dated from its onset (TrainingTroubleTests)")]
    public double SuspectedFrom { get; init; } = 0.5;
}
