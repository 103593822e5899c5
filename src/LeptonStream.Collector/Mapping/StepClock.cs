namespace LeptonStream.Collector.Mapping;

/// <summary>
/// Gives each step of an entity a time of its own: a sender whose clock is coarse writes many steps with one time, and these are no
/// repetitions. A later step at the time of the one before it is a microsecond later, the finest that messages are written with.
/// </summary>
internal struct StepClock
{
    private const long Finest = 1_000;

    private long _written;
    private long _given;
    private long _step;

    /// <summary>The time of a point.</summary>
    /// <param name="time">As its sender wrote it, in nanoseconds since 1970.</param>
    /// <param name="step">Its step, from 0.</param>
    /// <returns>The time itself, but where an earlier step has it.</returns>
    public long TimeOf(long time, long step)
    {
        if (step == _step && time == _written) return _given;
        if (time / Finest > _given / Finest) _given = time;
        else if (step > _step && time >= _written) _given = ((_given / Finest) + 1) * Finest;
        else return time;
        (_written, _step) = (time, step);
        return _given;
    }
}
