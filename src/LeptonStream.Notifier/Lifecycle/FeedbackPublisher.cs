using System.Data.Common;
using Confluent.Kafka;
using LeptonStream.Feedback;
using LeptonStream.Health;
using LeptonStream.Kafka;
using LeptonStream.Notifier.Journal;
using LeptonStream.Resilience;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LeptonStream.Notifier.Lifecycle;

/// <summary>
/// Publishes the verdicts of people, so that detectors may learn from them: at least once, in the order in which they were given.
/// </summary>
internal sealed partial class FeedbackPublisher(
    IOptions<KafkaOptions> kafka,
    TopicNames topics,
    FeedbackOutbox outbox,
    JournalStart start,
    TimeProvider time,
    ILogger<FeedbackPublisher> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // So soon one that was not taken is tried again.
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(5);

    private readonly TroubleLog _troubles = new(logger, time);
    private IProducer<byte[]?, byte[]?>? _producer;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await start.Completed.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            // What was not published comes free when its lease ends.
            await Rounds.Run(Publish, Every, time, logger, stoppingToken);
        }
        finally
        {
            _producer?.Dispose();
        }
    }

    private async Task Publish(CancellationToken stop)
    {
        try
        {
            var round = new Round();
            foreach (var (id, feedback) in await outbox.Claim(time.Now(), Lease, stop))
                if (await IsSettled(id, feedback, round, stop)) await outbox.MarkPublished(id, time.Now(), stop);
                else round.Postponed.Add(id);
            await outbox.Postpone(round.Postponed, time.Now() + Again, stop);
            _troubles.Set(topics.Feedback, round.Trouble is null ? null
                : $"verdicts wait in the journal, {topics.Feedback} does not take them: {round.Trouble}");
        }
        catch (DbException)
        {
            // The worker says so.
        }

        _troubles.Report();
    }

    // Whether it is in the topic, or can never be. One that must wait holds up those of its partition, which come after it, and no others.
    private async Task<bool> IsSettled(string id, FeedbackEvent? feedback, Round round, CancellationToken stop)
    {
        if (feedback is null)
        {
            Log.Unreadable(logger, id);
            return true;
        }

        var place = FeedbackRecord.PlaceOf(feedback, topics);
        if (round.IsDown || round.Waiting.Contains(place)) return false;
        if (await Failure(place, feedback, stop) is not { } failure) return true;
        if (failure.ConcernsRecord)
        {
            Log.Refused(logger, id, failure.Error.Reason);
            return true;
        }

        round.Trouble = failure.Error.Words();
        round.Waiting.Add(place);
        // The topic may have fewer partitions than the metrics topic; anything else is no better for the next one.
        round.IsDown = failure.Error.Code != ErrorCode.Local_UnknownPartition;
        return false;
    }

    private async Task<DeliveryFailure?> Failure(TopicPartition place, FeedbackEvent feedback, CancellationToken stop)
    {
        try
        {
            await Producer().ProduceAsync(place, FeedbackRecord.Of(feedback), stop).WaitAsync(Patience, time, stop);
            return null;
        }
        catch (KafkaException failure)
        {
            return new(place.Topic, failure.Error);
        }
        catch (TimeoutException)
        {
            return new(place.Topic, new(ErrorCode.Local_TimedOut));
        }
    }

    // Most installations go for days without a verdict: the client is made for the first.
    private IProducer<byte[]?, byte[]?> Producer() => _producer ??=
        new ProducerBuilder<byte[]?, byte[]?>(ClientSettings.Producer(kafka.Value, "feedback")).LogTo(logger).Build();

    private static partial class Log
    {
        [LoggerMessage(2210, LogLevel.Error, "Verdict {Id} can't be read and is not published")]
        public static partial void Unreadable(ILogger logger, string id);

        [LoggerMessage(2211, LogLevel.Error, "Verdict {Id} is refused for good and is not published: {Reason}")]
        public static partial void Refused(ILogger logger, string id, string reason);
    }

    private sealed class Round
    {
        public HashSet<TopicPartition> Waiting { get; } = [];

        public List<string> Postponed { get; } = [];

        public bool IsDown { get; set; }

        public string? Trouble { get; set; }
    }
}
