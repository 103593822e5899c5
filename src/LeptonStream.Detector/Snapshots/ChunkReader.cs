using LeptonStream.State;

namespace LeptonStream.Detector.Snapshots;

/// <summary>Puts the chunks of a snapshot together again, and hands on its blocks.</summary>
internal sealed class ChunkReader(ISnapshotSink sink)
{
    private byte[] _rest = [];

    /// <summary>Takes the next chunk.</summary>
    /// <exception cref="SnapshotCorruptException">The bytes are no blocks that can follow.</exception>
    public void Take(ReadOnlySpan<byte> chunk)
    {
        byte[] joined = [.. _rest, .. chunk];
        ReadOnlySpan<byte> left = joined;
        while (SnapshotBlock.IsWhole(left)) sink.Take(SnapshotBlock.ReadFrom(ref left));
        _rest = left.ToArray();
    }

    /// <summary>No more chunks come.</summary>
    /// <exception cref="SnapshotCorruptException">The last block is not whole.</exception>
    public void End()
    {
        if (_rest.Length > 0) throw new SnapshotCorruptException($"its last block ends after {_rest.Length} bytes");
    }
}
