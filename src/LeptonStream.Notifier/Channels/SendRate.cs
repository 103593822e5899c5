namespace LeptonStream.Notifier.Channels;

/// <summary>
/// How fast a destination is sent to, so that a storm does not mute it: a burst, and one message more after each interval.
/// </summary>
/// <param name="Burst">Messages at once after a pause.</param>
/// <param name="Interval">Time between two messages behind them.</param>
internal sealed record SendRate(int Burst, TimeSpan Interval)
{
    /// <summary>For people who read: at most 55 in a minute.</summary>
    public static readonly SendRate Ordinary = new(5, TimeSpan.FromSeconds(1.2));

    /// <summary>For robots and chats that allow 20 messages a minute: at most 19.</summary>
    public static readonly SendRate TwentyAMinute = new(4, TimeSpan.FromSeconds(4));
}
