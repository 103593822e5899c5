namespace LeptonStream.Collector.Intake;

/// <summary>
/// Lets a source send so much a second on the average, and ten seconds' worth at once. A payload is taken whole where anything is left, and
/// the debt is paid off before the next: no payload is too large to come through.
/// </summary>
/// <param name="perSecond">The average; 0 for no limit.</param>
/// <param name="time">The clock.</param>
internal sealed class RateBucket(long perSecond, TimeProvider time)
{
    private const double BurstSeconds = 10;

    private readonly Lock _lock = new();
    private double _left = perSecond * BurstSeconds;
    private long _at = time.GetTimestamp();

    /// <summary>How long the source has to wait; zero where it may send now.</summary>
    public TimeSpan Wait()
    {
        if (perSecond == 0) return TimeSpan.Zero;
        lock (_lock)
        {
            Fill();
            return _left > 0 ? TimeSpan.Zero : TimeSpan.FromSeconds((1 - _left) / perSecond);
        }
    }

    /// <summary>Takes what was sent.</summary>
    public void Charge(long count)
    {
        if (perSecond == 0) return;
        lock (_lock)
        {
            Fill();
            _left -= count;
        }
    }

    private void Fill()
    {
        var now = time.GetTimestamp();
        _left = Math.Min(perSecond * BurstSeconds, _left + (time.GetElapsedTime(_at, now).TotalSeconds * perSecond));
        _at = now;
    }
}
