using Confluent.Kafka;
using LeptonStream.Kafka;

namespace LeptonStream.Collector.Output;

/// <summary>Records that were given to the client together, and the broker's answers to them.</summary>
internal sealed class SendBatch(IReadOnlyList<Message<byte[]?, byte[]?>> records)
{
    private readonly TaskCompletionSource<SendBatch> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private readonly List<Message<byte[]?, byte[]?>> _suspects = [];
    private readonly List<Message<byte[]?, byte[]?>> _unsent = [];
    private int _open = records.Count;

    /// <summary>Takes the answer to a record. The report itself has no record: the client keeps none for it.</summary>
    public Action<DeliveryReport<byte[]?, byte[]?>> HandlerOf(Message<byte[]?, byte[]?> record) => report => OnDelivered(report, record);

    /// <summary>Ends when each record is answered.</summary>
    public Task<SendBatch> Done => _done.Task;

    /// <summary>How many records the broker has acknowledged, once all are answered.</summary>
    public int Acknowledged => records.Count - _unsent.Count;

    /// <summary>The records that were refused for a reason of their own.</summary>
    public IReadOnlyList<Message<byte[]?, byte[]?>> Suspects => _suspects;

    /// <summary>The records that the broker has not acknowledged, whatever the reason.</summary>
    public IReadOnlyList<Message<byte[]?, byte[]?>> Unsent => _unsent;

    /// <summary>The broker's time at its last acknowledgement; null where the topic keeps the times of its producers.</summary>
    public DateTimeOffset? BrokerTime { get; private set; }

    /// <summary>Reason of the last of those refusals.</summary>
    public Error? Refusal { get; private set; }

    /// <summary>The first failure that is no record's own; null where there is none.</summary>
    public Error? Failure { get; private set; }

    /// <summary>The client did not even take a record.</summary>
    public void Fail(Message<byte[]?, byte[]?> record, Error error)
    {
        lock (_lock)
        {
            _unsent.Add(record);
            if (new DeliveryFailure("", error).ConcernsRecord)
            {
                _suspects.Add(record);
                Refusal = error;
            }
            else
            {
                Failure ??= error;
            }
        }

        Close();
    }

    private void OnDelivered(DeliveryReport<byte[]?, byte[]?> report, Message<byte[]?, byte[]?> record)
    {
        if (report.Error.IsError)
        {
            Fail(record, report.Error);
            return;
        }

        if (report.Timestamp.Type == TimestampType.LogAppendTime) Note(report.Timestamp.UnixTimestampMs);
        Close();
    }

    private void Note(long unixMilliseconds)
    {
        lock (_lock) BrokerTime = DateTimeOffset.FromUnixTimeMilliseconds(unixMilliseconds);
    }

    private void Close()
    {
        if (Interlocked.Decrement(ref _open) == 0) _done.SetResult(this);
    }
}
