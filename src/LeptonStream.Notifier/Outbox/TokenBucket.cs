using LeptonStream.Notifier.Channels;

namespace LeptonStream.Notifier.Outbox;

/// <summary>The messages that a destination may get now: a burst, and one more after each interval. Used by one loop.</summary>
internal sealed class TokenBucket(SendRate rate, TimeProvider time)
{
    private double _tokens = rate.Burst;
    private long _filledAt = time.GetTimestamp();

    /// <summary>Messages that may be sent now.</summary>
    public int Available
    {
        get
        {
            var now = time.GetTimestamp();
            _tokens = Math.Min(rate.Burst, _tokens + (time.GetElapsedTime(_filledAt, now) / rate.Interval));
            _filledAt = now;
            return (int)_tokens;
        }
    }

    /// <summary>Time until one more may be sent.</summary>
    public TimeSpan Wait => rate.Interval * Math.Max(0, 1 - _tokens);

    /// <summary>Counts messages as sent.</summary>
    public void Take(int messages) => _tokens -= messages;
}
