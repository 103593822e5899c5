namespace LeptonStream.Resilience;

/// <summary>
/// Says when something is due that is done again and again. It goes by a clock that nobody sets: a step of the wall clock neither delays
/// nor hurries what is due. For one thread.
/// </summary>
/// <param name="every">The time from one to the next.</param>
/// <param name="time">The clock.</param>
/// <param name="isDueAtOnce">Whether the first is due at once, and not when the time is over for the first time.</param>
public sealed class Pace(TimeSpan every, TimeProvider time, bool isDueAtOnce = true)
{
    private long? _last = isDueAtOnce ? null : time.GetTimestamp();

    /// <summary>Whether it is due. Where it is, the time to the next begins.</summary>
    public bool IsDue()
    {
        if (_last is { } last && time.GetElapsedTime(last) < every) return false;
        _last = time.GetTimestamp();
        return true;
    }
}
