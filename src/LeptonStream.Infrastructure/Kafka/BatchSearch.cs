using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Kafka;

/// <summary>
/// The search for the end of a batch that can't be decoded, on a thread of its own and with a client of its own, so that the member's own
/// goes on with the other partitions. Disposing of it ends the search.
/// </summary>
internal sealed class BatchSearch : IDisposable
{
    private readonly CancellationTokenSource _abort = new();
    private readonly Task<OffsetRange?> _work;

    /// <param name="kafka">Address of Kafka and credentials.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="from">The offset that the client can't get beyond.</param>
    /// <param name="logger">The role's log.</param>
    public BatchSearch(KafkaOptions kafka, TopicPartition partition, long from, ILogger logger)
    {
        From = from;
        _work = Task.Factory.StartNew(
            () =>
            {
                using var log = new LogReader(kafka, logger);
                return log.FindReadable(partition, from, _abort.Token);
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Where it began.</summary>
    public long From { get; }

    /// <summary>Whether it has ended.</summary>
    public bool IsDone => _work.IsCompleted;

    /// <summary>
    /// The offsets that can't be read, once it has ended; null where they can after all, or where no broker has answered.
    /// </summary>
    public OffsetRange? Found => _work.IsCompletedSuccessfully ? _work.Result : null;

    public void Dispose()
    {
        _abort.Cancel();
        BoundedClose.After(_work);
    }
}
