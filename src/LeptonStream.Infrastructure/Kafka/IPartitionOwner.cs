using Confluent.Kafka;

namespace LeptonStream.Kafka;

/// <summary>
/// Does the work of the partitions that a <see cref="ConsumerMembership"/> gives it. Called on the thread that reads, and inside the close.
/// </summary>
public interface IPartitionOwner
{
    /// <summary>The group has assigned partitions; the list may be empty.</summary>
    /// <returns>Where to read each of them.</returns>
    List<TopicPartitionOffset> OnAssigned(IReadOnlyList<TopicPartition> partitions);

    /// <summary>
    /// The group takes partitions back in order; their records have left the batch already. What is done can still be committed.
    /// </summary>
    void OnRevoked(IReadOnlyList<TopicPartition> partitions);

    /// <summary>The group has given partitions to others without asking: nothing of them can be committed any more.</summary>
    void OnLost(IReadOnlyList<TopicPartition> partitions);

    /// <summary>The offset to read next no longer exists.</summary>
    void OnOffsetGone(TopicPartition partition, string reason);

    /// <summary>The offset to read next, where no record of the partition waits; null where it is not read now.</summary>
    long? NextOf(TopicPartition partition);

    /// <summary>Everything of a partition is read, up to an offset. Told only where the consumer's settings ask for it.</summary>
    void OnEnd(TopicPartition partition, long offset);

    /// <summary>Whether a record belongs into the batch.</summary>
    /// <param name="partition">The number of its partition.</param>
    /// <param name="offset">Its offset.</param>
    bool Accepts(int partition, long offset);
}
