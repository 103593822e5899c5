using System.IO.Hashing;
using Confluent.Kafka;

namespace LeptonStream.Detector.Snapshots;

/// <summary>
/// A snapshot on its way to the state topic: a few chunks at a time while judging goes on, and its header when all are acknowledged.
/// </summary>
/// <param name="header">The header, without chunks.</param>
/// <param name="chunks">The bytes of the chunks.</param>
/// <param name="producer">Writes them.</param>
internal sealed class SnapshotWrite(SnapshotHeader header, IReadOnlyList<byte[]> chunks, StateProducer producer)
{
    // Bytes in the client's queue are bytes in memory twice.
    private const int MaxUnanswered = 8;

    private readonly List<StateWrite> _writes = [];
    private readonly byte[]?[] _chunks = [.. chunks];
    private readonly SnapshotChunk[] _facts = new SnapshotChunk[chunks.Count];
    private int _answered;
    private StateWrite? _header;

    public int Partition => header.Partition;

    /// <summary>The snapshot's number.</summary>
    public long Number => header.Number;

    /// <summary>Its input offset.</summary>
    public long Next => header.Next;

    /// <summary>The number of the journal's first entry behind it.</summary>
    public long Sequence => header.Sequence;

    /// <summary>The bytes of its chunks.</summary>
    public long Bytes { get; } = chunks.Sum(chunk => (long)chunk.Length);

    /// <summary>Whether it is whole in the topic.</summary>
    public bool IsWritten => _header is { IsDone: true, Failure: null };

    /// <summary>Why it can't be written; null where it can.</summary>
    public Error? Failure { get; private set; }

    /// <summary>Sends what may be sent now.</summary>
    public void Advance()
    {
        while (_answered < _writes.Count && _writes[_answered].IsDone)
        {
            if ((Failure = _writes[_answered].Failure) is not null) return;
            _facts[_answered] = _facts[_answered] with { Offset = _writes[_answered].Offset };
            _answered++;
        }

        while (_writes.Count < _chunks.Length && _writes.Count - _answered < MaxUnanswered) Send(_writes.Count);
        if (_answered == _chunks.Length && _header is null) SendHeader();
        Failure ??= _header?.Failure;
    }

    private void SendHeader()
    {
        Failpoints.Pass(Failpoint.BeforeHeader);
        _header = producer.Write(Partition, StateKeys.Header(header.Number), (header with { Chunks = _facts }).Write());
    }

    // The client copies it.
    private void Send(int index)
    {
        Failpoints.Pass(Failpoint.MidSnapshot);
        var bytes = _chunks[index]!;
        _facts[index] = new(-1, bytes.Length, XxHash3.HashToUInt64(bytes));
        _writes.Add(producer.Write(Partition, StateKeys.Chunk(header.Number, index), bytes));
        _chunks[index] = null;
    }
}
