namespace LeptonStream.Resilience;

/// <summary>The wait of a loop after a failure: twice as long after each, up to a limit, until a success. Used by one thread.</summary>
/// <param name="first">The wait after the first failure.</param>
/// <param name="longest">The longest wait.</param>
public sealed class BackOff(TimeSpan first, TimeSpan longest)
{
    private int _failures;

    /// <summary>The wait now: zero after a success.</summary>
    public TimeSpan Delay => _failures == 0 ? TimeSpan.Zero : After(_failures, first, longest);

    /// <summary>Counts one more failure.</summary>
    /// <returns>The wait before the next attempt.</returns>
    public TimeSpan NextDelay()
    {
        _failures++;
        return Delay;
    }

    /// <summary>Counts a success: the next failure is the first again.</summary>
    public void Reset() => _failures = 0;

    /// <summary>The wait after a number of failures in a row.</summary>
    /// <param name="failures">1 and more.</param>
    /// <param name="first">The wait after the first failure.</param>
    /// <param name="longest">The longest wait.</param>
    public static TimeSpan After(int failures, TimeSpan first, TimeSpan longest)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(failures, 1);
        var wait = first.Ticks * Math.Pow(2, failures - 1);
        return wait < longest.Ticks ? TimeSpan.FromTicks((long)wait) : longest;
    }
}
