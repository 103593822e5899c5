namespace LeptonStream.Roles.Tests.Detector;

/// <summary>The system's clock, which can be made to jump: what a process sees that was frozen for a while.</summary>
internal sealed class JumpingClock : TimeProvider
{
    private readonly Lock _lock = new();
    private long _jumped;
    private int _looks;
    private TimeSpan _span;

    public void Jump(TimeSpan span) => JumpAtLook(0, span);

    /// <summary>
    /// Jumps just before a look at the clock, the first one from now on being 0: the process stood still in the step before.
    /// </summary>
    public void JumpAtLook(int look, TimeSpan span)
    {
        lock (_lock) (_looks, _span) = (look, span);
    }

    public override long GetTimestamp()
    {
        lock (_lock)
        {
            if (_looks-- == 0) _jumped += (long)(_span.TotalSeconds * TimestampFrequency);
            return base.GetTimestamp() + _jumped;
        }
    }
}
