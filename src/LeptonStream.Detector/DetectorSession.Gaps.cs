using Confluent.Kafka;
using LeptonStream.Alerts;
using LeptonStream.Detection.Gaps;
using LeptonStream.Health;
using LeptonStream.Kafka;
using LeptonStream.Kafka.Topics;

namespace LeptonStream.Detector;

/// <content>Gaps: records that are lost or can't be decoded, and a log that has lost its end.</content>
internal sealed partial class DetectorSession
{
    // Events and dead letters of gaps, until the batch at hand takes them.
    private readonly List<(PartitionTask Task, AlertEvent Event)> _told = [];

    private readonly List<Message<byte[]?, byte[]?>> _lost = [];

    // Partitions whose next offset is gone, the client's words, and the topics as they were known then: they begin again when the records
    // before are judged and committed.
    private readonly Dictionary<int, (string Reason, IReadOnlyDictionary<string, TopicFacts>? Topics)> _gone = [];

    /// <summary>
    /// Tells of gaps: in the state of partitions that were taken over, and of batches that can't be decoded, behind which reading goes on.
    /// </summary>
    /// <param name="events">Takes the events of those that are still this member's.</param>
    public void TellGaps(List<AlertEvent> events)
    {
        PassBy();
        events.AddRange(_told.Where(told => Owns(told.Task)).Select(told => told.Event));
        foreach (var letter in _lost) Deliveries.Add(new TopicPartition(_topics.DeadLetters, Partition.Any), letter);
        _told.Clear();
        _lost.Clear();
    }

    private void BeginAgainWhereGone()
    {
        foreach (var (partition, (reason, topics)) in _gone.ToList())
        {
            var task = _tasks[partition];
            if (task.ToCommit is not null || _membership.Holds(task.Partition)) continue;
            try
            {
                var end = Consumer.QueryWatermarkOffsets(task.Partition, AnswerLimit).High.Value;
                // The log of the same topic has lost its end.
                if (task.Next <= end || task.IsReplaying || task.TopicId is not { } id || id != TopicId)
                    BeginAgain(task.Partition, task.Next, new(StateGapCause.RecordsGone, reason));
                // Of a topic that was created again the watch has not heard yet, perhaps.
                else if (!ReferenceEquals(_watch.Latest, topics)) GoBackTo(task, end);
            }
            catch (KafkaException unanswered) when (!unanswered.Error.EndsClient())
            {
                // The next round asks again.
            }
        }
    }

    private void GoBackTo(PartitionTask task, long end)
    {
        var gap = new StateGap(StateGapCause.LogCut, end, end, Samples.Timestamp.FromDateTimeOffset(_time.GetUtcNow()),
            $"offset {task.Next} was reached, and the log ends at {end}");
        _gone.Remove(task.Partition.Partition.Value);
        SayCut(task, gap, []);
        task.GoBackTo(end);
        Read(task.Partition, end);
    }

    private void SayCut(PartitionTask task, StateGap gap, IReadOnlyCollection<AlertEvent> open)
    {
        Log.LogCut(_logger, task.Partition.Name(), gap.Detail);
        _metrics.StateGap();
        Tell(task, gap, open);
        SetDue(task.Partition.Partition.Value, TimeSpan.Zero);
    }

    private void PassBy()
    {
        while (_membership.TryPassBy(out var partition, out var range))
        {
            if (!_tasks.TryGetValue(partition.Partition.Value, out var task)) continue;
            var isKnown = task.IsKnown(range.From);
            var detail = $"the records from offset {range.From} to before {range.To} can't be decoded";
            task.PassBy(range.To);
            var now = Samples.Timestamp.FromDateTimeOffset(_time.GetUtcNow());
            Tell(task, new(StateGapCause.Undecodable, range.From, range.To, now, detail), []);
            _metrics.Undecodable(range.To - range.From);
            Log.PassedBy(_logger, partition.Name(), range.From, range.To);
            _troubles.Count("records that can't be decoded", DeadLetter.Undecodable, range.To - range.From,
                new TopicPartitionOffset(partition, range.From).Name());
            if (!isKnown) Lose(partition, range, DeadLetter.Undecodable, detail);
        }
    }

    private void Tell(PartitionTask task, StateGap gap, IReadOnlyCollection<AlertEvent> open) =>
        Collect(task, events => task.Tell(gap, open, events));

    private void Lose(TopicPartition partition, OffsetRange range, string reason, string detail) =>
        _lost.Add(DeadLetter.OfLost(partition, range, reason, detail, RoleNames.ProgramOf(_health.Role)));

    private void Collect(PartitionTask task, Action<List<AlertEvent>> make)
    {
        var events = new List<AlertEvent>();
        make(events);
        _told.AddRange(events.Select(made => (task, made)));
    }
}
