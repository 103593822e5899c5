namespace LeptonStream.Detection.Training;

/// <summary>
/// The tuned constants of training mode, each named after its rule. Windows and blocks are none of them: they are the layout of snapshots.
/// </summary>
internal sealed partial record TrainingTuning
{
    private const string Runs = "thirty labelled runs, all in sight (training.md)";
    private const string NotRecorded = "not recorded";

    public static TrainingTuning Default { get; } = new();
}
