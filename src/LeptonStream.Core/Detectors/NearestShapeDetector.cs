using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using LeptonStream.Samples;

namespace LeptonStream.Detectors;

/// <summary>
/// How unlike anything before the recent course is: the root mean square distance, in deviations of the series, from the last eight values
/// (each three apart) to the nearest of 24 such courses that were kept as a sample of the past. The course at hand takes the place of a
/// random one with probability 24/n, at least 1/64 (reservoir sampling, J. S. Vitter 1985, with a floor so that the past fades).
/// Nearest-neighbour novelty after S. Ramaswamy, R. Rastogi and K. Shim, SIGMOD 2000. Each is kept to a 255th of its own range. Seeded and
/// deterministic. Warm-up 21 values and ten kept courses. O(192), 416 bytes.
/// </summary>
public sealed class NearestShapeDetector : SeriesDetector<NearestShapeDetector.State>
{
    /// <summary>Its name in policies, events and docs.</summary>
    public const string RuleName = "nearest-shape";

    private const int Lags = 8;
    private static readonly DetectorsTuning Tuning = DetectorsTuning.Default;
    private static readonly int Apart = Tuning.NearestShapeApart;
    private const int Kept = 24;
    private static readonly int MinKept = Tuning.NearestShapeWarmUp;
    private static readonly double MinChance = 1 / Tuning.NearestShapeMemory;
    private const double Farthest = 1 << 16;
    private const ulong Seed = 0x9E3779B97F4A7C15;

    /// <inheritdoc/>
    public override string Name => RuleName;

    /// <inheritdoc/>
    public override DetectorKind Kind => DetectorKind.Slow;

    /// <inheritdoc/>
    protected override double Score(in Sample sample, in SeriesView view, in State state)
    {
        if (state.Count < MinKept || view.MinScale <= 0) return NotYet;
        var shape = ShapeOf(sample, view, state.Anchor);
        var nearest = float.MaxValue;
        ReadOnlySpan<QuantizedHistory> courses = state.Courses;
        foreach (ref readonly var course in courses[..state.Count])
        {
            var difference = shape - course.Shape;
            nearest = Math.Min(nearest, SumOf(difference * difference));
        }

        return Math.Min(Math.Sqrt(nearest / (double)Lags) / view.MinScale, ScaledDifference.Max);
    }

    /// <inheritdoc/>
    protected override void Learn(in Sample sample, in SeriesView view, ref State state)
    {
        if (state.Seen == 0 && view.Window.Count == 0) state.Anchor = sample.Value;
        else if (Math.Abs(view.Window.Median - state.Anchor) > Farthest * view.MinScale) MoveAnchor(ref state, view.Window.Median);
        if (view.Window.Count < (Lags - 1) * Apart) return;
        if (state.Seen < long.MaxValue) state.Seen++;
        var place = state.Count;
        if (state.Count < Kept) state.Count++;
        else if (Draw(ref state) < Math.Max(MinChance, Kept / (double)state.Seen)) place = (int)(Draw(ref state) * Kept);
        else return;
        state.Courses[place] = QuantizedHistory.Of(ShapeOf(sample, view, state.Anchor));
    }

    // In an order of its own, so that the sum is the same with and without hardware for eight lanes.
    private static float SumOf(Vector256<float> lanes)
    {
        var four = lanes.GetLower() + lanes.GetUpper();
        return (four[0] + four[2]) + (four[1] + four[3]);
    }

    // Differences from the first value of the series: 24 bits are enough for them, and not for a level of a billion.
    private static Vector256<float> ShapeOf(in Sample sample, in SeriesView view, double anchor)
    {
        Span<float> shape = stackalloc float[Lags];
        shape[Lags - 1] = Near(sample.Value, anchor);
        for (var lag = 1; lag < Lags; lag++) shape[Lags - 1 - lag] = Near(view.Window[(lag * Apart) - 1], anchor);
        return Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(shape));
    }

    // The first value may have been of another kind than all others: measured from there, 24 bits would not tell them apart.
    private static void MoveAnchor(ref State state, double anchor)
    {
        var moved = Near(state.Anchor, anchor);
        state.Anchor = anchor;
        Span<QuantizedHistory> courses = state.Courses;
        foreach (ref var course in courses[..state.Count]) course.Shift(moved);
    }

    // Far below what would overflow when squared and summed.
    private static float Near(double value, double anchor) => (float)Math.Clamp(value - anchor, -1e18, 1e18);

    // xorshift64* (S. Vigna 2016); 0 is the state of a series that was never seen.
    private static double Draw(ref State state)
    {
        var x = state.Random == 0 ? Seed : state.Random;
        x ^= x >> 12;
        x ^= x << 25;
        x ^= x >> 27;
        state.Random = x;
        return ((x * 0x2545F4914F6CDD1D) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>Its state of one series.</summary>
    public struct State
    {
        internal double Anchor;
        internal ulong Random;
        internal long Seen;
        internal int Count;
        internal Reservoir Courses;
    }

    /// <summary>The kept courses, one behind the other.</summary>
    [InlineArray(Kept)]
    internal struct Reservoir
    {
        private QuantizedHistory _first;
    }
}
