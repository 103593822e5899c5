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

    /// <summary>
    /// Cumulates the counts from the top: [<see cref="PlaceOf"/>(bin)] scores fell into a bin or a higher one.
    /// </summary>
    /// <param name="atOrAbove">Takes <see cref="Bins"/> numbers.</param>
    public readonly void Cumulate(Span<ushort> atOrAbove)
    {
        ref var first = ref MemoryMarshal.GetReference(atOrAbove[..Bins]);
        ref var low = ref Unsafe.As<LowBytes, byte>(ref Unsafe.AsRef(in _low));
        for (nuint place = 0; place < Bins; place += (nuint)Vector128<byte>.Count)
        {
            var (even, odd) = Vector128.Widen(Vector128.LoadUnsafe(ref low, place));
            even.StoreUnsafe(ref first, place);
            odd.StoreUnsafe(ref first, place + (nuint)Vector128<ushort>.Count);
        }

        if ((_firstOverflows | _lastOverflows) != 0)
        {
            var place = AddOverflows(_firstOverflows, 0, atOrAbove);
            AddOverflows(_lastOverflows, place, atOrAbove);
        }

        // Each vector adds itself up in three steps, and then what all before it come to.
        var sum = Vector128<ushort>.Zero;
        for (nuint place = 0; place < Bins; place += (nuint)Vector128<ushort>.Count)
        {
            var counts = Vector128.LoadUnsafe(ref first, place);
            counts += Vector128.Shuffle(counts, Vector128.Create((ushort)8, 0, 1, 2, 3, 4, 5, 6));
            counts += Vector128.Shuffle(counts, Vector128.Create((ushort)8, 8, 0, 1, 2, 3, 4, 5));
            counts += Vector128.Shuffle(counts, Vector128.Create((ushort)8, 8, 8, 8, 0, 1, 2, 3));
            counts += sum;
            counts.StoreUnsafe(ref first, place);
            sum = Vector128.Shuffle(counts, Vector128.Create((ushort)7));
        }
    }

    /// <summary>The place of a bin from the top.</summary>
    public static int PlaceOf(int bin) => Bins - 1 - bin;

    /// <summary>Halves the cumulated counts.</summary>
    [SkipLocalsInit]
    public void Halve()
    {
        Span<ushort> atOrAbove = stackalloc ushort[Bins];
        Cumulate(atOrAbove);
        Overflows = 0;
        _total = (ushort)(atOrAbove[Bins - 1] / 2);
        var above = 0;
        for (var place = 0; place < Bins; place++)
        {
            var half = atOrAbove[place] / 2;
            _low[place] = (byte)(half - above);
            for (var rest = half - above; rest > byte.MaxValue; rest -= 256) Overflow(place);
            above = half;
        }
    }

    // Ones are overflows of a place, a zero ends it: the place behind the last zero.
    private static int AddOverflows(ulong bits, int place, Span<ushort> counts)
    {
        var left = 64;
        while (bits != 0)
        {
            var zeros = BitOperations.TrailingZeroCount(bits);
            place += zeros;
            bits >>= zeros;
            var ones = BitOperations.TrailingZeroCount(~bits);
            counts[place] += (ushort)(ones << 8);
            left -= zeros + ones;
            // All 64 are ones where all scores fell into one bin.
            bits = ones == 64 ? 0 : bits >> ones;
        }

        return place + left;
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
