using System.Runtime.InteropServices;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Store;
using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Detection.Lifecycle;

/// <summary>
/// Finds where the change began that opened an alert: an alert needs evidence, and until it has it the forecast has learned some of the
/// change. It keeps those of the charted points, as they are, that may yet be the onset: one that left its band, until so many points since
/// lie elsewhere that it can't be; and while an alert is pending all points, whose first gives the band where none left it for good.
/// </summary>
internal struct ChangeOnset
{
    // So large a share of the points since must lie on the same side, by half a band at least.
    private const double Lasting = 0.8;
    private const double OnSide = 0.5;

    private Candidate[]? _candidates;
    private int _count;

    /// <summary>Takes the point that was charted just now.</summary>
    /// <param name="chart">The chart, with the point; <paramref name="before"/> is the one before it.</param>
    /// <param name="before">The point before it; of no meaning where it is the first.</param>
    /// <param name="isPending">Whether an alert is pending, of the series or of its entity.</param>
    /// <param name="plan">Length and bounds of the chart.</param>
    public void Follow(in NumberedPoint chart, in ChartPoint before, bool isPending, OnsetPlan plan)
    {
        var side = SideOf(chart.Point, plan.Bounds);
        if (_count == 0 && side == 0 && !isPending) return;
        // An alert became pending by the point before at the earliest.
        if (isPending && chart.HasBefore && (_count == 0 || _candidates![_count - 1].Number != chart.NumberBefore))
            Add(new(before, chart.NumberBefore, side: 0), plan);
        Advance(chart, isPending, plan);
        var added = new Candidate(chart.Point, chart.Number, side);
        added.Take(chart.Point.Value, plan);
        if (added.Side != 0 || isPending) Add(added, plan);
        else if (_count == 0) Clear(plan);
    }

    /// <summary>The earliest point that left its band and from which the series has not come back.</summary>
    /// <param name="newest">The newest point, that of the sample that opened the alert.</param>
    /// <param name="pending">Time at which the alert became pending.</param>
    /// <param name="plan">Length and bounds of the chart.</param>
    /// <returns>The onset, and the band expected there.</returns>
    public readonly (Timestamp Onset, ExpectedBand Band) Find(in NumberedPoint newest, Timestamp pending, OnsetPlan plan)
    {
        var fallback = newest.Point;
        var isFound = false;
        foreach (ref readonly var candidate in _candidates.AsSpan(0, _count))
        {
            var point = candidate.Point;
            if (!isFound && point.Nanoseconds >= pending.UnixNanoseconds) (fallback, isFound) = (point, true);
            var length = candidate.LengthTo(newest.Number);
            if (candidate.Side == 0 || length > plan.Points || length - candidate.Away < Lasting * length) continue;
            var band = BandOf(point, plan.Bounds);
            if (candidate.Side * (newest.Point.Value - band.Expected) > band.HalfWidth)
                return (Timestamp.Earlier(new(point.Nanoseconds), pending), band);
        }

        return (pending, BandOf(fallback, plan.Bounds));
    }

    /// <summary>Leaves out the points that a chart of another length does not show.</summary>
    public void Fit(ushort newest, OnsetPlan plan)
    {
        var kept = 0;
        foreach (ref readonly var candidate in _candidates.AsSpan(0, _count))
            if (candidate.LengthTo(newest) <= plan.Points) _candidates![kept++] = candidate;
        _count = kept;
    }

    /// <summary>Forgets all, and gives its memory back.</summary>
    public void Clear(OnsetPlan plan)
    {
        if (_candidates is { } held) plan.Memory.Return(held);
        (_candidates, _count) = (null, 0);
    }

    /// <summary>Writes everything a bit-equal copy needs.</summary>
    public readonly void Save(StateWriter state)
    {
        state.Write(_count);
        state.WriteRaw(MemoryMarshal.AsBytes<Candidate>(_candidates.AsSpan(0, _count)));
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="SnapshotCorruptException">The bytes are no such state.</exception>
    public void Load(ref StateReader state, OnsetPlan plan)
    {
        Clear(plan);
        var count = state.ReadCount(plan.Points);
        if (count == 0) return;
        _candidates = plan.Memory.Rent(count);
        _count = count;
        state.ReadRaw(_candidates.AsSpan(0, count));
    }

    // Each takes the point into account; those that can't be the onset any more go.
    private void Advance(in NumberedPoint chart, bool isPending, OnsetPlan plan)
    {
        var kept = 0;
        var all = _candidates.AsSpan(0, _count);
        foreach (ref var candidate in all)
        {
            if (candidate.LengthTo(chart.Number) > plan.Points) continue;
            candidate.Take(chart.Point.Value, plan);
            if (candidate.Side == 0 && !isPending) continue;
            all[kept++] = candidate;
        }

        _count = kept;
    }

    private void Add(in Candidate candidate, OnsetPlan plan)
    {
        if (_candidates is null) _candidates = plan.Memory.Rent(1);
        else if (_count == _candidates.Length)
        {
            var more = plan.Memory.Rent(_count + 1);
            _candidates.AsSpan(0, _count).CopyTo(more);
            plan.Memory.Return(_candidates);
            _candidates = more;
        }

        _candidates[_count++] = candidate;
    }

    // 1 above its band, −1 below, 0 within it or where there is none.
    private static sbyte SideOf(in ChartPoint point, in ValueBounds bounds)
    {
        double value = point.Value;
        return value > bounds.Clamp(point.Expected + point.HalfWidth) ? (sbyte)1
            : value < bounds.Clamp(point.Expected - point.HalfWidth) ? (sbyte)-1 : (sbyte)0;
    }

    private static ExpectedBand BandOf(in ChartPoint point, in ValueBounds bounds)
    {
        var expected = bounds.Clamp(point.Expected);
        return new(expected, bounds.Clamp(point.Expected + point.HalfWidth) - expected);
    }

    /// <summary>A point that may be the onset.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    internal struct Candidate(in ChartPoint point, ushort number, sbyte side)
    {
        public readonly ChartPoint Point = point;
        public readonly ushort Number = number;

        /// <summary>The side on which it left its band; 0 where it did not, or came back.</summary>
        public sbyte Side = side;

        /// <summary>Points since that do not lie on its side.</summary>
        public byte Away;

        /// <summary>How many points there are from it to another.</summary>
        public readonly int LengthTo(ushort number) => (ushort)(number - Number) + 1;

        /// <summary>Takes a value into account, that of the point itself first.</summary>
        public void Take(double value, OnsetPlan plan)
        {
            if (Side == 0) return;
            var band = BandOf(Point, plan.Bounds);
            if (Side * (value - band.Expected) >= OnSide * band.HalfWidth) return;
            if (plan.Points - ++Away < Lasting * plan.Points) Side = 0;
        }
    }
}

/// <summary>A charted point with its number.</summary>
/// <param name="Point">The point.</param>
/// <param name="Number">Its number; begins again after 65,535.</param>
/// <param name="HasBefore">Whether there is one before it.</param>
internal readonly record struct NumberedPoint(ChartPoint Point, ushort Number, bool HasBefore)
{
    /// <summary>The number of the one before it.</summary>
    public ushort NumberBefore => (ushort)(Number - 1);
}
