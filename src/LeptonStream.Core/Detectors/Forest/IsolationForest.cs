using System.Runtime.Intrinsics;

namespace LeptonStream.Detectors.Forest;

/// <summary>
/// Isolation forest (F. T. Liu, K. M. Ting, Z.-H. Zhou, Isolation forest, ICDM 2008): odd rows are cut off from the others by few random
/// cuts. The score of a row is 2^(−E(h)/c(ψ)): E(h) its mean path over the trees, c(ψ) the path to be expected among ψ rows. About 0.5 is
/// ordinary, towards 1 is odd. Deterministic for its seed. Not for two threads at once.
/// </summary>
/// <remarks>
/// A missing feature (NaN) goes, at every cut of it, with the larger part of the rows the tree was grown on, so it can't isolate a row.
/// Growing costs O(trees · ψ · log ψ), scoring a row O(trees · log ψ); batches are scored 512 rows at a time
/// (<see cref="BitSlicedScorer"/>), with the same bits.
/// </remarks>
public sealed class IsolationForest
{
    /// <summary>The most features a row can have.</summary>
    public const int MaxFeatures = 256;

    // Below it, the walk of each row is quicker than a block that is mostly empty.
    private const int FewRows = 24;

    private readonly ForestTrees _trees;
    private readonly double _exponent;
    private readonly int[] _totals = new int[BitSlicedScorer.BlockRows];
    private BitSlicedScorer? _blocks;

    private IsolationForest(ForestTrees trees, int sampleSize)
    {
        _trees = trees;
        _exponent = -Math.Log(2) / (PathLength.Average(sampleSize) * PathLength.Edge * trees.Count);
    }

    /// <summary>Features of a row.</summary>
    public int Features => _trees.Features;

    /// <summary>Grows a forest.</summary>
    /// <param name="rows">Rows one after another, at least two; any unit; NaN is a missing feature.</param>
    /// <param name="features">Features of a row, 1 to <see cref="MaxFeatures"/>.</param>
    /// <param name="options">Size and seed.</param>
    /// <exception cref="ArgumentException">The rows are no whole rows or fewer than two.</exception>
    public static IsolationForest Fit(ReadOnlySpan<float> rows, int features, ForestOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(features, MaxFeatures);
        if (rows.Length % features != 0 || rows.Length < 2 * features)
            throw new ArgumentException($"{rows.Length} values are not two or more rows of {features} features", nameof(rows));
        var sampleSize = Math.Min(options.SampleSize, rows.Length / features);
        return new(Grow(rows, features, sampleSize, options), sampleSize);
    }

    private static ForestTrees Grow(ReadOnlySpan<float> rows, int features, int sampleSize, ForestOptions options)
    {
        var builder = new TreeBuilder();
        var random = new SplitMix64(options.Seed);
        var offsets = new int[rows.Length / features];
        for (var i = 0; i < offsets.Length; i++) offsets[i] = i * features;
        var most = (2 * sampleSize) - 1;
        var nodes = new IsolationNode[options.Trees * most];
        var lengths = new ushort[nodes.Length];
        var roots = new int[options.Trees + 1];
        for (var tree = 0; tree < options.Trees; tree++)
        {
            var root = roots[tree];
            random.DrawFirst(offsets, sampleSize);
            roots[tree + 1] = root + builder.Grow(rows, offsets.AsSpan(0, sampleSize), features, ref random, nodes.AsSpan(root, most),
                lengths.AsSpan(root, most));
        }

        return new(nodes[..roots[^1]], lengths[..roots[^1]], roots, features, PathLength.HeightLimit(sampleSize));
    }

    /// <summary>
    /// The anomaly score of each row, from 0 (never cut off) to 1 (cut off at once). Allocates nothing after the first batch.
    /// </summary>
    /// <param name="rows">Rows one after another; NaN is a missing feature.</param>
    /// <param name="scores">One score a row.</param>
    /// <exception cref="ArgumentException">The rows are no whole rows, or not as many as scores.</exception>
    public void Score(ReadOnlySpan<float> rows, Span<double> scores)
    {
        if (rows.Length != scores.Length * Features)
            throw new ArgumentException($"{rows.Length} values are not {scores.Length} rows of {Features} features", nameof(rows));
        if (scores.Length < FewRows || !Vector128.IsHardwareAccelerated)
        {
            ScoreEach(rows, scores);
            return;
        }

        _blocks ??= new(_trees);
        while (scores.Length > 0)
        {
            var count = Math.Min(scores.Length, BitSlicedScorer.BlockRows);
            var totals = _totals.AsSpan(0, count);
            _blocks.Total(rows[..(count * Features)], totals);
            for (var i = 0; i < count; i++) scores[i] = ScoreOf(totals[i]);
            rows = rows[(count * Features)..];
            scores = scores[count..];
        }
    }

    /// <summary>The anomaly score of one row.</summary>
    public double Score(ReadOnlySpan<float> row)
    {
        var score = 0.0;
        Score(row, new Span<double>(ref score));
        return score;
    }

    /// <summary>The reference that blocks must equal: every row walks every tree.</summary>
    internal void ScoreEach(ReadOnlySpan<float> rows, Span<double> scores)
    {
        for (var i = 0; i < scores.Length; i++)
            scores[i] = ScoreOf(RowScorer.Total(_trees.Nodes, _trees.Lengths, _trees.Roots, _trees.Height,
                rows.Slice(i * Features, Features)));
    }

    /// <summary>
    /// How much each feature has to do with a row's score: shares that sum to 1 (<see cref="ForestAttribution"/>), or are 0 where the row
    /// has nothing in it.
    /// </summary>
    /// <param name="row">The row.</param>
    /// <param name="shares">One share a feature, 0 to 1.</param>
    public void Explain(ReadOnlySpan<float> row, Span<double> shares)
    {
        if (row.Length != Features || shares.Length != Features)
            throw new ArgumentException($"{row.Length} values and {shares.Length} shares, not {Features} features", nameof(row));
        ForestAttribution.Explain(_trees.Nodes, _trees.Lengths, _trees.Roots, row, shares);
    }

    private double ScoreOf(int total) => Math.Exp(total * _exponent);
}
