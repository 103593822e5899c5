using System.Runtime.CompilerServices;
using LeptonStream.Detectors.Forest;
using LeptonStream.Samples;
using LeptonStream.Statistics;

namespace LeptonStream.Detectors;

/// <summary>
/// How thinly the place of the last values is populated: the mean over sixteen trees of max(0, −log₂ m). A point of two values (the newest
/// and the third before it), both in deviations of the series, falls through trees that halve a side of their space at every node; m is
/// r·2^k/ψ with r the number of the ψ = 250 points of the reference window that came through the node where the fall ends, and k its depth:
/// 1 where all is even. When the latest window is full it becomes the reference. Half-space trees of S. C. Tan, K. M. Ting and T. F. Liu,
/// IJCAI 2011; here the halves are the same for every series, drawn once from a seed, and logarithms are averaged: of shallow trees one
/// coarse cell would hide what the others see. Warm-up 250 samples. O(1), 2,048 bytes.
/// </summary>
public sealed class HalfSpaceTreesDetector : SeriesDetector<HalfSpaceTreesDetector.State>
{
    /// <summary>Its name in policies, events and docs.</summary>
    public const string RuleName = "half-space-trees";

    private const int Trees = 16;
    private const int Depth = 5;
    private const int Nodes = (1 << (Depth + 1)) - 1;
    private const int Inner = (1 << Depth) - 1;
    private const int Window = 250;
    private const int Enough = Window / 20;
    private const int Farthest = 3;
    private static readonly DetectorsTuning Tuning = DetectorsTuning.Default;
    private static readonly double Rate = 1 / Tuning.HalfSpaceTreesMemory;
    private static readonly double Reach = Tuning.HalfSpaceTreesReach;
    private static readonly int[] Lags = [0, Farthest];
    private static readonly Cut[] Cuts = Draw();

    /// <inheritdoc/>
    public override string Name => RuleName;

    /// <inheritdoc/>
    public override DetectorKind Kind => DetectorKind.Sharp;

    /// <inheritdoc/>
    public override bool IsOfValues => false;

    /// <inheritdoc/>
    protected override double Score(in Sample sample, in SeriesView view, in State state)
    {
        if (!state.HasReference || view.Window.Count < Farthest) return 0;
        Span<double> point = stackalloc double[Lags.Length];
        if (!PointOf(sample, view, state, point)) return 0;
        double sum = 0;
        // Half a point at the root stands for what was never seen.
        for (var tree = 0; tree < Trees; tree++) sum += Math.Max(0, -Math.Log2(MassAt(point, state.Reference, tree) + (0.5 / Window)));
        return sum / Trees;
    }

    /// <inheritdoc/>
    protected override void Learn(in Sample sample, in SeriesView view, ref State state)
    {
        Span<double> point = stackalloc double[Lags.Length];
        if (view.Window.Count >= Farthest && PointOf(sample, view, state, point))
        {
            for (var tree = 0; tree < Trees; tree++) AddTo(ref state.Latest, point, tree);
            if (++state.Taken == Window) Turn(ref state);
        }

        state.Level.Learn(sample.Value, Rate, state.Count);
        if (state.Count < int.MaxValue) state.Count++;
    }

    /// <inheritdoc/>
    protected override void Rebase(ref State state) => state = default;

    // The unit cube holds ten deviations to either side; what lies further lies at its edge.
    private static bool PointOf(in Sample sample, in SeriesView view, in State state, Span<double> point)
    {
        var scale = Math.Max(state.Level.Sigma, view.MinScale);
        if (scale <= 0) return false;
        for (var i = 0; i < point.Length; i++)
        {
            var value = Lags[i] == 0 ? sample.Value : view.Window[Lags[i] - 1];
            point[i] = 0.5 + (Math.Clamp((value - state.Level.Mean) / scale, -Reach, Reach) / (2 * Reach));
        }

        return true;
    }

    private static double MassAt(ReadOnlySpan<double> point, in Masses masses, int tree)
    {
        var node = 0;
        var depth = 0;
        // Where few came through, deeper nodes say nothing.
        while (depth < Depth && masses[(tree * Nodes) + node] > Enough)
        {
            node = Below(point, tree, node);
            depth++;
        }

        return masses[(tree * Nodes) + node] * (double)(1 << depth) / Window;
    }

    private static void AddTo(ref Masses masses, ReadOnlySpan<double> point, int tree)
    {
        var node = 0;
        for (var depth = 0; depth <= Depth; depth++)
        {
            masses[(tree * Nodes) + node]++;
            if (depth < Depth) node = Below(point, tree, node);
        }
    }

    private static int Below(ReadOnlySpan<double> point, int tree, int node)
    {
        ref readonly var cut = ref Cuts[(tree * Inner) + node];
        return (2 * node) + (point[cut.Side] < cut.At ? 1 : 2);
    }

    private static void Turn(ref State state)
    {
        state.Reference = state.Latest;
        state.Latest = default;
        state.Taken = 0;
        state.HasReference = true;
    }

    // Every tree looks at a space of its own, about a random centre and wide enough to hold the unit cube. The paper's spaces are wider,
    // and its trees, with 2¹⁵ leaves, too large here.
    private static Cut[] Draw()
    {
        var random = new SplitMix64(0x4853_5472_6565_7331);
        var cuts = new Cut[Trees * Inner];
        for (var tree = 0; tree < Trees; tree++)
        {
            var low = new double[Nodes * Lags.Length];
            var high = new double[Nodes * Lags.Length];
            for (var side = 0; side < Lags.Length; side++)
            {
                var center = 0.375 + (random.Unit() / 4);
                var reach = Math.Max(center, 1 - center);
                low[side] = center - reach;
                high[side] = center + reach;
            }

            for (var node = 0; node < Inner; node++)
            {
                var side = random.Below(Lags.Length);
                var at = (low[(node * Lags.Length) + side] + high[(node * Lags.Length) + side]) / 2;
                cuts[(tree * Inner) + node] = new(side, at);
                for (var child = (2 * node) + 1; child <= (2 * node) + 2; child++)
                {
                    Array.Copy(low, node * Lags.Length, low, child * Lags.Length, Lags.Length);
                    Array.Copy(high, node * Lags.Length, high, child * Lags.Length, Lags.Length);
                }

                high[(((2 * node) + 1) * Lags.Length) + side] = low[(((2 * node) + 2) * Lags.Length) + side] = at;
            }
        }

        return cuts;
    }

    // Which of the two values a node looks at, and where it halves.
    private readonly record struct Cut(int Side, double At);

    /// <summary>Its state of one series.</summary>
    public struct State
    {
        internal WeightedLevel Level;
        internal int Count;
        internal int Taken;
        internal bool HasReference;
        internal Masses Reference;
        internal Masses Latest;
    }

    /// <summary>Number of points that came through each node.</summary>
    [InlineArray(Trees * Nodes)]
    public struct Masses
    {
        private byte _first;
    }
}
