using Confluent.Kafka;
using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Health;
using LeptonStream.Kafka;

namespace LeptonStream.Detector;

/// <content>Step 2: each gathered record goes through its partition's task.</content>
internal sealed partial class DetectorWorker
{
    // A look at it takes some percent of the time of a record, since it lets nothing overlap.
    private const int ClockEvery = 16;

    // Records that are left when a bound is reached are the next round's.
    private void Judge(DetectorSession session, CancellationToken giveUp)
    {
        _tally.Clear();
        session.Deliveries.Clear();
        PublishJournal(session, giveUp);
        for (var taken = 0; _tally.Samples < bounds.Samples
            && (taken % ClockEvery != 0 || _fence.HasRoom)
            && session.TryTake(out var record, out var task); taken++)
        {
            if (Probe.Read(record.Key, record.Value) is { } probe) PassOn(session, task, probe, record, giveUp);
            else Judge(session, task, record, giveUp);
            Failpoints.Pass(task.IsReplaying ? Failpoint.MidReplay : Failpoint.MidJudge);
        }

        _events.Clear();
        session.TellGaps(_events);
        session.EndReplays(_events);
        session.CountPartitions(_events);
        session.Tick(_events);
        PublishJournal(session, giveUp);
        foreach (var alert in _events) Add(session, alert, giveUp);
    }

    private void Judge(DetectorSession session, PartitionTask task, in LogRecord record, CancellationToken giveUp)
    {
        _events.Clear();
        var outcome = task.Process(record, _events, out var defect);
        foreach (var alert in _events)
        {
            try
            {
                Add(session, alert, giveUp);
            }
            catch (Exception failure) when (failure is not (OutOfMemoryException or KafkaException or SessionLostException
                or OperationCanceledException))
            {
                defect = failure;
                outcome = task.OnDefect(failure);
            }

            // The partition has gone to another owner, who judges the record again.
            if (!session.Owns(task)) return;
        }

        if (defect is not null) OnDefect(record, defect);
        _tally.Add(outcome.Reason, outcome.Samples);
        if (outcome.IsAccepted)
        {
            if (!task.IsLastOf(record.Key)) OnOtherKey(record);
            return;
        }

        // The member that read it first wrote its dead letter.
        if (task.IsKnown(record.Offset)) return;
        loop.Troubles.Count("records dead-lettered", ReasonNames.Of(outcome.Reason),
            example: $"{record.Name}: {outcome.Detail}");
        session.Deliveries.Add(new TopicPartition(topics.DeadLetters, Partition.Any), DeadLetterOf(record, outcome));
        PublishIfMuch(session, giveUp);
    }

    // In its place among the events of its partition, and committed behind them: where it gets through, they do.
    private void PassOn(DetectorSession session, PartitionTask task, Probe probe, in LogRecord record, CancellationToken giveUp)
    {
        _events.Clear();
        task.PassProbe(record, _events);
        foreach (var alert in _events) Add(session, alert, giveUp);
        if (task.IsKnown(record.Offset) || !session.Owns(task)) return;
        session.Deliveries.Add(new TopicPartition(topics.Alerts, record.Partition), ProbeRecord.PassedOn(probe, topics.Metrics, record));
        PublishIfMuch(session, giveUp);
    }

    private void OnOtherKey(in LogRecord record)
    {
        metrics.OtherKey();
        var reason = record.HasKey ? "other_key" : "no_key";
        loop.Troubles.Count("records whose key is not their model", reason, example: record.Name);
    }

    // The whole of a defect is said once; later ones of the same place are counted.
    private void OnDefect(in LogRecord record, Exception defect)
    {
        var fingerprint = StackFingerprint.Of(defect);
        if (_defects.Add(fingerprint)) Log.Defect(_log, defect, record.Name, fingerprint);
    }

    private Message<byte[]?, byte[]?> DeadLetterOf(in LogRecord record, RecordOutcome outcome) =>
        DeadLetter.Of(record.ToResult(), ReasonNames.Of(outcome.Reason), outcome.Detail ?? "", "VALUE_CONVERTER",
            RoleNames.ProgramOf(loop.Health.Role), time.GetUtcNow());
}
