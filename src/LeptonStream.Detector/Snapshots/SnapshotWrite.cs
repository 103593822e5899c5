using System.Diagnostics.CodeAnalysis;
using System.IO.Hashing;
using Confluent.Kafka;
using LeptonStream.Detection.Snapshots;

namespace LeptonStream.Detector.Snapshots;

/// <summary>
/// A snapshot on its way to the state topic: made and sent a few chunks at a time while judging goes on, and its header when all are
/// acknowledged.
/// </summary>
/// <param name="header">The header, without chunks.</param>
/// <param name="cut">The state.</param>
/// <param name="chunks">Takes the blocks of the state.</param>
/// <param name="producer">Writes the chunks.</param>
/// <param name="slice">How long nothing is judged at once: so long, and for the time of the last few blocks.</param>
/// <param name="time">The clock.</param>
internal sealed class SnapshotWrite(
    SnapshotHeader header, SnapshotCut cut, ChunkWriter chunks, StateProducer producer, TimeSpan slice, TimeProvider time)
{
    // Bytes in the client's queue are bytes in memory twice.
    private const int MaxUnanswered = 8;

    private const int BlocksAtOnce = 8;

    private readonly List<StateWrite> _writes = [];
    private readonly List<SnapshotChunk> _facts = [];
    private bool _isCut;
    private int _answered;
    private HeaderWrite? _header;

    public int Partition => header.Partition;

    /// <summary>The snapshot's number.</summary>
    public long Number => header.Number;

    /// <summary>Its input offset.</summary>
    public long Next => header.Next;

    /// <summary>The number of the journal's first entry behind it.</summary>
    public long Sequence => header.Sequence;

    /// <summary>The bytes of its chunks so far.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether it is whole in the topic.</summary>
    public bool IsWritten => _header is { IsDone: true, Failure: null };

    /// <summary>Whether only the broker has something to do.</summary>
    public bool IsWaiting => _writes.Count - _answered >= MaxUnanswered || _isCut;

    /// <summary>Whether all of it is made, be it written or not.</summary>
    public bool IsMade => _isCut;

    /// <summary>Whether other policies were adopted before all of it was made: it is of no use.</summary>
    public bool IsGivenUp => cut.IsAbandoned && Failure is null;

    /// <summary>Whether it follows one that was given up: what would be adopted waits until it is made.</summary>
    public required bool IsSecond { get; init; }

    /// <summary>Why it can't be written; null where it can.</summary>
    public Error? Failure { get; private set; }

    /// <summary>Makes and sends what may be sent now.</summary>
    public void Advance()
    {
        if (cut.IsAbandoned) return;
        while (_answered < _writes.Count && _writes[_answered].IsDone)
        {
            if ((Failure = _writes[_answered].Failure) is not null)
            {
                cut.Abandon();
                return;
            }

            _facts[_answered] = _facts[_answered] with { Offset = _writes[_answered].Offset };
            _answered++;
        }

        long? began = null;
        while (_writes.Count - _answered < MaxUnanswered && TryMake(ref began, out var chunk)) Send(chunk);
        if (_isCut && _answered == _writes.Count) AdvanceHeader();
        Failure ??= _header?.Failure;
    }

    private bool TryMake(ref long? began, [NotNullWhen(true)] out byte[]? chunk)
    {
        while (!chunks.TryTake(out chunk))
        {
            if (_isCut || (began is { } since && time.GetElapsedTime(since) >= slice)) return false;
            began ??= time.GetTimestamp();
            cut.Advance(BlocksAtOnce);
            if (!cut.IsDone) continue;
            chunks.End();
            _isCut = true;
        }

        return true;
    }

    private void AdvanceHeader()
    {
        if (_header is null) Failpoints.Pass(Failpoint.BeforeHeader);
        _header ??= new(header with { Chunks = _facts }, producer);
        _header.Advance();
    }

    // The client copies it.
    private void Send(byte[] bytes)
    {
        Failpoints.Pass(Failpoint.MidSnapshot);
        _facts.Add(new(-1, bytes.Length, XxHash3.HashToUInt64(bytes)));
        _writes.Add(producer.Write(Partition, StateKeys.Chunk(header.Number, _writes.Count), bytes));
        Bytes += bytes.Length;
    }
}
