using LeptonStream.Alerting;
using LeptonStream.Notifier.Channels;
using LeptonStream.Notifier.Channels.Messages;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Notifier.Routing;

/// <summary>Shows the messages of a receiver about one alert, and sends none.</summary>
internal sealed class ReceiverPreview(NotifierRouting routing, ChannelFactory channels, NotifierOptions options, TimeProvider time)
{
    /// <summary>An alert as detectors raise it.</summary>
    public GroupedAlert Example => new()
    {
        AlertId = "example",
        Labels = LabelSet.Of(("alertname", "LeptonStreamAnomaly"), ("severity", "critical"), ("model", "llama-70b"),
            ("metric", "gpu_temp_c"), ("host", "gpu-node-07"), ("gpu", "3")),
        Annotations = LabelSet.Of(
            ("summary", "gpu_temp_c of llama-70b (gpu=3) is high: 89 °C, expected 62 °C"),
            ("description", "Only this GPU deviates; the other 7 are at 62 °C. Usual now: 60 °C to 64 °C."),
            ("actions", "Check the fans and the airflow of gpu-node-07.\nDrain the host if it stays above 85 °C."),
            ("summary_zh", "llama-70b 的 gpu_temp_c（gpu=3）偏高：89 °C，预期 62 °C"),
            ("description_zh", "只有这块 GPU 异常，其余 7 块约 62 °C。当前通常范围：60 °C 至 64 °C。"),
            ("actions_zh", "检查 gpu-node-07 的风扇和风道。\n若持续高于 85 °C，请排空该主机。")),
        StartsAt = time.Now() - TimeSpan.FromMinutes(4),
    };

    /// <summary>The message of each channel.</summary>
    public IEnumerable<ChannelPreview> Of(ReceiverConfig receiver, GroupedAlert alert)
    {
        foreach (var channel in receiver.Channels)
        {
            var settings = routing.Channels[(receiver.Name, channel.Key)];
            var notification = NotificationOf(receiver, channel.Key, alert);
            var text = settings is IMessageSettings { Style: var style } ? TextOf(notification, style) : null;
            yield return new ChannelPreview($"{receiver.Name}/{channel.Key}", alert.IsResolved && !channel.SendResolved, text,
                channels.Make(settings).Preview("preview", notification));
        }
    }

    private string TextOf(Notification notification, MessageStyle style)
    {
        var message = MessageBuilder.Of(notification, style, new Uri(options.ExternalUrl));
        return $"{message.Title}\n\n{MessageText.Write(message, style, Markup.Plain, step: 0)}";
    }

    private Notification NotificationOf(ReceiverConfig receiver, string channel, GroupedAlert alert) => SingleAlert.Of(
        receiver, channel, alert, LabelSet.Of(alert.Labels.Where(label => label.Key is "alertname" or "model")), time.Now());
}

/// <summary>The message of one channel.</summary>
/// <param name="Destination">Receiver and channel.</param>
/// <param name="IsSilent">Whether the channel would send nothing, since it does not take ends.</param>
/// <param name="Text">The message as people read it; null for a channel that writes for programs.</param>
/// <param name="Payload">The body as it is sent, secrets left out.</param>
internal sealed record ChannelPreview(string Destination, bool IsSilent, string? Text, string Payload);
