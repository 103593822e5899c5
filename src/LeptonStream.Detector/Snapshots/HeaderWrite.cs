using System.IO.Hashing;
using Confluent.Kafka;

namespace LeptonStream.Detector.Snapshots;

/// <summary>
/// The header of a snapshot on its way to the state topic. One that is larger than a record may be (policies, verdicts and the list of
/// chunks together) goes there in parts, and a record that names them follows when all are acknowledged.
/// </summary>
internal sealed class HeaderWrite
{
    // A broker that takes chunks takes this, too.
    private const int MaxBytes = ChunkWriter.ChunkBytes;

    private readonly SnapshotHeader _header;
    private readonly StateProducer _producer;
    private readonly List<(StateWrite Write, SnapshotChunk Part)> _parts = [];
    private StateWrite? _last;

    public HeaderWrite(SnapshotHeader header, StateProducer producer)
    {
        _header = header;
        _producer = producer;
        var bytes = header.Write();
        if (bytes.Length <= MaxBytes) Send(bytes);
        else foreach (var part in bytes.Chunk(MaxBytes)) SendPart(part);
    }

    /// <summary>Whether it is acknowledged, or the client has given up.</summary>
    public bool IsDone => Failure is not null || _last is { IsDone: true };

    /// <summary>Why it can't be written; null where it can.</summary>
    public Error? Failure => _parts.Find(part => part.Write.Failure is not null).Write?.Failure ?? _last?.Failure;

    /// <summary>Sends what may be sent now.</summary>
    public void Advance()
    {
        if (_last is not null || Failure is not null || !_parts.TrueForAll(part => part.Write.IsDone)) return;
        Send(_header.InParts(_parts.ConvertAll(part => part.Part with { Offset = part.Write.Offset })).Write());
    }

    private void Send(byte[] bytes) => _last = _producer.Write(_header.Partition, StateKeys.Header(_header.Number), bytes);

    private void SendPart(byte[] bytes) => _parts.Add((
        _producer.Write(_header.Partition, StateKeys.HeaderPart(_header.Number, _parts.Count), bytes),
        new(-1, bytes.Length, XxHash3.HashToUInt64(bytes))));
}
