namespace LeptonStream.Roles.Tests.Collector.Edge;

/// <summary>A clock on the wall that is set, ahead and back, while time itself goes on as another clock says.</summary>
internal sealed class OddClock(TimeProvider time) : TimeProvider
{
    /// <summary>By how much the wall clock is ahead.</summary>
    public TimeSpan Ahead { get; set; }

    public override long TimestampFrequency => time.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + Ahead;

    public override long GetTimestamp() => time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        time.CreateTimer(callback, state, dueTime, period);
}
