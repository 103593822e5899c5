using System.Text;
using Confluent.Kafka;
using LeptonStream.Alerting;
using LeptonStream.Notifier.Channels.Messages;

namespace LeptonStream.Notifier.Channels.Kinds;

/// <param name="SendResolved">Whether it gets the end of an alert.</param>
/// <param name="Topic">The topic, of the cluster that the settings name.</param>
/// <param name="Timeout">Longest time of one attempt; null is the notifier's default.</param>
internal sealed record KafkaTopicSettings(bool SendResolved, string Topic, TimeSpan? Timeout) : ChannelSettings(SendResolved, Timeout)
{
    public override Folding Folding => Folding.None;

    public override INotificationChannel Make(ChannelContext context) => new KafkaChannel(this, context);

    public static KafkaTopicSettings Read(ChannelSection section) =>
        new(section.SendResolved(otherwise: true), section.Fields.RequiredText("topic"), section.Timeout());
}

/// <summary>
/// Writes Alertmanager's payload to a topic, keyed by the group, so that a group keeps its order. The header <c>webhook-id</c> is the same
/// for every attempt.
/// </summary>
internal sealed class KafkaChannel(KafkaTopicSettings settings, ChannelContext context) : INotificationChannel
{
    public async Task<DeliveryOutcome> Send(string id, Notification notification, CancellationToken cancellation)
    {
        for (var alerts = notification.Alerts.Count; ; alerts /= 4)
        {
            try
            {
                var written = await context.Kafka.Write(settings.Topic, Message(id, notification, alerts), cancellation);
                return DeliveryOutcome.Delivered with { Answer = $"{settings.Topic}[{written.Partition.Value}]@{written.Offset.Value}" };
            }
            catch (ProduceException<string, byte[]> large) when (large.Error.Code == ErrorCode.MsgSizeTooLarge && alerts > 1)
            {
                // Again, with a quarter of the alerts.
            }
            catch (ProduceException<string, byte[]> failed)
            {
                return DeliveryOutcome.Failed($"{settings.Topic}: {failed.Error.Reason}");
            }
            catch (KafkaException failed)
            {
                return DeliveryOutcome.Failed($"{settings.Topic}: {failed.Error.Reason}");
            }
        }
    }

    public string Preview(string id, Notification notification) =>
        Encoding.UTF8.GetString(Payload(notification, notification.Alerts.Count));

    private Message<string, byte[]> Message(string id, Notification notification, int alerts) => new()
    {
        Key = GroupHash.Of(notification),
        Value = Payload(notification, alerts),
        Headers = [new("content-type", "application/json"u8.ToArray()), new("webhook-id", Encoding.UTF8.GetBytes(id))],
    };

    private byte[] Payload(Notification notification, int alerts) =>
        WebhookPayload.Write(notification, Math.Max(alerts, 1), context.ExternalUrl);
}
