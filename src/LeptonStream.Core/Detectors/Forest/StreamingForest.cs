using LeptonStream.State;
using MathNet.Numerics;

namespace LeptonStream.Detectors.Forest;

/// <summary>
/// An isolation forest (Liu, Ting and Zhou 2008) over the rows of one entity: at each time one value a metric, best the residuals of their
/// forecasts, all in one unit: about 1 in calm, and further out than 20 all are alike (<see cref="RowCode"/>). It remembers a decayed
/// sample of the rows and renews its trees one at a time, so that none of the rows pays for all of them. The score of a row is
/// 2^(−E(h)/E(c)): about 0.5 is ordinary, towards 1 is odd; 0 while it warms up.
/// </summary>
/// <remarks>
/// A missing feature (NaN, or beyond the end of the row) goes with the larger part of the remembered rows at every cut, so it can't make a
/// row odd. A feature that appears later widens the forest: older rows lack it, newer ones replace them as in a young forest, and it is cut
/// as soon as half of the remembered rows have it, after about as many rows as are remembered. Warm-up 127 rows (a quarter of the
/// remembered ones, then one tree a row). A row costs O(trees · log cuts) to score, and one row in sixteen (memory/2/trees) grows a tree
/// in O(rows · log cuts). Memory grows with what it learns: rows by doubling, trees with the first that is grown, both again when it
/// widens; after that nothing is allocated.
/// </remarks>
public sealed class StreamingForest
{
    /// <summary>The most features a row can have.</summary>
    public const int MaxFeatures = 64;

    // Rows of a tree whose leaves take a byte each.
    private const int RowsOfBytes = byte.MaxValue + 1;

    private readonly StreamingForestOptions _options;
    private readonly TreeBuilder _builder;
    private readonly RowReservoir _rows;
    private CompactTrees? _trees;
    private SplitMix64 _random;
    private int _learned;
    private int _grown;
    private int _next;
    private int _untilGrowth;
    private int _expected;

    /// <summary>An empty forest.</summary>
    /// <param name="options">Size, memory and seed. A copy restored from a snapshot needs the same to be equal.</param>
    /// <param name="builder">Grows the trees; the forests of a thread share one.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is not in its range.</exception>
    public StreamingForest(StreamingForestOptions options, TreeBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(builder);
        options.Check();
        (_options, _builder) = (options, builder);
        _rows = new(options.Rows, options.Memory);
        _random = new(options.Seed);
    }

    /// <summary>Whether it has warmed up.</summary>
    public bool IsReady => _grown == _options.Trees;

    /// <summary>Features of the widest row it has learned.</summary>
    public int Features => _rows.Features;

    /// <summary>Anomaly score of a row, 0 to 1. Changes nothing.</summary>
    /// <param name="row">One value a metric, always in the same places; NaN is a missing one. Features it hasn't learned yet don't
    /// count.</param>
    public double Score(ReadOnlySpan<float> row)
    {
        if (!IsReady || _trees is not { } trees || trees.Fetch() < 0) return 0;
        Span<sbyte> codes = stackalloc sbyte[MaxFeatures];
        RowCode.Encode(row, codes);
        return Math.Exp(-Constants.Ln2 * trees.Total(codes) / _expected);
    }

    /// <summary>Takes a row in. Called after <see cref="Score"/>, for rows that were found ordinary.</summary>
    /// <param name="row">One value a metric; longer than before where a metric has appeared. A row without any value is passed
    /// over.</param>
    /// <exception cref="ArgumentException">The row has more than <see cref="MaxFeatures"/> values.</exception>
    public void Learn(ReadOnlySpan<float> row)
    {
        if (row.Length > MaxFeatures)
            throw new ArgumentException($"{row.Length} features, at most {MaxFeatures} are possible", nameof(row));
        if (!row.ContainsAnyExcept(float.NaN)) return;
        _rows.Offer(row, ref _random);
        if (_learned < int.MaxValue) _learned++;
        if (_learned < _options.Rows / 4 || --_untilGrowth > 0) return;
        Grow();
    }

    /// <summary>
    /// How much each feature has to do with a row's score: shares that sum to 1 (<see cref="ForestAttribution"/>), or are 0 where the row
    /// has nothing in it.
    /// </summary>
    /// <param name="row">The row.</param>
    /// <param name="shares">One share a feature, 0 to 1; none for a missing one. As long as the row, at most
    /// <see cref="MaxFeatures"/>.</param>
    public void Explain(ReadOnlySpan<float> row, Span<double> shares)
    {
        if (row.Length != shares.Length) throw new ArgumentException($"{shares.Length} shares for {row.Length} features", nameof(shares));
        Span<sbyte> codes = stackalloc sbyte[MaxFeatures];
        Span<float> padded = stackalloc float[MaxFeatures];
        Span<double> all = stackalloc double[MaxFeatures];
        RowCode.Encode(row, codes);
        RowCode.Decode(codes, padded);
        var nodes = _builder.NodesOf(_options.Trees, _options.NodesOfTree);
        for (var tree = 0; tree < _grown; tree++) _trees!.Read(tree, nodes.Of(tree), nodes.LengthsOf(tree));
        ForestAttribution.Explain(nodes.All, nodes.Lengths, nodes.Roots[.._grown], padded, all);
        all[..shares.Length].CopyTo(shares);
    }

    /// <summary>Writes everything a bit-equal copy needs, but not the options.</summary>
    public void Save(StateWriter state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _rows.Save(state);
        state.Write((long)_random.State);
        state.Write(_learned);
        state.Write(_grown);
        state.Write(_next);
        state.Write(_untilGrowth);
        var nodes = _builder.NodesOf(_options.Trees, _options.NodesOfTree);
        for (var tree = 0; tree < _grown; tree++)
        {
            _trees!.Read(tree, nodes.Of(tree), nodes.LengthsOf(tree));
            TreeSnapshot.Save(state, nodes.Of(tree), nodes.LengthsOf(tree));
        }
    }

    /// <summary>
    /// Reads what <see cref="Save"/> wrote. Of a larger forest it keeps what fits, its first trees and as many of its rows; where one was
    /// smaller, it goes on growing.
    /// </summary>
    /// <exception cref="SnapshotCorruptException">The bytes are no such state of a forest with these options.</exception>
    public void Load(ref StateReader state)
    {
        _rows.Load(ref state, MaxFeatures);
        _random = new((ulong)state.ReadInt64());
        _learned = state.ReadCount(int.MaxValue);
        var written = state.ReadCount(StreamingForestOptions.MostTrees);
        _grown = Math.Min(written, _options.Trees);
        var next = state.ReadCount(StreamingForestOptions.MostTrees - 1);
        _next = _grown < _options.Trees ? _grown : next % _options.Trees;
        _untilGrowth = state.ReadCount(int.MaxValue);
        _expected = 0;
        _trees = _grown > 0 ? NewTrees() : null;
        var nodes = _builder.NodesOf(_options.Trees, _options.NodesOfTree);
        for (var number = 0; number < written; number++)
        {
            var tree = number % _options.Trees;
            TreeSnapshot.Load(ref state, nodes.Of(tree), nodes.RowsOf(tree), Features, Math.Max(_options.Rows, RowsOfBytes));
            if (number >= _grown) continue;
            _trees!.Put(tree, nodes.Of(tree), nodes.RowsOf(tree));
            _expected += ExpectedOf(_trees, tree);
        }
    }

    private void Grow()
    {
        _trees ??= NewTrees();
        _expected -= ExpectedOf(_trees, _next);
        var nodes = _builder.NodesOf(_options.Trees, _options.NodesOfTree);
        var count = _builder.Grow(_rows.Codes, Features, ref _random, nodes.Of(_next), nodes.LengthsOf(_next));
        _builder.CountRows(nodes.RowsOf(_next)[..count]);
        _trees.Put(_next, nodes.Of(_next), nodes.RowsOf(_next));
        _expected += ExpectedOf(_trees, _next);
        _next = _next + 1 == _options.Trees ? 0 : _next + 1;
        if (_grown < _options.Trees) _grown++;
        _untilGrowth = Wait();
    }

    private CompactTrees NewTrees() => new(_options.Trees, _options.Cuts, _options.Rows);

    private static int ExpectedOf(CompactTrees trees, int tree) => PathLength.Of(depth: 0, trees.RowsOf(tree));

    // One tree a row until all are there; then the forest is renewed whenever it has learned twice as much, later at an even pace.
    // The first wait is random: entities that began together would otherwise always grow their trees together.
    private int Wait()
    {
        if (!IsReady) return 1;
        var usual = Math.Clamp(_learned / (2 * _options.Trees), 1, _options.GrowEvery);
        return _next == 0 ? 1 + _random.Below(usual) : usual;
    }
}
