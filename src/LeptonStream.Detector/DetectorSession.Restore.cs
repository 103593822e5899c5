using System.Globalization;
using Confluent.Kafka;
using LeptonStream.Alerts;
using LeptonStream.Detection.Gaps;
using LeptonStream.Detector.Snapshots;
using LeptonStream.Health;
using LeptonStream.Kafka;
using LeptonStream.Output;

namespace LeptonStream.Detector;

/// <content>Partitions that come: the search for the state that their owner before has left, and the replay.</content>
internal sealed partial class DetectorSession
{
    // By partition number, as the tasks: a partition is in one of them.
    private readonly Dictionary<int, PartitionRestore> _restores = [];

    // Tasks that begin empty and read nothing before a first snapshot says where: else an owner that dies at once leaves nothing to replay.
    private readonly HashSet<int> _founding = [];

    // Tasks that wait for the client's first word: of a record, or of the log's end.
    private readonly HashSet<int> _unconfirmed = [];

    /// <summary>Gives the partitions whose state is found now to their tasks. To be called in every round.</summary>
    public void TakeOver()
    {
        foreach (var (partition, restore) in _restores.ToList())
        {
            if (!restore.IsDone) continue;
            _restores.Remove(partition);
            TakeOver(restore.Subject, restore.Outcome, _time.GetElapsedTime(restore.Began));
            restore.Dispose();
        }

        ReportRestores();
    }

    /// <summary>Ends the replays that have come to their end.</summary>
    /// <param name="events">Takes the events of clocks that were not published yet.</param>
    public void EndReplays(List<AlertEvent> events)
    {
        foreach (var task in _tasks.Values.Where(task => task.IsReplaying))
        {
            // Each by itself: under load records of some partition always wait.
            if (task.EndReplay(_membership.Holds(task.Partition), events) is not { } replay) continue;
            _metrics.ReplayDiffers(replay.Missing, replay.Differing);
            if (replay.Missing + replay.Differing > 0)
                Log.ReplayDiffers(_logger, task.Partition.Name(), replay.Missing, replay.Differing);
        }
    }

    private void Restore(TopicPartitionOffset committed) =>
        Restore(committed.TopicPartition, committed.Offset.Value >= 0 ? committed.Offset.Value : null, null);

    private void Restore(TopicPartition partition, long? committed, StateLoss? loss)
    {
        var subject = new RestoreSubject(partition, committed, TopicId, AlertsId, _time.GetUtcNow(), loss);
        _restores.Add(partition.Partition.Value,
            new(subject, _kafka, _topics, _policy, _policies, _logger) { Began = _time.GetTimestamp() });
        ReportRestores();
    }

    // What is known belongs to a past that has a gap now: as if another owner took the partition over, and found no snapshot.
    private void BeginAgain(TopicPartition partition, long? next, StateLoss loss)
    {
        foreach (var task in Remove([partition])) task.Close();
        // At the end of the log nothing is fetched that would be dropped.
        _membership.Seek(partition, Offset.End);
        Restore(partition, next, loss);
    }

    private void ReportRestores()
    {
        if (_restores.Count == 0) _health.ClearProblem(Concern.Restore);
        else _health.ReportProblem(Concern.Restore, RoleProblem.Of(ProblemCode.Restoring,
            ("count", _restores.Count.ToString(CultureInfo.InvariantCulture))));
    }

    private void TakeOver(RestoreSubject subject, RestoreOutcome found, TimeSpan duration)
    {
        var task = new PartitionTask(subject.Partition, _policy, _policies, _known.Beginnings, subject.TopicId ?? TopicId)
        {
            LookedAt = _watched,
        };
        var start = task.Begin(found, subject.Committed);
        var partition = subject.Partition.Partition.Value;
        _tasks.Add(partition, task);
        if (found is { State: null, HasTopic: true })
        {
            _founding.Add(partition);
            _snapshotsDue[partition] = long.MinValue;
        }
        else
        {
            Read(subject.Partition, start);
            // Not all partitions at once.
            SetDue(partition, Random.Shared.NextDouble() * Interval);
        }

        if (found is { Gap: { } cut, State: not null }) SayCut(task, cut, found.Open);
        if (found is { Gap: { } gap, State: null })
        {
            if (subject.Committed is { } wanted && gap.Cause == StateGapCause.RecordsGone)
                Log.StateGap(_logger, wanted, subject.Partition.Name(), found.Start, gap.Detail);
            else Log.BeginsEmpty(_logger, subject.Partition.Name(), gap.Detail, task.Next);
            _metrics.StateGap();
            Tell(task, gap, found.Open);
            if (gap.To > gap.From) Lose(subject.Partition, new(gap.From, gap.To), DeadLetter.RecordsGone, gap.Detail);
        }
        else if (found.State is { } state)
        {
            _metrics.Restored(duration);
            Log.Restored(_logger, subject.Partition.Name(), task.SeriesCount, state.Header.Next, ElapsedText.Of(duration));
            if (state.Changes is { } changes)
            {
                _metrics.Migrated();
                Log.Migrated(_logger, subject.Partition.Name(), changes);
            }

            if (subject.Committed < state.Header.Next)
                Log.CommittedBefore(_logger, subject.Partition.Name(), subject.Committed.Value, state.Header.Next, _topics.State);
        }
        else
        {
            Log.Begins(_logger, subject.Partition.Name(), start.Value);
        }
    }

    private void EndFounding(int partition)
    {
        if (_founding.Remove(partition)) Read(_tasks[partition].Partition, _tasks[partition].Next!.Value);
    }

    private void Read(TopicPartition partition, Offset from)
    {
        _unconfirmed.Add(partition.Partition.Value);
        _membership.Seek(partition, from);
    }
}
