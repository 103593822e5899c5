using System.Text;
using Confluent.Kafka;
using LeptonStream.Alerts;
using LeptonStream.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeptonStream.Cli.Watch;

/// <summary>Reads the alerts topic, all partitions, without belonging to a group.</summary>
internal sealed class AlertFeed : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(200);

    private readonly IConsumer<byte[]?, byte[]?> _consumer;

    /// <exception cref="KafkaException">No broker answers.</exception>
    /// <exception cref="InvalidOperationException">There is no alerts topic.</exception>
    public AlertFeed(KafkaOptions kafka, bool fromBeginning)
    {
        var topic = TopicNames.Of(kafka).Alerts;
        // The client wants a group's name even where no group is joined.
        _consumer = new ConsumerBuilder<byte[]?, byte[]?>(ClientSettings.Consumer(kafka, "watch", "lepton-watch"))
            .LogTo(NullLogger.Instance).Build();
        try
        {
            using var admin = new DependentAdminClientBuilder(_consumer.Handle).Build();
            var found = admin.GetMetadata(topic, Patience).Topics.Single();
            if (found.Error.Code == ErrorCode.UnknownTopicOrPart)
                throw new InvalidOperationException($"there is no topic {topic}: 'lepton topics create' makes it");
            if (found.Error.IsError) throw new KafkaException(found.Error);
            // Asked for now and not left to the client: what comes after the greeting is shown, whatever comes first.
            _consumer.Assign(found.Partitions.Select(p => new TopicPartition(topic, p.PartitionId))
                .Select(p =>
                    new TopicPartitionOffset(p, fromBeginning ? Offset.Beginning : _consumer.QueryWatermarkOffsets(p, Patience).High))
                .ToArray());
            Console.Error.WriteLine($"watching {topic}, Ctrl-C ends");
        }
        catch
        {
            BoundedClose.Run(_consumer.Dispose, Patience);
            throw;
        }
    }

    /// <summary>
    /// The events as they come, with their JSON as it is on the topic, until cancelled. What is no event is said on standard error and
    /// passed over.
    /// </summary>
    public IEnumerable<(AlertEvent Alert, string Json)> Read(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            if (Next() is not { } record || Probe.Read(record.Message.Key, record.Message.Value) is not null) continue;
            if (AlertEventJson.TryRead(record.Message.Value, out var alert, out var error))
                yield return (alert!, Encoding.UTF8.GetString(record.Message.Value!));
            else Console.Error.WriteLine($"lepton: {record.TopicPartitionOffset.Name()} is no alert event: {error}");
        }
    }

    public void Dispose() => BoundedClose.Run(_consumer.Dispose, Patience);

    private ConsumeResult<byte[]?, byte[]?>? Next()
    {
        try
        {
            return _consumer.Consume(Wait);
        }
        catch (ConsumeException failure) when (!failure.Error.EndsClient())
        {
            Console.Error.WriteLine($"lepton: reading again after: {failure.Error.Reason}");
            return null;
        }
    }
}
