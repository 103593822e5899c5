using Confluent.Kafka;
using LeptonStream.Alerts;
using LeptonStream.Kafka;

namespace LeptonStream.Detector;

/// <content>The clock of partitions in which nothing comes.</content>
internal sealed partial class DetectorSession
{
    private static readonly TimeSpan TickEvery = TimeSpan.FromSeconds(2);
    private long _ticked;

    // Whether records came since the clock was looked at.
    private bool _isAnswered;

    // The time that went by while the clock was looked at.
    private TimeSpan _watched;

    /// <summary>
    /// Moves the clock on for the tasks that are at their log's end, as the broker itself says now: a training run that is silent there
    /// is silent indeed. While the broker does not answer nobody can know, and for a while after that the sources may still be on their way
    /// back.
    /// </summary>
    public void Tick(List<AlertEvent> events)
    {
        var now = _time.GetTimestamp();
        var passed = _time.GetElapsedTime(_ticked, now);
        if (passed < TickEvery) return;
        _ticked = now;
        // While the worker itself stood still nobody looked.
        _watched += passed > 2 * TickEvery ? TickEvery : passed;
        // Asking keeps the loop waiting, so there is a limit to it in each round; the next one goes on with those that wait longest.
        foreach (var task in Watching().OrderBy(task => task.LookedAt))
        {
            // Of each its own time: where there are many, a round does not come to all.
            if (IsAtEnd(task) && !_outage.IsRecent) Note(task, task.Tick(_watched - task.LookedAt, events));
            task.LookedAt = _watched;
            if (_time.GetElapsedTime(now) > AnswerLimit) return;
        }
    }

    private List<PartitionTask> Watching()
    {
        var watching = new List<PartitionTask>();
        foreach (var task in _tasks.Values)
        {
            // Records that wait to be judged are before the time that went by since.
            if (task.SilenceEvery is not { } every || task.IsReplaying || _membership.Holds(task.Partition)) task.LookedAt = _watched;
            else if (_watched - task.LookedAt >= every) watching.Add(task);
        }

        return watching;
    }

    private void NoteAnswers()
    {
        if (_isAnswered) _outage.Answered();
        _isAnswered = false;
    }

    private bool IsAtEnd(PartitionTask task)
    {
        try
        {
            var end = Consumer.QueryWatermarkOffsets(task.Partition, AnswerLimit).High.Value;
            _outage.Answered();
            return task.Position >= end;
        }
        catch (KafkaException failure) when (!failure.Error.EndsClient())
        {
            return false;
        }
    }
}
