using System.Buffers;
using LeptonStream.State;

namespace LeptonStream.Detection.Snapshots;

/// <summary>Bytes in a borrowed array.</summary>
internal readonly struct BlockCopy
{
    private readonly byte[] _bytes;
    private readonly int _length;

    public BlockCopy(ReadOnlySpan<byte> bytes)
    {
        _bytes = ArrayPool<byte>.Shared.Rent(bytes.Length);
        _length = bytes.Length;
        bytes.CopyTo(_bytes);
    }

    /// <summary>Writes them, and gives the array back.</summary>
    public void MoveTo(StateWriter state)
    {
        state.WriteRaw(_bytes.AsSpan(0, _length));
        Release();
    }

    /// <summary>Gives the array back.</summary>
    public void Release() => ArrayPool<byte>.Shared.Return(_bytes);
}
