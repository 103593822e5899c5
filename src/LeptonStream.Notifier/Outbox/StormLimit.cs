using LeptonStream.Notifier.Channels;

namespace LeptonStream.Notifier.Outbox;

/// <summary>
/// How many messages a destination gets in a minute. Those of a lane are sent one by one while all that wait fit into its share of that;
/// else they are folded into one every <see cref="Slot"/>.
/// </summary>
/// <param name="PerMinute">Messages in a minute, at most.</param>
/// <param name="Folding">How they are folded.</param>
internal sealed record StormLimit(int PerMinute, Folding Folding = Folding.Digest)
{
    /// <summary>Time between two messages beyond the share.</summary>
    public static readonly TimeSpan Slot = TimeSpan.FromSeconds(10);

    /// <summary>The limit of a destination; null where it gets everything one by one.</summary>
    /// <param name="perMinute">Messages in a minute for any destination; 0 is no limit.</param>
    /// <param name="settings">The channel: a log has none, and a slow one a lower one.</param>
    public static StormLimit? Of(int perMinute, ChannelSettings settings)
    {
        if (perMinute == 0 || settings.Folding == Folding.None) return null;
        var own = settings.Rate is { } rate ? (int)(TimeSpan.FromMinutes(1) / rate.Interval) + rate.Burst : perMinute;
        return new(Math.Min(perMinute, own), settings.Folding);
    }

    /// <summary>Messages of a lane in a minute that are sent one by one.</summary>
    public int ShareOf(Lane lane) => Math.Max(1, lane == Lane.Urgent ? PerMinute / 5 : PerMinute / 2);
}
