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
    /// <param name="leave">Messages that are left to others.</param>
    public TimeSpan Wait(int leave = 0)
    {
        lock (_lock)
        {
            Fill();
            return rate.Interval * Math.Max(0, 1 + Left(leave) - _tokens);
        }
    }

    /// <summary>Takes the right to send messages.</summary>
    /// <param name="most">Messages that are wanted.</param>
    /// <param name="leave">Messages that are left to others.</param>
    /// <returns>Messages that may be sent now; 0 to <paramref name="most"/>.</returns>
    public int Take(int most, int leave = 0)
    {
        lock (_lock)
        {
            Fill();
            var taken = Math.Clamp((int)_tokens - Left(leave), 0, most);
            _tokens -= taken;
            return taken;
        }
    }

    /// <summary>Gives back what was taken and not needed.</summary>
    public void GiveBack(int messages)
    {
        lock (_lock) _tokens = Math.Min(rate.Burst, _tokens + messages);
    }

    // A burst of one has nothing to spare.
    private int Left(int leave) => Math.Min(leave, rate.Burst - 1);

    private void Fill()
    {
        var now = time.GetTimestamp();
        _tokens = Math.Min(rate.Burst, _tokens + (time.GetElapsedTime(_filledAt, now) / rate.Interval));
        _filledAt = now;
    }
}
