using System.Text;
using Confluent.Kafka;
using LeptonStream.Detection;
using LeptonStream.Detection.Policies;
using LeptonStream.Kafka;
using LeptonStream.Series;
using Microsoft.Extensions.Logging.Abstractions;
using Timestamp = LeptonStream.Samples.Timestamp;

namespace LeptonStream.Cli.SeriesView;

/// <summary>
/// Judges the newest records of the metrics topic again, as a detector with empty state does, and keeps the series that are asked for.
/// It joins no group, commits nothing and publishes nothing.
/// </summary>
internal sealed class SeriesSearch(KafkaOptions kafka, PolicySet policies, IReadOnlyList<Matcher> wanted)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Dictionary<SeriesKey, SeriesHistory?> _known = [];
    private readonly Dictionary<int, PartitionPipeline> _pipelines = [];

    // The key of a record is its model: of one model the others' records need not be read.
    private readonly byte[]? _model = wanted.FirstOrDefault(matcher => matcher is { Name: "model", Operator: MatchOperator.Equal })
        is { } model ? Encoding.UTF8.GetBytes(model.Value) : null;

    /// <summary>Records that were judged.</summary>
    public long Records { get; private set; }

    /// <summary>Reads from a time on to the end that the topic has now.</summary>
    /// <exception cref="KafkaException">No broker answers.</exception>
    /// <exception cref="InvalidOperationException">There is no metrics topic.</exception>
    public IReadOnlyList<SeriesHistory> Run(DateTimeOffset from, CancellationToken stop)
    {
        var topic = TopicNames.Of(kafka).Metrics;
        var settings = ClientSettings.Consumer(kafka, "series", "lepton-series");
        settings.EnablePartitionEof = true;
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(settings).LogTo(NullLogger.Instance).Build();
        var open = Begin(consumer, topic, from);
        consumer.Assign(open.Values);
        while (open.Count > 0)
        {
            stop.ThrowIfCancellationRequested();
            if (consumer.Consume(Patience) is not { } record)
                throw new KafkaException(new Error(ErrorCode.Local_TimedOut, $"{topic} can't be read to its end"));
            if (record.IsPartitionEOF) open.Remove(record.Partition.Value);
            else if (open.ContainsKey(record.Partition.Value)) Judge(record);
        }

        return [.. _known.Values.OfType<SeriesHistory>().OrderByDescending(series => series.Newest.Score)
            .ThenBy(series => series.Key.ToString(), StringComparer.Ordinal)];
    }

    private static Dictionary<int, TopicPartitionOffset> Begin(IConsumer<byte[]?, byte[]?> consumer, string topic, DateTimeOffset from)
    {
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        var partitions = admin.GetMetadata(Patience).Topics.Find(found => found.Topic == topic)?.Partitions ?? [];
        if (partitions.Count == 0) throw new InvalidOperationException($"there is no topic {topic}: 'lepton topics create' makes it");
        var since = new Confluent.Kafka.Timestamp(from);
        return consumer.OffsetsForTimes(
                partitions.Select(partition => new TopicPartitionTimestamp(topic, partition.PartitionId, since)), Patience)
            .ToDictionary(start => start.Partition.Value, start => new TopicPartitionOffset(start.TopicPartition, start.Offset));
    }

    private void Judge(ConsumeResult<byte[]?, byte[]?> record)
    {
        if (_model is not null && record.Message.Key is { } key && !key.AsSpan().SequenceEqual(_model)) return;
        Records++;
        var partition = record.Partition.Value;
        if (!_pipelines.TryGetValue(partition, out var pipeline))
        {
            _pipelines[partition] = pipeline = new(record.Topic, partition, DetectionPolicy.Default, policies);
            pipeline.Observer = pipeline.RunObserver = Take;
        }

        pipeline.Process(record.Message.Value, record.Offset.Value,
            Timestamp.FromUnixMilliseconds(record.Message.Timestamp.UnixTimestampMs), []);
    }

    private void Take(in JudgedSample judged)
    {
        if (!_known.TryGetValue(judged.Key, out var series))
            _known[judged.Key] = series = IsWanted(judged.Key) ? new(judged.Key, policies.For(judged.Key).Unit) : null;
        series?.Add(judged);
    }

    private bool IsWanted(SeriesKey key)
    {
        var labels = LabelSet.Of(key.Labels.Append(new("model", key.Model)).Append(new("metric", key.Metric)));
        return wanted.All(matcher => matcher.Accepts(labels));
    }
}
