using System.Diagnostics.CodeAnalysis;
using Confluent.Kafka;

namespace LeptonStream.Kafka;

/// <content>Batches that can't be decoded, and offsets that are gone.</content>
public sealed partial class ConsumerMembership
{
    private readonly Dictionary<TopicPartition, BatchSearch> _searches = [];

    /// <summary>
    /// Passes by the next batch that can't be decoded and whose end is known now, once the records before it are taken: reading goes on
    /// behind it. To be called when what was taken is judged.
    /// </summary>
    /// <param name="partition">Its partition.</param>
    /// <param name="range">Its offsets.</param>
    public bool TryPassBy([NotNullWhen(true)] out TopicPartition? partition, out OffsetRange range)
    {
        foreach (var (searched, search) in _searches.ToList())
        {
            if (!search.IsDone || Holds(searched)) continue;
            Seek(searched, search.Found?.To ?? search.From);
            if (search.Found is not { } found) continue;
            (partition, range) = (searched, found);
            return true;
        }

        (partition, range) = (null, default);
        return false;
    }

    private bool OnConsumeError(Error error, int partition)
    {
        if (error.EndsClient()) throw new KafkaException(Explained(error));
        if (error.Code == ErrorCode.Local_AutoOffsetReset) OnOffsetGone(new(_topic, partition), error.Reason);
        else if (error.IsUndecodable()) SearchBehind(new(_topic, partition));
        else _input.OnError(error);
        return false;
    }

    // Behind a batch that it can't decode the client reads on in the middle of its bytes, and may take them for an offset.
    private void OnOffsetGone(TopicPartition partition, string reason)
    {
        if (_searches.ContainsKey(partition)) return;
        var log = Consumer.QueryWatermarkOffsets(partition, AnswerLimit);
        if (PositionOf(partition) is { } next && next >= log.Low.Value && next <= log.High.Value) SearchBehind(partition);
        else _owner.OnOffsetGone(partition, reason);
    }

    private long? PositionOf(TopicPartition partition) =>
        WaitingOf(partition.Partition.Value) is { } last ? last + 1 : _owner.NextOf(partition);

    // By itself the client stays where it is, or goes on with whatever it takes for the next batch.
    private void SearchBehind(TopicPartition partition)
    {
        if (_searches.ContainsKey(partition) || PositionOf(partition) is not { } next) return;
        Seek(partition, Offset.End);
        _searches.Add(partition, new(_kafka, partition, next, _logger));
    }
}
