using LeptonStream.Samples;

namespace LeptonStream.Detection.Training;

/// <summary>Collects what a row changed, in an array that is used again for the next one.</summary>
/// <param name="sensitivity">Multiplies every score.</param>
internal sealed class FindingReport(double sensitivity)
{
    // A row can close, open and close again what each of two dozen trackers holds.
    private readonly TrainingFinding[] _findings = new TrainingFinding[96];
    private int _count;

    public double Sensitivity => sensitivity;

    public Timestamp Time { get; private set; }

    public long Step { get; private set; }

    public ReadOnlySpan<TrainingFinding> Findings => _findings.AsSpan(0, _count);

    public void Begin(Timestamp time, long step)
    {
        Time = time;
        Step = step;
        _count = 0;
    }

    public void Add(in TrainingFinding finding) => _findings[_count++] = finding;
}
