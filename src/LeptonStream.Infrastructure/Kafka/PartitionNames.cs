using System.Globalization;
using Confluent.Kafka;

namespace LeptonStream.Kafka;

/// <summary>The names of partitions and records for logs and people.</summary>
public static class PartitionNames
{
    /// <summary><c>lepton.metrics[3]</c>.</summary>
    public static string Name(this TopicPartition partition) => Of(partition.Topic, partition.Partition.Value);

    /// <summary>A record of the partition: <c>lepton.metrics[3]@4711</c>.</summary>
    public static string Name(this TopicPartitionOffset record) =>
        string.Create(CultureInfo.InvariantCulture, $"{record.TopicPartition.Name()}@{record.Offset.Value}");

    /// <summary><c>lepton.metrics[3]</c>.</summary>
    public static string Of(string topic, int partition) => string.Create(CultureInfo.InvariantCulture, $"{topic}[{partition}]");
}
