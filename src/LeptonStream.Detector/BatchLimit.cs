namespace LeptonStream.Detector;

/// <summary>
/// The most records in a batch now: halved after a batch that took too long, and grown again slowly by batches that did not.
/// </summary>
/// <param name="most">The limit at first, and never more.</param>
internal sealed class BatchLimit(int most)
{
    private double _records = most;

    public int Records => (int)_records;

    /// <summary>A batch took too long.</summary>
    public void Halve() => _records = Math.Max(1, Math.Floor(_records / 2));

    /// <summary>A batch was done in time.</summary>
    public void Grow() => _records = Math.Min(most, _records + Math.Max(1, _records / 32));
}
