using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using LeptonStream.Alerts;
using LeptonStream.Detection.Policies;

namespace LeptonStream.Detection.Store;

/// <summary>
/// Eight points of a chart as 43 bytes: values in steps of their own range, forecasts and bands in steps of theirs, so that none is drawn
/// further off than a five-hundredth of that, and values that stand still stand still. Times are even, or seven more bytes say where in the
/// segment each lies.
/// </summary>
/// <remarks>
/// <code>
///  0  flag: 1 where times are irregular      5  lowest value, float                 17  the highest two bits of each point
///  1  seconds to the next segment, float     9  lowest of the band, float           19  the other 24 of each
///                                           13  half the range of values, 16 bits   43  times 1 to 7 in 255ths, where irregular
///                                           15  half the range of the band
/// </code>
/// A point has 8 bits for its value, 9 for the forecast and 9 for half the width of the band.
/// </remarks>
internal static class ChartSegment
{
    /// <summary>Points of a segment.</summary>
    public const int Points = 8;

    /// <summary>Bytes of a segment whose times are even.</summary>
    public const int RegularBytes = TimesAt;

    /// <summary>Bytes of any other.</summary>
    public const int IrregularBytes = TimesAt + Points - 1;

    /// <summary>The part of a segment's range, and of its time, by which a point is off at most.</summary>
    public const double Precision = 504;

    private const int SpanAt = 1;
    private const int ValuesAt = 5;
    private const int BandAt = 9;
    private const int ValuesRangeAt = 13;
    private const int BandRangeAt = 15;
    private const int HighBitsAt = 17;
    private const int LowBitsAt = 19;
    private const int TimesAt = LowBitsAt + (3 * Points);

    // Codes of values beyond the finite ones.
    private const uint ValueSteps = 252;
    private const uint MinusInfinity = 253;
    private const uint PlusInfinity = 254;
    private const uint NotANumber = 255;

    // Of forecasts, and of bands.
    private const uint BandSteps = 510;
    private const uint Unknown = 511;

    private const double TimeSteps = 255;
    private const double Nanosecond = 1e-9;

    /// <summary>Bytes of the segment that comes first.</summary>
    public static int LengthOf(ReadOnlySpan<byte> segment) => segment[0] == 0 ? RegularBytes : IrregularBytes;

    /// <summary>Nanoseconds from its first point to that of the next segment.</summary>
    public static long SpanOf(ReadOnlySpan<byte> segment) =>
        (long)Math.Round(BinaryPrimitives.ReadSingleLittleEndian(segment[SpanAt..]) / Nanosecond);

    /// <summary>The range of what is drawn of it.</summary>
    public static double RangeOf(ReadOnlySpan<byte> segment)
    {
        var (values, band) = (Scale.Read(segment, ValuesAt, ValuesRangeAt), Scale.Read(segment, BandAt, BandRangeAt));
        return Math.Max(values.Range, band.Range);
    }

    /// <summary>Writes a segment.</summary>
    /// <param name="points">Eight points.</param>
    /// <param name="next">The time of the point behind them, in nanoseconds.</param>
    /// <param name="bounds">Between which values the band is drawn.</param>
    /// <param name="segment">Takes the bytes.</param>
    /// <returns>How many there are.</returns>
    public static int Write(ReadOnlySpan<ChartPoint> points, long next, in ValueBounds bounds, Span<byte> segment)
    {
        double lowest = double.PositiveInfinity, highest = double.NegativeInfinity;
        float lowestValue = float.PositiveInfinity, highestValue = float.NegativeInfinity;
        Span<double> forecasts = stackalloc double[Points];
        Span<double> halves = stackalloc double[Points];
        for (var i = 0; i < Points; i++)
        {
            ref readonly var point = ref points[i];
            forecasts[i] = halves[i] = double.NaN;
            if (float.IsFinite(point.Value))
                (lowestValue, highestValue) = (float.MinNative(lowestValue, point.Value), float.MaxNative(highestValue, point.Value));
            var (expected, lower, upper) = (bounds.Clamp(point.Expected), bounds.Clamp(point.Expected - point.HalfWidth),
                bounds.Clamp(point.Expected + point.HalfWidth));
            if (!(Math.Abs(expected) <= float.MaxValue && Math.Abs(lower) <= float.MaxValue && Math.Abs(upper) <= float.MaxValue)) continue;
            (lowest, highest) = (double.MinNative(lowest, lower), double.MaxNative(highest, upper));
            // Beyond a bound nothing is drawn: so wide that both edges are where they are.
            (forecasts[i], halves[i]) = (expected, double.MaxNative(upper - expected, expected - lower));
        }

        var values = Scale.Write(lowestValue, highestValue, segment, ValuesAt, ValuesRangeAt);
        WritePoints(points, forecasts, halves, values, Scale.Write(lowest, highest, segment, BandAt, BandRangeAt), segment);
        return WriteTimes(points, next, segment);
    }

    /// <summary>Reads the points of the segment that comes first.</summary>
    /// <param name="segment">Its bytes.</param>
    /// <param name="first">The time of its first point, in nanoseconds.</param>
    /// <param name="bounds">Between which values the band is drawn.</param>
    /// <param name="points">Takes eight points.</param>
    public static void Read(ReadOnlySpan<byte> segment, long first, in ValueBounds bounds, Span<AlertPoint> points)
    {
        var (values, band) = (Scale.Read(segment, ValuesAt, ValuesRangeAt), Scale.Read(segment, BandAt, BandRangeAt));
        var span = SpanOf(segment);
        for (var i = 0; i < Points; i++)
        {
            var bits = BitsOf(segment, i);
            var (value, forecast, half) = (bits & 0xFF, (bits >> 8) & 0x1FF, bits >> 17);
            var expected = forecast == Unknown ? double.NaN : band.Lowest + (band.Range * forecast / BandSteps);
            var width = band.Range * half / BandSteps;
            var time = i == 0 ? 0 : segment[0] == 0 ? (double)i / Points : segment[TimesAt + i - 1] / TimeSteps;
            points[i] = new(new(first + (long)Math.Round(span * time)), ValueOf(value, values), bounds.Clamp(expected),
                bounds.Clamp(expected - width), bounds.Clamp(expected + width));
        }
    }

    private static void WritePoints(ReadOnlySpan<ChartPoint> points, ReadOnlySpan<double> forecasts, ReadOnlySpan<double> halves,
        in Scale values, in Scale band, Span<byte> segment)
    {
        var (perValues, perBand) = (values.Inverse, band.Inverse);
        var high = 0u;
        for (var i = 0; i < Points; i++)
        {
            var forecast = double.IsNaN(forecasts[i]) ? Unknown : Step((forecasts[i] - band.Lowest) * perBand, BandSteps);
            var half = forecast == Unknown ? 0 : Step(halves[i] * perBand, BandSteps);
            var bits = CodeOf(points[i].Value, values.Lowest, perValues) | (forecast << 8) | (half << 17);
            segment[LowBitsAt + (3 * i)] = (byte)bits;
            segment[LowBitsAt + (3 * i) + 1] = (byte)(bits >> 8);
            segment[LowBitsAt + (3 * i) + 2] = (byte)(bits >> 16);
            high |= (bits >> 24) << (2 * i);
        }

        BinaryPrimitives.WriteUInt16LittleEndian(segment[HighBitsAt..], (ushort)high);
    }

    private static int WriteTimes(ReadOnlySpan<ChartPoint> points, long next, Span<byte> segment)
    {
        var first = points[0].Nanoseconds;
        double span = next - first;
        BinaryPrimitives.WriteSingleLittleEndian(segment[SpanAt..], (float)(span * Nanosecond));
        var isEven = true;
        for (var i = 1; i < Points; i++)
            isEven &= Math.Abs(points[i].Nanoseconds - first - (span * i / Points)) * Precision <= span;
        segment[0] = isEven ? (byte)0 : (byte)1;
        if (isEven) return RegularBytes;
        var perSpan = span > 0 ? 1 / span : 0;
        for (var i = 1; i < Points; i++) segment[TimesAt + i - 1] = (byte)Step((points[i].Nanoseconds - first) * perSpan, TimeSteps);
        return IrregularBytes;
    }

    private static uint BitsOf(ReadOnlySpan<byte> segment, int point)
    {
        var low = segment.Slice(LowBitsAt + (3 * point), 3);
        var high = ((uint)BinaryPrimitives.ReadUInt16LittleEndian(segment[HighBitsAt..]) >> (2 * point)) & 3;
        return low[0] | ((uint)low[1] << 8) | ((uint)low[2] << 16) | (high << 24);
    }

    private static uint CodeOf(float value, double lowest, double perRange) =>
        float.IsFinite(value) ? Step((value - lowest) * perRange, ValueSteps)
            : float.IsNaN(value) ? NotANumber : value > 0 ? PlusInfinity : MinusInfinity;

    private static double ValueOf(uint code, in Scale values) => code switch
    {
        MinusInfinity => double.NegativeInfinity,
        PlusInfinity => double.PositiveInfinity,
        NotANumber => double.NaN,
        _ => values.Lowest + (values.Range * code / ValueSteps),
    };

    // Of a number: the native forms differ for NaN alone, and take one instruction each.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Step(double part, double steps) =>
        (uint)double.ConvertToIntegerNative<int>((double.MinNative(double.MaxNative(part, 0), 1) * steps) + 0.5);

    /// <summary>The lowest of some numbers, and a range that holds all of them: steps are counted in it.</summary>
    private readonly record struct Scale(float Lowest, double Range)
    {
        private const int HalfBits = 16;
        private const uint Largest = 0x7F7F;

        public double Inverse => Range > 0 ? 1 / Range : 0;

        // Half of it, since the whole may be beyond the largest float.
        public static Scale Write(double lowest, double highest, Span<byte> segment, int lowestAt, int rangeAt)
        {
            if (!(lowest <= highest)) (lowest, highest) = (0, 0);
            var from = (float)lowest <= lowest ? (float)lowest : MathF.BitDecrement((float)lowest);
            var bits = BitConverter.SingleToUInt32Bits((float)((highest - from) / 2));
            // The next one up holds all of it, whichever way the cast went.
            var half = highest > from ? Math.Min((bits >> HalfBits) + 1, Largest) : 0;
            BinaryPrimitives.WriteSingleLittleEndian(segment[lowestAt..], from);
            BinaryPrimitives.WriteUInt16LittleEndian(segment[rangeAt..], (ushort)half);
            return new(from, RangeOf(half));
        }

        public static Scale Read(ReadOnlySpan<byte> segment, int lowestAt, int rangeAt) =>
            new(BinaryPrimitives.ReadSingleLittleEndian(segment[lowestAt..]),
                RangeOf(BinaryPrimitives.ReadUInt16LittleEndian(segment[rangeAt..])));

        private static double RangeOf(uint half) => 2.0 * BitConverter.UInt32BitsToSingle(half << HalfBits);
    }
}
