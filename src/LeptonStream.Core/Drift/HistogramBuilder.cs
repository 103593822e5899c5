namespace LeptonStream.Drift;

/// <summary>Makes a <see cref="Histogram"/> of the forms in which producers sum up numbers. Cells without mass are left out.</summary>
public sealed class HistogramBuilder
{
    private readonly List<double> _edges = [];
    private readonly List<double> _below = [];

    /// <summary>Adds values that lie evenly between two edges. Cells are added in ascending order.</summary>
    /// <param name="lower">Finite; one below the last edge counts as that.</param>
    /// <param name="upper">Finite, not below <paramref name="lower"/>.</param>
    /// <param name="mass">Number of values, from 0.</param>
    public HistogramBuilder Add(double lower, double upper, double mass)
    {
        if (mass <= 0) return this;
        if (_edges.Count == 0) Add(Math.Min(lower, Math.BitDecrement(upper)), 0);
        else if (lower > _edges[^1]) Add(lower, 0);
        if (upper > _edges[^1]) Add(upper, mass);
        else _below[^1] += mass;
        return this;
    }

    /// <summary>Adds values that are all the same.</summary>
    public HistogramBuilder AddPoint(double value, double mass) => Add(Math.BitDecrement(value), value, mass);

    /// <summary>The histogram; null where nothing has mass.</summary>
    /// <param name="count">The number of values where masses are shares of it; null where masses count values.</param>
    public Histogram? Build(double? count = null)
    {
        if (_below.Count == 0 || !(_below[^1] > 0) || count <= 0) return null;
        var factor = Distribution.SizeOf(_below[^1], count) / _below[^1];
        // Masses that are all but nothing can't be made a number of values.
        if (!double.IsFinite(factor)) return null;
        return Thinned(_edges, [.. _below.Select(mass => mass * factor)]);
    }

    /// <summary>Bins between declared bounds, and one beyond each end.</summary>
    /// <param name="bounds">Finite, strictly ascending, at least one.</param>
    /// <param name="counts">One more than bounds. The first counts the values up to the first bound, taken to lie at it; the last those
    /// above the last.</param>
    public static HistogramBuilder OfBins(IReadOnlyList<double> bounds, IReadOnlyList<double> counts)
    {
        ArgumentNullException.ThrowIfNull(bounds);
        ArgumentNullException.ThrowIfNull(counts);
        var cells = new HistogramBuilder().AddPoint(bounds[0], counts[0]);
        for (var i = 1; i < bounds.Count; i++) cells.Add(bounds[i - 1], bounds[i], counts[i]);
        return cells.Add(bounds[^1], Math.BitIncrement(bounds[^1]), counts[^1]);
    }

    /// <summary>
    /// A DDSketch: bucket <c>i</c> counts the values in (γ^(i−1), γ^i], those below 0 by their size (Masson, Rim and Lee 2019, Proc. VLDB
    /// 12, 2195).
    /// </summary>
    /// <param name="gamma">The ratio of a bucket's ends, above 1.</param>
    /// <param name="positive">The buckets above 0.</param>
    /// <param name="zero">Number of zeros.</param>
    /// <param name="negative">The buckets below 0.</param>
    public static HistogramBuilder OfSketch(double gamma, SketchBuckets positive, double zero, SketchBuckets negative)
    {
        var cells = new HistogramBuilder();
        for (var i = negative.Counts.Count - 1; i >= 0; i--)
            cells.Add(-Math.Pow(gamma, negative.Offset + i), -Math.Pow(gamma, negative.Offset + i - 1), negative.Counts[i]);
        cells.AddPoint(0, zero);
        for (var i = 0; i < positive.Counts.Count; i++)
            cells.Add(Math.Pow(gamma, positive.Offset + i - 1), Math.Pow(gamma, positive.Offset + i), positive.Counts[i]);
        return cells;
    }

    /// <summary>
    /// The centroids of a t-digest: half of each one's weight lies to either side, evenly up to the next, and the outer halves at the ends
    /// themselves (Dunning and Ertl 2019, arXiv 1902.04023).
    /// </summary>
    /// <param name="means">Finite, not descending, at least one.</param>
    /// <param name="weights">As many, from 0.</param>
    public static HistogramBuilder OfCentroids(IReadOnlyList<double> means, IReadOnlyList<double> weights)
    {
        ArgumentNullException.ThrowIfNull(means);
        ArgumentNullException.ThrowIfNull(weights);
        var cells = new HistogramBuilder().AddPoint(means[0], weights[0] / 2);
        for (var i = 1; i < means.Count; i++)
        {
            var mass = (weights[i - 1] + weights[i]) / 2;
            // The last one has a point of its own.
            if (means[i] > means[i - 1]) cells.Add(means[i - 1], means[i] < means[^1] ? means[i] : Math.BitDecrement(means[i]), mass);
            else cells.AddPoint(means[i], mass);
        }

        return cells.AddPoint(means[^1], weights[^1] / 2);
    }

    /// <summary>The histogram with at most <see cref="Distribution.MaxCells"/> cells: those with the least mass are joined.</summary>
    internal static Histogram Thinned(List<double> edges, List<double> below)
    {
        if (edges.Count <= Distribution.MaxCells + 1) return new([.. edges], [.. below]);
        var room = below[^1] / (Distribution.MaxCells - 2);
        var (keptEdges, keptBelow) = (new List<double> { edges[0] }, new List<double> { below[0] });
        for (var i = 1; i < edges.Count - 1; i++)
        {
            if (below[i] - keptBelow[^1] < room) continue;
            keptEdges.Add(edges[i]);
            keptBelow.Add(below[i]);
        }

        return new([.. keptEdges, edges[^1]], [.. keptBelow, below[^1]]);
    }

    private void Add(double edge, double mass)
    {
        _edges.Add(edge);
        _below.Add(_below.Count == 0 ? 0 : _below[^1] + mass);
    }
}

/// <summary>The buckets of one sign of a DDSketch.</summary>
/// <param name="Offset">The index of the first bucket.</param>
/// <param name="Counts">Their counts.</param>
public readonly record struct SketchBuckets(int Offset, IReadOnlyList<double> Counts)
{
    /// <summary>No buckets.</summary>
    public static readonly SketchBuckets None = new(0, []);
}
