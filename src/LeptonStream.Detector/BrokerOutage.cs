namespace LeptonStream.Detector;

/// <summary>
/// Whether the broker was away until a short while ago, as far as this worker can tell. After that producers need time to come back: their
/// silence is not judged for as long as the outage took, within limits.
/// </summary>
internal sealed class BrokerOutage(TimeProvider time)
{
    // Below this the broker was slow rather than away.
    private static readonly TimeSpan MinOutage = TimeSpan.FromSeconds(10);

    // Clients wait seconds between two attempts to connect; a producer that has crashed is started again within minutes.
    private static readonly TimeSpan MinPatience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MaxPatience = TimeSpan.FromMinutes(10);

    private long _answered = time.GetTimestamp();
    private long? _back;
    private TimeSpan _patience;

    /// <summary>Whether producers may still be on their way back.</summary>
    public bool IsRecent => _back is { } back && time.GetElapsedTime(back) < _patience;

    /// <summary>The broker has answered. To be called at every answer; while nothing is asked there may be none for a while.</summary>
    public void Answered()
    {
        var now = time.GetTimestamp();
        var away = time.GetElapsedTime(_answered, now);
        _answered = now;
        if (away < MinOutage) return;
        _back = now;
        _patience = TimeSpan.FromTicks(Math.Clamp(away.Ticks, MinPatience.Ticks, MaxPatience.Ticks));
    }
}
