using Confluent.Kafka;
using LeptonStream.Health;
using LeptonStream.Kafka;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Collector.Output;

/// <summary>
/// Writes records to <c>lepton.metrics</c>. A batch is done when the broker has answered for each of its records; batches of several
/// callers are on their way at the same time. Any thread may send.
/// </summary>
internal sealed partial class MetricsProducer : IDisposable
{
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan QueuePause = TimeSpan.FromMilliseconds(20);

    // As long as a record of the client may wait: then its own answer says why the queue does not empty.
    private static readonly TimeSpan QueuePatience = TimeSpan.FromSeconds(30);

    private readonly IProducer<byte[]?, byte[]?> _producer;
    private readonly TopicNames _topics;
    private readonly TimeProvider _time;
    private readonly ILogger<MetricsProducer> _logger;
    private readonly string _role;
    private Error? _fatal;

    /// <param name="settings">The client's settings: <see cref="SettingsOf"/>.</param>
    /// <param name="role">The role that sends.</param>
    /// <param name="topics">The topics.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public MetricsProducer(ProducerConfig settings, string role, TopicNames topics, TimeProvider time, ILogger<MetricsProducer> logger)
    {
        (_role, _topics, _time, _logger) = (role, topics, time, logger);
        _producer = new ProducerBuilder<byte[]?, byte[]?>(settings).LogTo(logger, BreakDown).Build();
    }

    /// <summary>The client's settings.</summary>
    /// <param name="kafka">The brokers.</param>
    /// <param name="role">The role that sends.</param>
    /// <param name="pendingBytes">The bytes that callers hold, at most; the client may make more of them.</param>
    public static ProducerConfig SettingsOf(KafkaOptions kafka, string role, int pendingBytes)
    {
        var settings = ClientSettings.Producer(kafka, role);
        settings.QueueBufferingMaxKbytes = pendingBytes / 512;
        settings.QueueBufferingMaxMessages = 1_000_000;
        settings.DeliveryReportFields = "status";
        return settings;
    }

    /// <summary>Reason for which this client can't send anything any more; null while it can.</summary>
    public string? Broken => Volatile.Read(ref _fatal)?.Words();

    /// <summary>
    /// Sends records and waits for the broker. A record that it will never take becomes a dead letter and does not hold up the others.
    /// </summary>
    /// <param name="records">The records; they must not change before the answer is there.</param>
    /// <returns>The answer; a failure of the broker is no exception.</returns>
    public async Task<SendResult> Send(IReadOnlyList<Message<byte[]?, byte[]?>> records)
    {
        if (records.Count == 0) return SendResult.Nothing;
        var first = await SendTo(_topics.Metrics, records);
        if (first.Suspects.Count == 0 || first.Failure is not null)
            return new(first.Acknowledged, 0, first.Failure) { Unsent = first.Unsent, BrokerTime = first.BrokerTime };

        // A broker refuses whole batches of the client. What it refuses alone as well, it will never take.
        var (acknowledged, refused) = (first.Acknowledged, 0);
        for (var i = 0; i < first.Suspects.Count; i++)
        {
            var suspect = first.Suspects[i];
            var alone = await SendTo(_topics.Metrics, [suspect]);
            // Those before it are settled: sent again, they would be written or buried twice.
            if (alone.Failure is { } failure) return new(acknowledged, refused, failure) { Unsent = [.. first.Suspects.Skip(i)] };
            acknowledged += alone.Acknowledged;
            if (alone.Suspects.Count == 0) continue;
            refused++;
            await Bury(suspect, alone.Refusal!);
        }

        return new(acknowledged, refused, null);
    }

    /// <summary>Waits until all that was given to the client is answered, or the time is over.</summary>
    public void Flush(TimeSpan limit) => _producer.Flush(limit);

    public void Dispose() => BoundedClose.Run(_producer.Dispose, CloseLimit);

    private async Task<SendBatch> SendTo(string topic, IReadOnlyList<Message<byte[]?, byte[]?>> records)
    {
        var batch = new SendBatch(records);
        var began = _time.GetTimestamp();
        for (var i = 0; i < records.Count; i++)
        {
            try
            {
                _producer.Produce(topic, records[i], batch.HandlerOf(records[i]));
            }
            catch (ProduceException<byte[]?, byte[]?> full) when (full.Error.Code == ErrorCode.Local_QueueFull
                && _time.GetElapsedTime(began) < QueuePatience)
            {
                // The records of this very batch may fill it: they leave it as the broker takes them.
                await Task.Delay(QueuePause);
                i--;
            }
            catch (ProduceException<byte[]?, byte[]?> refused)
            {
                batch.Fail(records[i], refused.Error);
            }
        }

        return await batch.Done;
    }

    private async Task Bury(Message<byte[]?, byte[]?> record, Error refusal)
    {
        var refused = new RefusedRecord(new(_topics.Metrics, Partition.Any), record, refusal);
        var letter = await SendTo(_topics.DeadLetters, [DeadLetter.Of(refused, RoleNames.ProgramOf(_role))]);
        if (letter.Acknowledged == 0) Log.DeadLetterLost(_logger, _topics.DeadLetters, (letter.Failure ?? letter.Refusal)?.Words());
    }

    private void BreakDown(Error fatal) => Interlocked.CompareExchange(ref _fatal, fatal, null);

    private static partial class Log
    {
        [LoggerMessage(5000, LogLevel.Error, "A dead letter is lost: {Topic} did not take it: {Reason}")]
        public static partial void DeadLetterLost(ILogger logger, string topic, string? reason);
    }
}
