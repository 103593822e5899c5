using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LeptonStream.Detectors.Forest;

/// <summary>Masks of 512 rows, one bit a row, each in a cache line of its own: one that straddled two would cost twice.</summary>
internal sealed class MaskBuffer
{
    /// <summary>64-bit words of a mask.</summary>
    public const int Words = 8;

    private readonly ulong[] _words;
    private readonly int _start;
    private readonly int _length;

    public MaskBuffer(int masks)
    {
        _length = masks * Words;
        _words = GC.AllocateArray<ulong>(_length + Words - 1, pinned: true);
        var misplaced = (int)(Marshal.UnsafeAddrOfPinnedArrayElement(_words, 0) % 64);
        _start = misplaced == 0 ? 0 : (64 - misplaced) / sizeof(ulong);
    }

    public Span<ulong> AsWords => _words.AsSpan(_start, _length);

    public Span<Vector512<ulong>> Masks => MemoryMarshal.Cast<ulong, Vector512<ulong>>(AsWords);
}
