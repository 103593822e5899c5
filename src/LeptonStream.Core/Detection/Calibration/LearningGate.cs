namespace LeptonStream.Detection.Calibration;

/// <summary>
/// Which samples a calibrator learns from: a long incident is one event, for counted by every sample it would make itself ordinary.
/// Anomalous samples that are no further apart than five belong to one event. All zeros at first.
/// </summary>
internal struct LearningGate
{
    private const int Gap = 5;

    private int _left;

    /// <summary>Takes a sample and says whether it counts: every ordinary one, and of an event the first.</summary>
    /// <param name="isAnomalous">Whether it is anomalous.</param>
    public bool Admits(bool isAnomalous)
    {
        var counts = !isAnomalous || _left == 0;
        _left = isAnomalous ? Gap : Math.Max(0, _left - 1);
        return counts;
    }
}
