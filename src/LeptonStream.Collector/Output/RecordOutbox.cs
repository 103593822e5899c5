using System.Collections.Concurrent;
using Confluent.Kafka;

namespace LeptonStream.Collector.Output;

/// <summary>
/// Sends records, and keeps those that Kafka did not take. The mapping has seen their points: when their sender repeats them it takes them
/// for duplicates. So they are sent from here, and until they are, nobody else's payload is taken or acknowledged.
/// </summary>
internal sealed class RecordOutbox(MetricsProducer producer) : IRecordSink
{
    private readonly ConcurrentQueue<Unsent> _unsent = [];
    private string? _trouble;

    /// <summary>Reason for which nothing can be taken now; null where it can.</summary>
    public string? Trouble => _unsent.IsEmpty ? null : Volatile.Read(ref _trouble);

    /// <summary>Sends records and waits for Kafka.</summary>
    /// <param name="records">The records; they are kept where the answer is a failure.</param>
    /// <param name="release">Gives back the memory that they take; called once, when Kafka has them or will never take them.</param>
    public async Task<SendResult> Send(IReadOnlyList<Message<byte[]?, byte[]?>> records, Action release)
    {
        var result = await producer.Send(records);
        if (result.IsDone)
        {
            release();
            return result;
        }

        Volatile.Write(ref _trouble, result.Reason);
        _unsent.Enqueue(new(result.Unsent, release));
        return result;
    }

    /// <summary>Sends what is kept, oldest first, until Kafka fails again. For one thread.</summary>
    /// <exception cref="OperationCanceledException">It was asked to stop while a broker did not answer.</exception>
    public async Task Retry(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested && _unsent.TryPeek(out var oldest))
        {
            var result = await producer.Send(oldest.Records).WaitAsync(stop);
            if (!result.IsDone)
            {
                oldest.Records = result.Unsent;
                Volatile.Write(ref _trouble, result.Reason);
                return;
            }

            _unsent.TryDequeue(out _);
            oldest.Release();
        }
    }

    private sealed class Unsent(IReadOnlyList<Message<byte[]?, byte[]?>> records, Action release)
    {
        // Those that Kafka has not acknowledged yet.
        public IReadOnlyList<Message<byte[]?, byte[]?>> Records { get; set; } = records;

        public Action Release => release;
    }
}
