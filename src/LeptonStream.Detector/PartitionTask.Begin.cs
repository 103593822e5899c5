using Confluent.Kafka;
using LeptonStream.Detection;
using LeptonStream.Detector.Snapshots;

namespace LeptonStream.Detector;

/// <content>Where it begins, and where it goes on after the log has changed behind it.</content>
internal sealed partial class PartitionTask
{
    /// <summary>
    /// Takes over the partition, with the state that its owner before has left or, where there is none, with an empty one at the group's
    /// committed offset.
    /// </summary>
    /// <param name="found">What became of the search for the state.</param>
    /// <param name="committed">The committed offset; null where none was ever committed.</param>
    /// <returns>Where to read from.</returns>
    public Offset Begin(RestoreOutcome found, long? committed)
    {
        Require(PartitionTaskState.Created);
        State = PartitionTaskState.Restoring;
        if (found.State is { } state) Resume(state, committed, isCut: found.Gap is not null);
        else Begin(found.Start);
        // Of offsets that are lost a snapshot says nothing any more: the next is due.
        _book = new(found.HasTopic, found.LastNumber, found.State?.Sequence ?? 0, found.Gap is null ? found.State?.Header.Next : null);
        State = PartitionTaskState.Running;
        return _read!.Value;
    }

    /// <summary>Goes on behind records that nobody can read.</summary>
    /// <param name="offset">The offset of the next record.</param>
    public void PassBy(long offset)
    {
        Require(PartitionTaskState.Running);
        _read = offset;
    }

    /// <summary>The log has lost its end: goes on where it ends now.</summary>
    public void GoBackTo(long end)
    {
        Require(PartitionTaskState.Running);
        _read = _published = _end = end;
        // The group is given the lower offset.
        _committed = null;
    }

    /// <summary>
    /// Goes on behind what lies before the log's end and is no record, such as the end of a transaction: retention may remove all records,
    /// and the offset of the last would be none of the log's. To be called when nothing that was read waits to be judged or published.
    /// </summary>
    public void PassToEnd()
    {
        Require(PartitionTaskState.Running);
        if (_end > _read) _published = _read = _end;
    }

    private void Resume(RestoredPartition state, long? committed, bool isCut)
    {
        Reset(state.Header.Next);
        (_feedbackNext, FeedbackId) = (state.Header.FeedbackNext, state.Header.FeedbackId);
        TopicId = state.Header.MetricsId;
        _policies = state.Policies;
        HasOwnPolicies = state.HasOwnPolicies;
        _pipeline = state.Pipeline;
        _replay = state.Replay;
        _firstLogTime = state.Header.FirstLogTime is { } first ? new Samples.Timestamp(first) : null;
        _logTime = new(state.Header.LogTime);
        _silence = new(state.Header.Silence);
        Partitions = state.Header.Partitions;
        // Behind the log's end it means nothing: the group is given the lower offset.
        if (isCut) (_committed, _published) = (null, _read);
        else _committed = committed;
    }

    private void Begin(long? offset)
    {
        beginnings[Partition.Partition.Value] = beginnings.GetValueOrDefault(Partition.Partition.Value) + 1;
        Reset(offset);
        _pipeline = new PartitionPipeline(Partition.Topic, Partition.Partition.Value, policy, _policies.Set, TopicId);
    }

    private void Reset(long? offset)
    {
        _counts.Clear();
        _firstLogTime = null;
        _read = offset;
        _end = 0;
        _replay = null;
        _silence = TimeSpan.Zero;
        Partitions = 0;
        _wasRead = false;
        _published = null;
        _committed = offset;
    }
}
