using System.Data.Common;
using Confluent.Kafka;
using LeptonStream.Health;
using LeptonStream.Kafka;
using LeptonStream.Notifier.Journal;
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

    private readonly TroubleLog _troubles = new(logger, time);
    private IProducer<byte[]?, byte[]?>? _producer;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await start.Completed.WaitAsync(stoppingToken);
            for (; ; await Task.Delay(Every, time, stoppingToken)) await Publish(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What was not published comes free when its lease ends.
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
            foreach (var (id, feedback) in await outbox.Claim(time.Now(), Lease, stop))
            {
                if (feedback is null) Log.Unreadable(logger, id);
                else await Producer().ProduceAsync(FeedbackRecord.PlaceOf(feedback, topics), FeedbackRecord.Of(feedback), stop)
                    .WaitAsync(Patience, time, stop);
                await outbox.MarkPublished(id, time.Now(), stop);
            }

            _troubles.Set(topics.Feedback, null);
        }
        catch (DbException)
        {
            // The worker says so.
        }
        catch (Exception failure) when (failure is KafkaException or TimeoutException)
        {
            var reason = failure is KafkaException kafkaFailure ? kafkaFailure.Error.Words() : "the broker does not answer";
            _troubles.Set(topics.Feedback, $"verdicts wait in the journal, {topics.Feedback} does not take them: {reason}");
        }

        _troubles.Report();
    }

    // Most installations go for days without a verdict: the client is made for the first.
    private IProducer<byte[]?, byte[]?> Producer() => _producer ??=
        new ProducerBuilder<byte[]?, byte[]?>(ClientSettings.Producer(kafka.Value, "feedback")).LogTo(logger).Build();

    private static partial class Log
    {
        [LoggerMessage(2210, LogLevel.Error, "Verdict {Id} can't be read and is not published")]
        public static partial void Unreadable(ILogger logger, string id);
    }
}
