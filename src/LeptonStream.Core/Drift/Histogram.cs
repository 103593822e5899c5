using LeptonStream.State;

namespace LeptonStream.Drift;

/// <summary>
/// A distribution of numbers as a distribution function that is linear between its edges: declared bins, a DDSketch and a t-digest all
/// become one. A mass at a single value is a cell as narrow as a double allows, so that no case needs another formula.
/// </summary>
public sealed class Histogram : Distribution
{
    // A normal distribution has so many standard deviations between its quartiles.
    private const double QuartilesOfNormal = 1.3489795003921634;

    private readonly double[] _edges;
    private readonly double[] _below;

    /// <summary>Makes it of its distribution function.</summary>
    /// <param name="edges">At least two, finite, strictly ascending.</param>
    /// <param name="below">The mass up to each edge, from 0 to the whole, which is above 0; not descending.</param>
    internal Histogram(double[] edges, double[] below)
        : base(below[^1]) => (_edges, _below) = (edges, below);

    /// <summary>The ends of its cells.</summary>
    public ReadOnlySpan<double> Edges => _edges;

    /// <summary>The mass up to each edge.</summary>
    internal ReadOnlySpan<double> Below => _below;

    internal override int Bytes => 16 * _edges.Length;

    /// <summary>The share of the values up to <paramref name="value"/>, 0 to 1.</summary>
    public double ShareBelow(double value)
    {
        var at = Array.BinarySearch(_edges, value);
        return ShareBefore(at < 0 ? ~at : at, value);
    }

    /// <summary>The value below which a share of the values lies.</summary>
    /// <param name="share">0 to 1.</param>
    public double Quantile(double share)
    {
        var mass = share * Count;
        var at = Array.BinarySearch(_below, mass);
        if (at < 0) at = ~at;
        if (at == 0) return _edges[0];
        if (at == _below.Length) return _edges[^1];
        var (low, high) = (_below[at - 1], _below[at]);
        // Within a single value there is nothing between its ends.
        return high > low && Math.BitIncrement(_edges[at - 1]) < _edges[at]
            ? Lerp(_edges[at - 1], _edges[at], (mass - low) / (high - low))
            : _edges[at];
    }

    /// <summary>The first edge up to which a share of the values lies.</summary>
    /// <param name="share">Above 0, below 1.</param>
    internal double EdgeBehind(double share)
    {
        // A sum of many counts may miss its tenth by its last digits.
        var mass = share * Count * (1 - 1e-9);
        var at = Array.FindIndex(_below, below => below >= mass);
        return _edges[at];
    }

    /// <summary>
    /// How far its values are from each other: the standard deviation of a normal distribution with its quartiles; where those are equal,
    /// that of its own; where that is 0, the size of its value, and at last 1. Above 0.
    /// </summary>
    public double Spread
    {
        get
        {
            var quartiles = (Quantile(0.75) - Quantile(0.25)) / QuartilesOfNormal;
            var smallest = 1e-9 * Math.Abs(Quantile(0.5));
            if (quartiles > smallest) return quartiles;
            var deviation = StandardDeviation();
            return deviation > smallest && deviation > 0 ? deviation : smallest > 0 ? smallest * 1e9 : 1;
        }
    }

    /// <summary>The share up to a value whose place is known.</summary>
    /// <param name="at">The number of the first edge that is not below the value.</param>
    /// <param name="value">The value.</param>
    internal double ShareBefore(int at, double value)
    {
        if (at == 0) return 0;
        if (at == _edges.Length) return 1;
        if (_edges[at] == value) return _below[at] / Count;
        var (low, high) = (_edges[at - 1], _edges[at]);
        return Lerp(_below[at - 1], _below[at], (value - low) / (high - low)) / Count;
    }

    internal override bool IsComparableWith(Distribution other) => other is Histogram;

    internal override DriftReading CompareWith(Distribution reference)
    {
        var other = (Histogram)reference;
        var cells = CellShares.OfTenths(this, other);
        return new(cells)
        {
            StabilityIndex = StabilityIndex.Corrected(cells),
            JensenShannon = JensenShannon.Corrected(cells),
            KolmogorovSmirnov = KolmogorovSmirnov.Scaled(this, other),
            Wasserstein = Wasserstein.Corrected(this, other),
        };
    }

    internal override Distribution MergeWith(double keep, Distribution newer)
    {
        var other = (Histogram)newer;
        var edges = new List<double>(_edges.Length + 2);
        var below = new List<double>(_edges.Length + 2);
        var walk = new EdgeWalk(this, other);
        while (walk.MoveNext())
        {
            edges.Add(walk.Edge);
            var mass = (keep * Count * walk.First) + (other.Count * walk.Second);
            // A rounding must not let it descend.
            below.Add(below.Count == 0 ? 0 : Math.Max(below[^1], mass));
        }

        return HistogramBuilder.Thinned(edges, below);
    }

    internal override void Save(StateWriter state)
    {
        state.Write(_edges.Length);
        state.Write(_edges);
        state.Write(_below);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="SnapshotCorruptException">The bytes are no histogram.</exception>
    internal static Histogram Load(ref StateReader state)
    {
        var length = state.ReadCount(MaxCells + 1);
        if (length < 2) throw new SnapshotCorruptException("a histogram without a cell");
        double[] edges = new double[length], below = new double[length];
        state.Read(edges);
        state.Read(below);
        for (var i = 0; i < length; i++)
        {
            var isNext = i == 0 ? below[0] == 0 : edges[i] > edges[i - 1] && below[i] >= below[i - 1];
            if (!isNext || !double.IsFinite(edges[i]) || !double.IsFinite(below[i]))
                throw new SnapshotCorruptException("a histogram that does not ascend");
        }

        return below[^1] > 0 ? new(edges, below) : throw new SnapshotCorruptException("a histogram of nothing");
    }

    private double StandardDeviation()
    {
        double mean = 0, squares = 0;
        for (var i = 1; i < _edges.Length; i++) mean += (_below[i] - _below[i - 1]) / Count * Middle(i);
        for (var i = 1; i < _edges.Length; i++)
        {
            var (away, width) = (Middle(i) - mean, _edges[i] - _edges[i - 1]);
            squares += (_below[i] - _below[i - 1]) / Count * ((away * away) + (width * width / 12));
        }

        return Math.Sqrt(squares);
    }

    private double Middle(int edge) => (_edges[edge - 1] / 2) + (_edges[edge] / 2);

    private static double Lerp(double from, double to, double part) => from + ((to - from) * part);
}
