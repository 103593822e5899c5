namespace LeptonStream.Detector;

/// <summary>
/// Notices that the process stood still: where more than <paramref name="limit"/> lies between two looks at the clock, others may own its
/// partitions. Each long step of a round lies between two looks, so a process that is frozen in any of them ends its session, and the
/// round after it finds nothing to publish.
/// </summary>
/// <param name="limit">Half a session time-out.</param>
/// <param name="time">Its clock goes on while the process is frozen.</param>
internal sealed class Fence(TimeSpan limit, TimeProvider time)
{
    private long _seen = time.GetTimestamp();

    /// <summary>Whether half of the limit is left for a step under way.</summary>
    public bool HasRoom => time.GetElapsedTime(_seen) < limit / 2;

    /// <summary>Counts from now on, however long the time before was: a session begins.</summary>
    public void Reset() => _seen = time.GetTimestamp();

    /// <summary>Ends a step, and begins the next one.</summary>
    /// <exception cref="SessionLostException">The step has taken too long.</exception>
    public void Pass() => Pass(_seen);

    /// <summary>Ends the last of several attempts, which alone counts, and begins the next step.</summary>
    /// <param name="began">The time stamp of the attempt's beginning.</param>
    /// <exception cref="SessionLostException">The attempt has taken too long.</exception>
    public void Pass(long began)
    {
        var now = time.GetTimestamp();
        Check(time.GetElapsedTime(began, now));
        _seen = now;
    }

    /// <summary>Looks whether the step under way may go on.</summary>
    /// <exception cref="SessionLostException">It has taken too long.</exception>
    public void Check() => Check(time.GetElapsedTime(_seen));

    private void Check(TimeSpan silence)
    {
        if (silence > limit) throw SessionLostException.Fenced(silence, limit);
    }
}
