using LeptonStream.Samples;

namespace LeptonStream.Alerting.OnCall;

/// <summary>Times as the clock on a wall shows them, and the instants that they are.</summary>
public static class WallTime
{
    // Longer than any change of a clock.
    private static readonly TimeSpan BeforeAnyChange = TimeSpan.FromHours(4);

    /// <summary>
    /// The instant of a local time. One that summer time leaves out is as much later as the clock jumps; of one that comes twice it is the
    /// first.
    /// </summary>
    public static Timestamp ToInstant(DateTime local, TimeZoneInfo zone)
    {
        ArgumentNullException.ThrowIfNull(zone);
        var time = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
        var offset = zone.IsInvalidTime(time) ? zone.GetUtcOffset(time - BeforeAnyChange)
            : zone.IsAmbiguousTime(time) ? zone.GetAmbiguousTimeOffsets(time).Max()
            : zone.GetUtcOffset(time);
        return Timestamp.FromDateTimeOffset(new DateTimeOffset(DateTime.SpecifyKind(time - offset, DateTimeKind.Utc)));
    }
}
