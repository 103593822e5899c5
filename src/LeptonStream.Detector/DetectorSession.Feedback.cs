using System.Text;
using Confluent.Kafka;
using LeptonStream.Detector.Verdicts;
using LeptonStream.Feedback;
using LeptonStream.Health;
using LeptonStream.Kafka;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Detector;

/// <content>People's verdicts, as they come in the feedback topic.</content>
internal sealed partial class DetectorSession
{
    // Of a verdict that is older nobody needs to hear: a partition that begins empty hears those of months again.
    private static readonly TimeSpan News = TimeSpan.FromHours(1);

    private static readonly TimeSpan LongestHearing = TimeSpan.FromSeconds(1);

    private readonly FeedbackReader _feedback;

    /// <summary>
    /// Hears the verdicts that have come, each of which holds from the next record of its partition on. To be called before records are
    /// judged: what follows must be published before the next snapshot.
    /// </summary>
    public void HearVerdicts()
    {
        if (!IsSettled || Undisturbed is not null || _watch.Latest?.GetValueOrDefault(_topics.Feedback) is not { } topic) return;
        foreach (var task in _tasks.Values)
        {
            var partition = task.Partition.Partition.Value;
            // What the owner before has heard comes with the replay.
            if (task.IsReplaying || _founding.Contains(partition) || partition >= topic.Partitions) continue;
            var next = task.FeedbackNext;
            if (task.TakeFeedbackTopic(topic.Id))
            {
                Log.FeedbackCreatedAgain(_logger, _topics.Feedback, partition, next);
                _feedback.Leave(partition);
            }

            if (!_feedback.Follows(partition)) _feedback.Follow(partition, task.FeedbackNext);
        }

        // Each asks all series for their policies: a flood of verdicts must not hold up the round.
        var began = _time.GetTimestamp();
        while (_time.GetElapsedTime(began) < LongestHearing && _feedback.Next() is { } record)
            if (_tasks.TryGetValue(record.Partition.Value, out var task)) Hear(task, record);
    }

    private void Hear(PartitionTask task, ConsumeResult<byte[]?, byte[]?> record)
    {
        if (FeedbackEvent.Read(Encoding.UTF8.GetString(record.Message.Value ?? [])) is not { } feedback)
        {
            task.PassFeedback(record.Offset.Value);
            _metrics.Heard("unreadable");
            _troubles.Count("verdicts dead-lettered", "no_verdict", example: record.TopicPartitionOffset.Name());
            _lost.Add(DeadLetter.Of(record, "no_verdict", "the value is no verdict (docs/events.md)", "VALUE_CONVERTER",
                RoleNames.ProgramOf(_health.Role), _time.GetUtcNow()));
            return;
        }

        var isNews = _time.GetUtcNow() - feedback.At.ToDateTimeOffset() < News;
        Collect(task, events =>
        {
            var entry = task.Hear(feedback, record.Offset.Value, isNews, events);
            _metrics.Heard(entry is null ? "unchanged" : "applied");
            if (entry is not null) Note(task, entry);
        });
    }

    private static partial class Log
    {
        [LoggerMessage(1111, LogLevel.Warning,
            "{Topic} was deleted and created again; verdicts of partition {Partition} are read from its beginning instead of from {Next}")]
        public static partial void FeedbackCreatedAgain(ILogger logger, string topic, int partition, long next);
    }
}
