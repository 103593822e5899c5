using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LeptonStream.Alerts;
using LeptonStream.Detection.Policies;
using LeptonStream.Samples;

namespace LeptonStream.Detection.Store;

/// <summary>
/// The chart of a series: its newest points as they are, eight at most, and those before as <see cref="ChartSegment"/>, as exact as a chart
/// shows. A view of memory that belongs to the series. It shows as many points as it was made for; a few less where times are irregular,
/// whose segments are longer, or where the oldest segment was coded for a far larger range than what is still shown.
/// </summary>
internal readonly ref struct SeriesChart
{
    // Of what is shown, no point may be further off than one part in so many.
    private const double Drawn = 500;

    private readonly Span<byte> _memory;
    private readonly ref ChartState _state;
    private readonly int _points;

    /// <param name="memory">As many bytes as <see cref="BytesFor"/> says.</param>
    /// <param name="state">How far it is filled.</param>
    /// <param name="points">Points that it shows at most.</param>
    public SeriesChart(Span<byte> memory, ref ChartState state, int points)
    {
        _memory = memory;
        _state = ref state;
        _points = points;
    }

    /// <summary>Bytes of a chart of so many points.</summary>
    public static int BytesFor(int points) => OpenBytes + SegmentBytes(points);

    /// <summary>Bytes of its newest points, which come first.</summary>
    public static int OpenBytes => ChartSegment.Points * Unsafe.SizeOf<ChartPoint>();

    /// <summary>Whether it has no point.</summary>
    public bool IsEmpty => _state.Open == 0;

    /// <summary>The newest point. Only to be asked where there is one.</summary>
    public ref readonly ChartPoint Newest => ref Open[_state.Open - 1];

    /// <summary>The number of the newest point.</summary>
    public ushort Number => _state.Number;

    /// <summary>Puts a point in.</summary>
    /// <param name="point">The point.</param>
    /// <param name="bounds">Between which values the band is drawn.</param>
    public void Add(in ChartPoint point, in ValueBounds bounds)
    {
        var open = Open;
        if (_state.Open == open.Length)
        {
            Close(open, point.Nanoseconds, bounds);
            _state.Open = 0;
        }

        open[_state.Open++] = point;
        _state.Number++;
    }

    /// <summary>The last points, oldest first, with their band.</summary>
    /// <param name="bounds">Between which values the band is drawn.</param>
    public AlertPoint[] Read(in ValueBounds bounds)
    {
        if (IsEmpty) return [];
        var open = Open[.._state.Open];
        var segments = InOrder();
        var closed = Count(segments) * ChartSegment.Points;
        var skipped = Math.Max(0, closed + open.Length - _points);
        var all = new AlertPoint[closed + open.Length];
        for (var i = 0; i < open.Length; i++) all[closed + i] = open[i].Drawn(bounds);
        ReadSegments(segments, all.AsSpan(0, closed), open[0].Nanoseconds, bounds);
        // Whole segments that are not shown are none that a chart of fewer points would have.
        var partly = skipped % ChartSegment.Points;
        if (partly > 0 && !IsExact(segments, skipped / ChartSegment.Points, all.AsSpan(skipped)))
            skipped += ChartSegment.Points - partly;
        return all[skipped..];
    }

    /// <summary>Takes the newest of another chart's points.</summary>
    public void Take(in SeriesChart other)
    {
        ReadOnlySpan<byte> from = other.InOrder();
        while (from.Length > Segments.Length) from = from[ChartSegment.LengthOf(from)..];
        from.CopyTo(Segments);
        other.Open.CopyTo(Open);
        _state = other._state with { Used = (ushort)from.Length, First = 0 };
    }

    private Span<ChartPoint> Open =>
        MemoryMarshal.Cast<byte, ChartPoint>(_memory[..OpenBytes]);

    private Span<byte> Segments => _memory.Slice(OpenBytes, SegmentBytes(_points));

    /// <summary>Bytes of its segments.</summary>
    public static int SegmentBytes(int points) =>
        (points + ChartSegment.Points - 1) / ChartSegment.Points * ChartSegment.RegularBytes;

    private void Close(ReadOnlySpan<ChartPoint> open, long next, in ValueBounds bounds)
    {
        Span<byte> segment = stackalloc byte[ChartSegment.IrregularBytes];
        segment = segment[..ChartSegment.Write(open, next, bounds, segment)];
        // A ring, so that most of it need not come from memory.
        var ring = Segments;
        // A chart that is too short for one segment shows the points that are open.
        if (segment.Length > ring.Length) return;
        while (_state.Used + segment.Length > ring.Length)
        {
            var oldest = ChartSegment.LengthOf(ring[_state.First..]);
            _state.First = (ushort)((_state.First + oldest) % ring.Length);
            _state.Used -= (ushort)oldest;
        }

        var end = (_state.First + _state.Used) % ring.Length;
        var whole = Math.Min(segment.Length, ring.Length - end);
        segment[..whole].CopyTo(ring[end..]);
        segment[whole..].CopyTo(ring);
        _state.Used += (ushort)segment.Length;
    }

    private byte[] InOrder()
    {
        var ring = Segments;
        var all = new byte[_state.Used];
        var whole = Math.Min(all.Length, ring.Length - _state.First);
        ring.Slice(_state.First, whole).CopyTo(all);
        ring[..(all.Length - whole)].CopyTo(all.AsSpan(whole));
        return all;
    }

    private static int Count(ReadOnlySpan<byte> segments)
    {
        var count = 0;
        for (; !segments.IsEmpty; count++) segments = segments[ChartSegment.LengthOf(segments)..];
        return count;
    }

    // Each segment says how long after its first point the next one begins: times are known from the newest back.
    private static void ReadSegments(ReadOnlySpan<byte> segments, Span<AlertPoint> points, long end, in ValueBounds bounds)
    {
        var spans = 0L;
        for (var rest = segments; !rest.IsEmpty; rest = rest[ChartSegment.LengthOf(rest)..]) spans += ChartSegment.SpanOf(rest);
        var first = end - spans;
        for (var rest = segments; !rest.IsEmpty; rest = rest[ChartSegment.LengthOf(rest)..])
        {
            ChartSegment.Read(rest, first, bounds, points);
            first += ChartSegment.SpanOf(rest);
            points = points[ChartSegment.Points..];
        }
    }

    // A segment is as exact as its own range allows; what made that range may be shown no more.
    private static bool IsExact(ReadOnlySpan<byte> segments, int number, ReadOnlySpan<AlertPoint> shown)
    {
        for (; number > 0; number--) segments = segments[ChartSegment.LengthOf(segments)..];
        double low = double.PositiveInfinity, high = double.NegativeInfinity;
        foreach (ref readonly var point in shown)
        {
            if (double.IsFinite(point.Value)) (low, high) = (Math.Min(low, point.Value), Math.Max(high, point.Value));
            if (double.IsFinite(point.Lower)) (low, high) = (Math.Min(low, point.Lower), Math.Max(high, point.Upper));
        }

        return IsFine(ChartSegment.RangeOf(segments), high - low)
            && IsFine(ChartSegment.SpanOf(segments), (shown[^1].Time - shown[0].Time).Ticks * 100d);
    }

    // At both ends the error itself may be a part of what is seen.
    private static bool IsFine(double coded, double seen)
    {
        var error = coded / ChartSegment.Precision;
        return error * Drawn <= seen - (2 * error);
    }
}

/// <summary>How far a chart is filled.</summary>
internal struct ChartState
{
    /// <summary>Bytes of its segments.</summary>
    public ushort Used;

    /// <summary>Where in their ring the oldest begins.</summary>
    public ushort First;

    /// <summary>The number of its newest point, from 1; begins again after 65,535.</summary>
    public ushort Number;

    /// <summary>Points that are in no segment yet; 0 only where it has none.</summary>
    public byte Open;
}

/// <summary>A point of the chart.</summary>
/// <param name="Nanoseconds">Its time.</param>
/// <param name="Value">The value.</param>
/// <param name="Expected">Forecast for the sample, in the series' unit.</param>
/// <param name="HalfWidth">Half the width of the band about it.</param>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal readonly record struct ChartPoint(long Nanoseconds, float Value, float Expected, float HalfWidth)
{
    /// <summary>The point as it is drawn.</summary>
    public AlertPoint Drawn(in ValueBounds bounds) => new(new(Nanoseconds), Value, bounds.Clamp(Expected),
        bounds.Clamp(Expected - HalfWidth), bounds.Clamp(Expected + HalfWidth));
}
