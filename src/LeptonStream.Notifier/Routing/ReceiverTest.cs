using System.Runtime.CompilerServices;
using LeptonStream.Alerting;
using LeptonStream.Notifier.Channels;
using LeptonStream.Notifier.Outbox;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Notifier.Routing;

/// <summary>Sends a test alert through the channels of a receiver, as the notifier sends a real one, and keeps nothing of it.</summary>
internal sealed class ReceiverTest(NotifierRouting routing, ChannelFactory channels, NotifierOptions options, TimeProvider time)
{
    /// <summary>The name of the test alert, by which people and rules know it.</summary>
    public const string AlertName = "LeptonStreamTest";

    /// <summary>Tries each channel: an alert that fires, and its end where the channel takes ends.</summary>
    public async IAsyncEnumerable<Attempt> Run(ReceiverConfig receiver, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var channel in receiver.Channels)
        {
            var settings = routing.Channels[(receiver.Name, channel.Key)];
            var destination = new Destination(receiver.Name, channel.Key);
            var sender = new DestinationSender(
                destination, channels.Make(settings), settings.Timeout ?? TimeSpan.FromSeconds(options.SendTimeoutSeconds), time);
            var start = time.Now();
            var firing = await Send(sender, Message(receiver, channel.Key, start, end: null), cancellation);
            yield return firing;
            if (channel.SendResolved && firing.IsDelivered)
                yield return await Send(sender, Message(receiver, channel.Key, start, end: time.Now()), cancellation);
        }
    }

    private async Task<Attempt> Send(DestinationSender sender, Notification notification, CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        var answer = await sender.Send(Guid.CreateVersion7().ToString("N"), notification, cancellation);
        var isDelivered = answer.Outcome.Result == DeliveryResult.Delivered;
        return new Attempt(
            sender.Destination,
            notification.Resolved.Any() ? "resolved" : "firing",
            isDelivered,
            (isDelivered ? answer.Outcome.Answer : answer.Outcome.Error) ?? "delivered",
            time.GetElapsedTime(began));
    }

    private static Notification Message(ReceiverConfig receiver, string channel, Timestamp start, Timestamp? end)
    {
        var labels = LabelSet.Of(("alertname", AlertName), ("severity", "info"), ("model", "test"), ("metric", "test"), ("test", "true"));
        var alert = new GroupedAlert
            { AlertId = "test", Labels = labels, Annotations = Texts(receiver.Name), StartsAt = start, EndsAt = end };
        return SingleAlert.Of(receiver, channel, alert, LabelSet.Of(("alertname", AlertName)), at: end ?? start);
    }

    private static LabelSet Texts(string receiver) => LabelSet.Of(
        ("summary", $"Test of the receiver {receiver}: nothing is wrong"),
        ("description", "Somebody ran 'lepton receivers test'. This message shows that notifications arrive; no action is needed."),
        ("summary_zh", $"接收方 {receiver} 的测试通知：一切正常"),
        ("description_zh", "有人运行了 lepton receivers test。收到此消息说明通知可以送达，无需处理。"));

    /// <summary>The outcome of one message.</summary>
    /// <param name="Destination">Destination of the message, without secrets.</param>
    /// <param name="Status">Status of the test notification: firing or resolved.</param>
    /// <param name="IsDelivered">Whether the other side took it.</param>
    /// <param name="Answer">Answer of the receiver, or the error; without secrets.</param>
    /// <param name="Took">Duration, quick retries included.</param>
    public sealed record Attempt(Destination Destination, string Status, bool IsDelivered, string Answer, TimeSpan Took);
}
