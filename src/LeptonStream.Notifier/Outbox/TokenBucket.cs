using LeptonStream.Notifier.Channels;

namespace LeptonStream.Notifier.Outbox;

/// <summary>
/// The messages that a destination may get now: a burst, and one more after each interval. Used by several loops at once.
/// </summary>
internal sealed class TokenBucket(SendRate rate, TimeProvider time)
{
    private readonly Lock _lock = new();
    private double _tokens = rate.Burst;
    private long _filledAt = time.GetTimestamp();

    /// <summary>Time until one more may be sent.</summary>
    public TimeSpan Wait
    {
        get
        {
            lock (_lock)
            {
                Fill();
                return rate.Interval * Math.Max(0, 1 - _tokens);
            }
        }
    }

    /// <summary>Takes the right to send messages.</summary>
    /// <returns>Messages that may be sent now; 0 to <paramref name="most"/>.</returns>
    public int Take(int most)
    {
        lock (_lock)
        {
            Fill();
            var taken = Math.Min(most, (int)_tokens);
            _tokens -= taken;
            return taken;
        }
    }

    /// <summary>Gives back what was taken and not needed.</summary>
    public void GiveBack(int messages)
    {
        lock (_lock) _tokens = Math.Min(rate.Burst, _tokens + messages);
    }

    private void Fill()
    {
        var now = time.GetTimestamp();
        _tokens = Math.Min(rate.Burst, _tokens + (time.GetElapsedTime(_filledAt, now) / rate.Interval));
        _filledAt = now;
    }
}
