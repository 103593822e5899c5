using LeptonStream.Samples;

namespace LeptonStream.Detection.Training;

/// <summary>Collects what a row changed, in an array that is used again for the next one.</summary>
/// <param name="policy">Policy by which findings are scored and end.</param>
internal sealed class FindingReport(TrainingPolicy policy)
{
    private TrainingFinding[] _findings = new TrainingFinding[8];
    private int _count;

    /// <summary>Multiplies every score.</summary>
    public double Sensitivity => policy.Sensitivity;

    public TimeSpan AcceptAfter => policy.AcceptAfter;

    public Timestamp Time { get; private set; }

    public long Step { get; private set; }

    public ReadOnlySpan<TrainingFinding> Findings => _findings.AsSpan(0, _count);

    public void Begin(Timestamp time, long step)
    {
        Time = time;
        Step = step;
        _count = 0;
    }

    public void Add(in TrainingFinding finding)
    {
        if (_count == _findings.Length) Array.Resize(ref _findings, 2 * _count);
        _findings[_count++] = finding;
    }
}
