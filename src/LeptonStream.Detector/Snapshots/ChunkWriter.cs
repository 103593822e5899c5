using System.Buffers;
using LeptonStream.State;

namespace LeptonStream.Detector.Snapshots;

/// <summary>Cuts the blocks of a snapshot, one after the other, into chunks of one length; only the last is shorter.</summary>
internal sealed class ChunkWriter : ISnapshotSink
{
    /// <summary>Bytes of a chunk: a record's key and headers beside it stay below 512 KiB.</summary>
    public const int ChunkBytes = (512 * 1024) - 1024;

    private readonly ArrayBufferWriter<byte> _block = new(4096);
    private byte[] _chunk = new byte[ChunkBytes];
    private int _length;

    /// <summary>The chunks that are full; <see cref="End"/> adds the last.</summary>
    public List<byte[]> Chunks { get; } = [];

    public void Take(in SnapshotBlock block)
    {
        _block.ResetWrittenCount();
        block.WriteTo(_block);
        for (var rest = _block.WrittenSpan; !rest.IsEmpty;)
        {
            var part = rest[..Math.Min(rest.Length, ChunkBytes - _length)];
            part.CopyTo(_chunk.AsSpan(_length));
            _length += part.Length;
            rest = rest[part.Length..];
            if (_length < ChunkBytes) continue;
            Chunks.Add(_chunk);
            (_chunk, _length) = (new byte[ChunkBytes], 0);
        }
    }

    /// <summary>No more blocks come.</summary>
    public List<byte[]> End()
    {
        if (_length > 0) Chunks.Add(_chunk.AsSpan(0, _length).ToArray());
        return Chunks;
    }
}
