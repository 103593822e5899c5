using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using LeptonStream.State;

namespace LeptonStream.Detector.Snapshots;

/// <summary>Cuts the blocks of a snapshot, one after the other, into chunks of one length; only the last is shorter.</summary>
internal sealed class ChunkWriter : ISnapshotSink
{
    /// <summary>Bytes of a chunk: a record's key and headers beside it stay below 512 KiB.</summary>
    public const int ChunkBytes = (512 * 1024) - 1024;

    private readonly ArrayBufferWriter<byte> _block = new(4096);
    private readonly Queue<byte[]> _full = [];
    private byte[] _chunk = new byte[ChunkBytes];
    private int _length;


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
            _full.Enqueue(_chunk);
            (_chunk, _length) = (new byte[ChunkBytes], 0);
        }
    }

    /// <summary>Takes the next full chunk.</summary>
    public bool TryTake([NotNullWhen(true)] out byte[]? chunk) => _full.TryDequeue(out chunk);

    /// <summary>No more blocks come: what is left is a chunk, too.</summary>
    public void End()
    {
        if (_length > 0) _full.Enqueue(_chunk.AsSpan(0, _length).ToArray());
        (_chunk, _length) = ([], 0);
    }
}
