using LeptonStream.State;

namespace LeptonStream.Detection.Store;

/// <summary>
/// Memory for the numbers of many series: equal blocks of bytes in large pages that the garbage collector neither traces nor moves.
/// Used by one thread.
/// </summary>
/// <param name="blockBytes">Bytes of a block.</param>
public sealed class SeriesMemory(int blockBytes)
{
    private const int PageBytes = 1 << 20;

    private readonly Stack<Memory<byte>> _returned = [];
    private readonly int _perPage = Math.Max(1, PageBytes / blockBytes);
    private byte[] _page = [];
    private int _used;

    /// <summary>Bytes of a block.</summary>
    public int BlockBytes => blockBytes;

    /// <summary>A block of zeros.</summary>
    public Memory<byte> Rent()
    {
        if (_returned.TryPop(out var block))
        {
            block.Span.Clear();
            return block;
        }

        if (_used + blockBytes > _page.Length)
        {
            _page = GC.AllocateArray<byte>(_perPage * blockBytes, pinned: true);
            _used = 0;
        }

        block = _page.AsMemory(_used, blockBytes);
        _used += blockBytes;
        return block;
    }

    /// <summary>Takes a block back for the next series.</summary>
    public void Return(Memory<byte> block) => _returned.Push(block);
}
