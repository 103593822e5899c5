namespace LeptonStream.Detection.Training;

/// <summary>
/// The tuned constants of training mode, each named after its rule. Windows and blocks are none of them: they are the layout of snapshots.
/// </summary>
internal sealed partial record TrainingTuning
{
    private const string Runs = "thirty labelled runs, all in sight (training.md)";
    private const string Schedules = "chosen by hand; schedules are silent (TrainingQuietTests)";
    private const string OtherBatch = "chosen by hand; another batch size is silent (TrainingQuietTests)";
    private const string Repeated = "chosen by hand; one batch repeated pages early (TrainingFaultTests)";
    private const string Stuck =
        "chosen by hand; a loss that stays at one number pages, one that a logger repeats is quiet (TrainingTroubleTests)";
    private const string Alone = "chosen by hand; an evaluation that breaks alone is reported on the first (TrainingFaultTests)";
    private const string Pauses = "chosen by hand; pauses that a run came back from are no death (TrainingQuietTests)";
    private const string OneName = "chosen by hand; two jobs are known to be two, one that resumes to be one (TrainingTroubleTests)";
    private const string Signed = "chosen by hand; negative losses are quiet until they run away (TrainingTroubleTests)";

    public static TrainingTuning Default { get; } = new();
}
