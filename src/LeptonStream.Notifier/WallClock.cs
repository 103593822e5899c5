using LeptonStream.Samples;

namespace LeptonStream.Notifier;

internal static class WallClock
{
    /// <summary>The time in whole milliseconds, as the journal keeps it: what is stored and read back is equal.</summary>
    public static Timestamp Now(this TimeProvider time) => Timestamp.FromUnixMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
}
