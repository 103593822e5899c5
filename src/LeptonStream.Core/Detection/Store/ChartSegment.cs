using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using LeptonStream.Alerts;
using LeptonStream.Detection.Policies;

namespace LeptonStream.Detection.Store;

/// <summary>
/// Eight points of a chart as 39 bytes: values, forecasts and bands in steps of the range that the eight have together, so that none is
/// drawn further off than a five-hundredth of that. Times are even, or seven more bytes say where in the segment each lies.
/// </summary>
/// <remarks>
/// <code>
///  0  flag: 1 where times are irregular      5  lowest of what is drawn, float      13  the highest two bits of each point
///  1  seconds to the next segment, float     9  highest, float                      15  the other 24 of each
///                                                                                   39  times 1 to 7 in 255ths, where irregular
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
    private const int LowestAt = 5;
    private const int HighestAt = 9;
    private const int HighBitsAt = 13;
    private const int LowBitsAt = 15;
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
    public static double RangeOf(ReadOnlySpan<byte> segment) => Highest(segment) - Lowest(segment);

    /// <summary>Writes a segment.</summary>
    /// <param name="points">Eight points.</param>
    /// <param name="next">The time of the point behind them, in nanoseconds.</param>
    /// <param name="bounds">Between which values the band is drawn.</param>
    /// <param name="segment">Takes the bytes.</param>
    /// <returns>How many there are.</returns>
    public static int Write(ReadOnlySpan<ChartPoint> points, long next, in ValueBounds bounds, Span<byte> segment)
    {
        double lowest = double.PositiveInfinity, highest = double.NegativeInfinity;
        Span<double> forecasts = stackalloc double[Points];
        Span<double> halves = stackalloc double[Points];
        for (var i = 0; i < Points; i++)
        {
            ref readonly var point = ref points[i];
            forecasts[i] = halves[i] = double.NaN;
            if (float.IsFinite(point.Value)) (lowest, highest) = (Math.Min(lowest, point.Value), Math.Max(highest, point.Value));
            var (expected, lower, upper) = (bounds.Clamp(point.Expected), bounds.Clamp(point.Expected - point.HalfWidth),
                bounds.Clamp(point.Expected + point.HalfWidth));
            if (!(Math.Abs(expected) <= float.MaxValue && Math.Abs(lower) <= float.MaxValue && Math.Abs(upper) <= float.MaxValue)) continue;
            (lowest, highest) = (Math.Min(lowest, lower), Math.Max(highest, upper));
            // Beyond a bound nothing is drawn: so wide that both edges are where they are.
            (forecasts[i], halves[i]) = (expected, Math.Max(upper - expected, expected - lower));
        }

        var (from, to) = lowest <= highest ? (Below(lowest), Above(highest)) : (0f, 0f);
        BinaryPrimitives.WriteSingleLittleEndian(segment[LowestAt..], from);
        BinaryPrimitives.WriteSingleLittleEndian(segment[HighestAt..], to);
        WritePoints(points, forecasts, halves, from, (double)to - from, segment);
        return WriteTimes(points, next, segment);
    }

    /// <summary>Reads the points of the segment that comes first.</summary>
    /// <param name="segment">Its bytes.</param>
    /// <param name="first">The time of its first point, in nanoseconds.</param>
    /// <param name="bounds">Between which values the band is drawn.</param>
    /// <param name="points">Takes eight points.</param>
    public static void Read(ReadOnlySpan<byte> segment, long first, in ValueBounds bounds, Span<AlertPoint> points)
    {
        var (lowest, range) = (Lowest(segment), RangeOf(segment));
        var span = SpanOf(segment);
        for (var i = 0; i < Points; i++)
        {
            var bits = BitsOf(segment, i);
            var (value, forecast, half) = (bits & 0xFF, (bits >> 8) & 0x1FF, bits >> 17);
            var expected = forecast == Unknown ? double.NaN : lowest + (range * forecast / BandSteps);
            var width = range * half / BandSteps;
            var time = i == 0 ? 0 : segment[0] == 0 ? (double)i / Points : segment[TimesAt + i - 1] / TimeSteps;
            points[i] = new(new(first + (long)Math.Round(span * time)), ValueOf(value, lowest, range), bounds.Clamp(expected),
                bounds.Clamp(expected - width), bounds.Clamp(expected + width));
        }
    }

    private static void WritePoints(ReadOnlySpan<ChartPoint> points, ReadOnlySpan<double> forecasts, ReadOnlySpan<double> halves,
        double lowest, double range, Span<byte> segment)
    {
        var perRange = range > 0 ? 1 / range : 0;
        var high = 0u;
        for (var i = 0; i < Points; i++)
        {
            var forecast = double.IsNaN(forecasts[i]) ? Unknown : Step((forecasts[i] - lowest) * perRange, BandSteps);
            var half = forecast == Unknown ? 0 : Step(halves[i] * perRange, BandSteps);
            var bits = CodeOf(points[i].Value, lowest, perRange) | (forecast << 8) | (half << 17);
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

    private static double ValueOf(uint code, double lowest, double range) => code switch
    {
        MinusInfinity => double.NegativeInfinity,
        PlusInfinity => double.PositiveInfinity,
        NotANumber => double.NaN,
        _ => lowest + (range * code / ValueSteps),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Step(double part, double steps) => (uint)((Math.Clamp(part, 0, 1) * steps) + 0.5);

    private static double Lowest(ReadOnlySpan<byte> segment) => BinaryPrimitives.ReadSingleLittleEndian(segment[LowestAt..]);

    private static double Highest(ReadOnlySpan<byte> segment) => BinaryPrimitives.ReadSingleLittleEndian(segment[HighestAt..]);

    // The nearest floats that hold all of it.
    private static float Below(double value) => (float)value <= value ? (float)value : MathF.BitDecrement((float)value);

    private static float Above(double value) => (float)value >= value ? (float)value : MathF.BitIncrement((float)value);
}
