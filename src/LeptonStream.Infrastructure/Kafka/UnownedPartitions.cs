using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace LeptonStream.Kafka;

/// <summary>
/// Notices that the group has left partitions to nobody. A member with a name that dies between giving a partition back and joining again
/// finds its assignment of before under its name, and the group is content: without another word the partition would have no owner until
/// somebody joins or leaves.
/// </summary>
/// <remarks>Looks in the background now and then. Everything else is on the caller's thread.</remarks>
/// <param name="kafka">Address of Kafka, and the member's name.</param>
/// <param name="topic">The topic that the group reads.</param>
/// <param name="group">The group.</param>
/// <param name="time">The clock.</param>
internal sealed class UnownedPartitions(KafkaOptions kafka, string topic, string group, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    private readonly Lazy<IAdminClient> _admin = new(() => new AdminClientBuilder(ClientSettings.Admin(kafka)).Build());
    private long _asked = time.GetTimestamp();
    private Task<IReadOnlyCollection<int>>? _look;
    private IReadOnlyCollection<int> _before = [];

    /// <summary>
    /// Whether this member is the one to leave and join again, so that the group gives each partition to somebody. Of those with a name it
    /// is the one with the fewest partitions.
    /// </summary>
    /// <param name="partitions">Those that belonged to nobody in two looks, one after the other.</param>
    public bool IsToJoinAgain(out IReadOnlyCollection<int> partitions)
    {
        partitions = [];
        if (_look is { IsCompleted: true } look)
        {
            _look = null;
            // In the middle of a rebalance there are some for a moment.
            var now = look.IsCompletedSuccessfully ? look.Result : [];
            partitions = [.. now.Intersect(_before)];
            _before = partitions.Count > 0 ? [] : now;
        }
        else if (_look is null && time.GetElapsedTime(_asked) > Every)
        {
            _asked = time.GetTimestamp();
            _look = Task.Run(Look);
        }

        return partitions.Count > 0;
    }

    public void Dispose()
    {
        var look = _look ?? Task.FromResult<IReadOnlyCollection<int>>([]);
        BoundedClose.After(look, () =>
        {
            if (_admin.IsValueCreated) _admin.Value.Dispose();
        });
    }

    // None where another member is to act, or where nobody can tell.
    private async Task<IReadOnlyCollection<int>> Look()
    {
        var found = await _admin.Value.DescribeConsumerGroupsAsync([group], new() { RequestTimeout = AnswerLimit });
        var described = found.ConsumerGroupDescriptions.Single();
        if (described.State != ConsumerGroupState.Stable) return [];
        var mover = described.Members.Where(member => !string.IsNullOrEmpty(member.GroupInstanceId))
            .OrderBy(member => member.Assignment.TopicPartitions.Count).ThenBy(member => member.GroupInstanceId, StringComparer.Ordinal)
            .FirstOrDefault();
        if (mover?.GroupInstanceId != kafka.GroupInstanceId) return [];
        var all = _admin.Value.GetMetadata(topic, AnswerLimit).Topics.Single().Partitions.Select(known => known.PartitionId);
        return [.. all.Except(described.Members.SelectMany(member => member.Assignment.TopicPartitions).Select(of => of.Partition.Value))];
    }
}
