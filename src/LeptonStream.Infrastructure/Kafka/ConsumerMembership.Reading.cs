using Confluent.Kafka;
using LeptonStream.Kafka.Native;

namespace LeptonStream.Kafka;

/// <content>The batch that is being gathered, whichever way the client gives its records.</content>
public sealed partial class ConsumerMembership
{
    private long _bytes;
    private int _taken;

    // The record that was taken last: it stays valid while partitions come and go.
    private LogRecord? _inWork;

    /// <summary>The records that are gathered, in the order they came; the first of them may be taken already.</summary>
    public List<LogRecord> Batch { get; } = [];

    /// <summary>Takes the next record of the batch. Partitions may be revoked in between: their records leave the batch.</summary>
    public bool TryTake(out LogRecord record)
    {
        EndWork();
        record = default;
        if (!HasMore) return false;
        _inWork = record = Batch[_taken++];
        AskAhead();
        return true;
    }

    /// <summary>Whether records of the batch are not taken yet.</summary>
    public bool HasMore => _taken < Batch.Count;

    /// <summary>
    /// Adds the records that come to those of <see cref="Batch"/> that are not taken yet. It asks the client at least once, which keeps the
    /// membership alive.
    /// </summary>
    /// <param name="records">The most records in the batch.</param>
    /// <param name="bytes">The most bytes in the batch; one record may exceed it.</param>
    /// <param name="idle">Longest wait for the first record.</param>
    /// <param name="wait">Longest wait for more records after the first.</param>
    /// <param name="stop">Ends the waiting.</param>
    public void Gather(int records, long bytes, TimeSpan idle, TimeSpan wait, CancellationToken stop)
    {
        EndWork();
        DropTaken();
        _leaders.Check(_owned, _broker.IsAway);
        _progress.Check(_owned, PositionOf, EndOf);
        JoinAgainForUnowned();
        _bytes = Batch.Sum(record => record.Size);
        if (Batch.Count > 0) idle = wait = TimeSpan.Zero;
        Poll(idle);
        if (Batch.Count == 0) return;
        for (var began = _time.GetTimestamp(); Batch.Count < records && _bytes < bytes && !stop.IsCancellationRequested;)
        {
            var left = wait - _time.GetElapsedTime(began);
            if (!TakeWaiting(records, bytes) && !Poll(left > TimeSpan.Zero ? left : TimeSpan.Zero) && left <= TimeSpan.Zero) break;
        }
    }

    /// <summary>
    /// Asks the client once for a record, which keeps the membership alive, and adds it to <see cref="Batch"/> if the owner accepts it.
    /// </summary>
    /// <returns>Whether one was added.</returns>
    public bool Poll(TimeSpan wait)
    {
        _broker.Check(Consumer.Handle);
        return _native is { } native ? PollInPlace(native, wait) : PollObject(wait);
    }

    /// <summary>Forgets the records of some partitions that are not taken yet.</summary>
    public void Drop(IReadOnlyCollection<int> partitions)
    {
        DropTaken();
        Batch.RemoveAll(record =>
        {
            if (!partitions.Contains(record.Partition)) return false;
            record.Release();
            return true;
        });
    }

    /// <summary>Whether records of a partition are not taken yet.</summary>
    public bool Holds(TopicPartition partition) => WaitingOf(partition.Partition.Value) is not null;

    private void DropTaken()
    {
        // The batch may have been cleared, too.
        Batch.RemoveRange(0, Math.Min(_taken, Batch.Count));
        _taken = 0;
    }

    // Since a record was gathered, thousands of others went through the processor's cache. Where its bytes lie, it says itself.
    private void AskAhead()
    {
        if (_taken + 1 < Batch.Count) Batch[_taken + 1].AskForBytes();
        if (_taken + 3 < Batch.Count) Batch[_taken + 3].AskForItself();
    }

    private void EndWork()
    {
        _inWork?.Release();
        _inWork = null;
    }

    private bool PollObject(TimeSpan wait)
    {
        try
        {
            if (Consumer.Consume(wait) is not { } record) return false;
            return record.IsPartitionEOF
                ? OnEnd(record.Partition.Value, record.Offset.Value)
                : TryAdd(new(record), record.Partition.Value, record.Offset.Value);
        }
        catch (ConsumeException failure)
        {
            return OnConsumeError(failure.Error, failure.ConsumerRecord.Partition.Value);
        }
    }

    private unsafe bool PollInPlace(NativeConsumer native, TimeSpan wait)
    {
        var message = native.Poll(wait);
        if (message is null) ThrowHandlersFailure();
        return message is not null && Take(native, message);
    }

    // All that the client has already, without a call for each.
    private unsafe bool TakeWaiting(int records, long bytes)
    {
        if (_native is not { } native) return false;
        _broker.Check(Consumer.Handle);
        _withdrawn.Clear();
        var each = Math.Max(1, _bytes / Math.Max(1, Batch.Count));
        native.Receive((int)Math.Min(records - Batch.Count, (bytes - _bytes) / each));
        ThrowHandlersFailure();
        foreach (var partition in _withdrawn) native.Drop(partition);
        var any = false;
        while (native.TryNext(out var message)) any |= Take(native, message);
        return any;
    }

    private unsafe bool Take(NativeConsumer native, NativeMessage* message)
    {
        var isAdded = false;
        try
        {
            ThrowHandlersFailure();
            isAdded = message->Error switch
            {
                ErrorCode.NoError => TryAdd(new(message, _topic), message->Partition, message->Offset),
                ErrorCode.Local_PartitionEOF => OnEnd(message->Partition, message->Offset),
                _ => OnConsumeError(native.ErrorOf(message), message->Partition),
            };
            return isAdded;
        }
        finally
        {
            if (!isAdded) NativeConsumer.Release(message);
        }
    }

    // The client keeps what its handler has thrown for its own poll.
    private void ThrowHandlersFailure()
    {
        if (_handlerFailed) Consumer.Consume(TimeSpan.Zero);
    }

    private bool TryAdd(in LogRecord record, int partition, long offset)
    {
        _input.OnRecord();
        // Of a partition whose next batch can't be decoded, the client is elsewhere.
        if (IsSearched(partition) || !_owner.Accepts(partition, offset)) return false;
        Batch.Add(record);
        _bytes += record.Size;
        return true;
    }

    private bool OnEnd(int partition, long offset)
    {
        _input.OnRecord();
        if (IsSearched(partition)) return false;
        _progress.OnEnd(partition, offset);
        _owner.OnEnd(new(_topic, partition), offset);
        return false;
    }

    private bool IsSearched(int partition) => _searches.Count > 0 && _searches.ContainsKey(new(_topic, partition));

    private long? WaitingOf(int partition)
    {
        for (var i = Batch.Count - 1; i >= _taken; i--)
            if (Batch[i].Partition == partition) return Batch[i].Offset;
        return null;
    }
}
