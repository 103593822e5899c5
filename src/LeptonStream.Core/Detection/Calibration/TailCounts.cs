using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LeptonStream.Detection.Calibration;

/// <summary>
/// How many scores fell into each of 64 bins, exactly, in 82 bytes: the low byte of each count, and how often it overflowed. So few
/// overflow among at most <see cref="Max"/> scores that all of them fit into 128 bits: from the highest bin down, a one for each overflow
/// of a bin and a zero to end it.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = sizeof(ushort))]
internal struct TailCounts
{
    public const int Bins = 64;

    /// <summary>Number of scores it can count before it must be halved.</summary>
    public const int Max = 16_000;

    // From the highest bin down, so that a tail is what comes first.
    private LowBytes _low;
    private ulong _firstOverflows;
    private ulong _lastOverflows;
    private ushort _total;

    public readonly int Total => _total;

    private UInt128 Overflows
    {
        readonly get => new(_lastOverflows, _firstOverflows);
        set => (_lastOverflows, _firstOverflows) = ((ulong)(value >> 64), (ulong)value);
    }

    /// <summary>Number of scores in a bin, and in all higher ones.</summary>
    public readonly (int Within, int Above) Look(int bin)
    {
        var higher = Bins - 1 - bin;
        var above = LowSum(higher);
        int within = _low[higher];
        if ((_firstOverflows | _lastOverflows) == 0) return (within, above);
        var begin = higher == 0 ? 0 : EndOf(higher - 1) + 1;
        var overflows = BitOperations.TrailingZeroCount(~(ulong)(Overflows >> begin));
        return (within + (overflows << 8), above + ((begin - higher) << 8));
    }

    /// <summary>Counts one score.</summary>
    public void Add(int bin)
    {
        var place = Bins - 1 - bin;
        _total++;
        if (++_low[place] == 0) Overflow(place);
    }

    /// <summary>Cumulates the counts from the top: [i] scores fell into bin i or a higher one.</summary>
    public readonly void Cumulate(Span<ushort> atOrAbove)
    {
        var (sum, overflows) = (0, Overflows);
        for (var place = 0; place < Bins; place++)
        {
            for (; (overflows & 1) != 0; overflows >>= 1) sum += 256;
            overflows >>= 1;
            sum += _low[place];
            atOrAbove[Bins - 1 - place] = (ushort)sum;
        }
    }

    /// <summary>Halves the cumulated counts.</summary>
    public void Halve()
    {
        Span<ushort> atOrAbove = stackalloc ushort[Bins];
        Cumulate(atOrAbove);
        Overflows = 0;
        _total = (ushort)(atOrAbove[0] / 2);
        var above = 0;
        for (var place = 0; place < Bins; place++)
        {
            var half = atOrAbove[Bins - 1 - place] / 2;
            _low[place] = (byte)(half - above);
            for (var rest = half - above; rest > byte.MaxValue; rest -= 256) Overflow(place);
            above = half;
        }
    }

    private void Overflow(int place)
    {
        var end = EndOf(place);
        var before = (UInt128.One << end) - 1;
        var overflows = Overflows;
        Overflows = (overflows & before) | (UInt128.One << end) | ((overflows & ~before) << 1);
    }

    // Where the zero of a place stands.
    private readonly int EndOf(int place)
    {
        var first = BitOperations.PopCount(~_firstOverflows);
        return place < first ? Select(~_firstOverflows, place) : 64 + Select(~_lastOverflows, place - first);
    }

    private static int Select(ulong bits, int index)
    {
        if (Bmi2.X64.IsSupported) return BitOperations.TrailingZeroCount(Bmi2.X64.ParallelBitDeposit(1UL << index, bits));
        for (; index > 0; index--) bits &= bits - 1;
        return BitOperations.TrailingZeroCount(bits);
    }

    private readonly int LowSum(int places)
    {
        ref var first = ref Unsafe.As<LowBytes, byte>(ref Unsafe.AsRef(in _low));
        var end = Vector256.Create((byte)places);
        var start = Vector256<byte>.Indices;
        var counted = Vector256.LoadUnsafe(ref first) & Vector256.LessThan(start, end);
        var rest = Vector256.LoadUnsafe(ref first, 32) & Vector256.LessThan(start + Vector256.Create((byte)32), end);
        var (low, high) = Vector256.Widen(counted);
        var (lowRest, highRest) = Vector256.Widen(rest);
        return Vector256.Sum(low + high + (lowRest + highRest));
    }

    [InlineArray(Bins)]
    private struct LowBytes
    {
        private byte _first;
    }
}
