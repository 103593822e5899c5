namespace LeptonStream.Health;

/// <summary>Lets a line of the log through at once, and then once a minute for as long as its reason lasts.</summary>
/// <param name="time">The clock.</param>
public sealed class OnceAMinute(TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private long? _at;

    /// <summary>Whether the line was let through since the reason began.</summary>
    public bool WasSaid => _at is not null;

    /// <summary>Says whether the line may be written now; if so, it is taken as written.</summary>
    public bool IsDue()
    {
        if (_at is { } last && time.GetElapsedTime(last) < Pause) return false;
        _at = time.GetTimestamp();
        return true;
    }

    /// <summary>The reason is over: its next line is written at once.</summary>
    public void Reset() => _at = null;
}
