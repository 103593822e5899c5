using Confluent.Kafka;
using LeptonStream.Health;

namespace LeptonStream.Kafka;

/// <content>Partitions that come and go, as the group decides.</content>
public sealed partial class ConsumerMembership
{
    private readonly HashSet<TopicPartition> _owned = [];

    // Whether one of the client's handlers has thrown, which only the client knows more of; and the partitions that they took away during
    // the last call.
    private bool _handlerFailed;
    private readonly HashSet<int> _withdrawn = [];

    // A member that only closes keeps its place under its name; one that reads nothing any more gives it up.
    private void JoinAgainForUnowned()
    {
        if (_unowned?.IsToJoinAgain(out var partitions) is not true) return;
        Log.Unowned(_logger, _topic, string.Join(", ", partitions));
        Consumer.Unsubscribe();
        Consumer.Subscribe(_topic);
    }

    private T Handle<T>(Func<T> handler)
    {
        try
        {
            return handler();
        }
        catch
        {
            _handlerFailed = true;
            throw;
        }
    }

    private void Handle(Action handler) => Handle(() =>
    {
        handler();
        return true;
    });

    private List<TopicPartitionOffset> OnAssigned(List<TopicPartition> partitions)
    {
        var starts = _owner.OnAssigned(partitions);
        _owned.UnionWith(partitions);
        Log.Assigned(_logger, partitions.Count, _owned.Count);
        _health.ClearProblem(Concern.Membership);
        _health.SetNote(_owned.Count > 0 ? null : "standby: the group has assigned no partitions to it");
        if (partitions.Count > 0) _input.OnAssigned();
        return starts;
    }

    private void OnRevoked(List<TopicPartitionOffset> offsets)
    {
        var partitions = Withdraw(offsets);
        _owner.OnRevoked(partitions);
        Log.Revoked(_logger, partitions.Count, _owned.Count);
    }

    private void OnLost(List<TopicPartitionOffset> offsets)
    {
        var partitions = Withdraw(offsets);
        _owner.OnLost(partitions);
        Log.Lost(_logger, partitions.Count, _owned.Count);
    }

    // Their records of the batch in the making are the next owner's.
    private IReadOnlyList<TopicPartition> Withdraw(List<TopicPartitionOffset> offsets)
    {
        HashSet<TopicPartition> partitions = [.. offsets.Select(offset => offset.TopicPartition)];
        int[] numbers = [.. partitions.Select(partition => partition.Partition.Value)];
        Drop(numbers);
        _owned.ExceptWith(partitions);
        _withdrawn.UnionWith(numbers);
        foreach (var partition in partitions)
            if (_searches.Remove(partition, out var search)) search.Dispose();
        // The group's next assignment, be it an empty one, says how it goes on. Where none comes, the member must not count as sound.
        if (_owned.Count == 0 && partitions.Count > 0)
            _health.ReportProblem(Concern.Membership, RoleProblem.Of(ProblemCode.PartitionsLost));
        return [.. partitions];
    }
}
