using LeptonStream.Yaml;

namespace LeptonStream.Notifier.Channels;

/// <summary>A kind of channel in the routing file: its settings stand in the list <c>NAME_configs</c> of a receiver.</summary>
/// <param name="Name">Begins the channel's key: <c>webhook/0</c>.</param>
/// <param name="Read">Reads the settings of one channel; every field that it asks for is a known field.</param>
internal sealed record ChannelKind(string Name, Func<ChannelSection, ChannelSettings> Read);

/// <summary>Every kind of channel there is.</summary>
internal static class ChannelKinds
{
    public static readonly IReadOnlyList<ChannelKind> All =
    [
        new("webhook", WebhookSettings.Read),
        new("console", ConsoleSettings.Read),
    ];
}
