namespace LeptonStream.Drift;

/// <summary>
/// A sample and its reference counted in the same few cells, as the population stability index and the Jensen–Shannon divergence need it:
/// tenths of the reference, or its frequent categories. So few cells keep enough values in each, whatever bins a producer has.
/// </summary>
internal sealed class CellShares
{
    // Deciles, as is usual for the population stability index.
    private const int Tenths = 10;

    // A category with less than a hundredth of the reference is one of the others, and so are all behind the first nineteen.
    private const double MinShare = 0.01;
    private const int MaxCategories = 19;

    private readonly double[] _sample;
    private readonly double[] _reference;
    private readonly string[]? _names;
    private readonly double[] _cuts;

    private CellShares(double[] sample, double[] reference, string[]? names, double[] cuts) =>
        (_sample, _reference, _names, _cuts, SampleCount, ReferenceCount) =
            (sample, reference, names, cuts, TotalOf(sample), TotalOf(reference));

    /// <summary>Values of the sample in each cell.</summary>
    public ReadOnlySpan<double> Sample => _sample;

    /// <summary>Values of the reference in each cell.</summary>
    public ReadOnlySpan<double> Reference => _reference;

    /// <summary>Values of the sample in all cells.</summary>
    public double SampleCount { get; }

    /// <summary>Values of the reference in all cells.</summary>
    public double ReferenceCount { get; }

    /// <summary>
    /// 1/n + 1/m, the variance that chance gives the difference of two shares, times one less than the number of cells with a value.
    /// </summary>
    public double Noise
    {
        get
        {
            var cells = 0;
            for (var i = 0; i < _sample.Length; i++)
                if (_sample[i] + _reference[i] > 0) cells++;
            return (cells - 1) * ((1 / SampleCount) + (1 / ReferenceCount));
        }
    }

    /// <summary>
    /// Cuts both at the tenths of the reference, each at the edge behind it: within a cell of a histogram values are not known, and chance
    /// would look smaller than it is. A value that is frequent by itself gets a cell of its own.
    /// </summary>
    public static CellShares OfTenths(Histogram sample, Histogram reference)
    {
        var cuts = new List<double>(2 * Tenths);
        for (var tenth = 1; tenth < Tenths; tenth++)
        {
            var cut = reference.EdgeBehind(tenth / (double)Tenths);
            Add(cuts, reference.ShareBelow(cut) - reference.ShareBelow(Math.BitDecrement(cut)) > MinShare ? Math.BitDecrement(cut) : cut);
            Add(cuts, cut);
        }

        return new(CountsOf(sample, cuts), CountsOf(reference, cuts), null, [.. cuts]);
    }

    /// <summary>Counts the frequent categories of the reference, and all others together.</summary>
    public static CellShares OfCategories(CategoryCounts sample, CategoryCounts reference)
    {
        string[] names = [.. reference.Names
            .Where(name => reference[name] >= MinShare * reference.Count)
            .OrderByDescending(name => reference[name]).ThenBy(name => name, StringComparer.Ordinal)
            .Take(MaxCategories)];
        return new(CountsOf(sample, names), CountsOf(reference, names), names, []);
    }

    /// <summary>The cells whose shares moved most, in the order of their part in the population stability index.</summary>
    /// <param name="most">How many of them.</param>
    public IReadOnlyList<DriftMove> Moves(int most)
    {
        var terms = new double[_sample.Length];
        StabilityIndex.Terms(this, terms);
        return [.. Enumerable.Range(0, terms.Length)
            .Where(cell => terms[cell] > 0)
            .OrderByDescending(cell => terms[cell])
            .Take(most)
            .Select(cell => MoveOf(cell, _reference[cell] / ReferenceCount, _sample[cell] / SampleCount))];
    }

    private DriftMove MoveOf(int cell, double before, double after)
    {
        if (_names is not null) return DriftMove.OfCategory(cell < _names.Length ? _names[cell] : null, before, after);
        var (from, to) = (cell == 0 ? double.NegativeInfinity : _cuts[cell - 1], cell == _cuts.Length
            ? double.PositiveInfinity
            : _cuts[cell]);
        // The cell of a single value begins right below it.
        return DriftMove.OfRange(Math.BitIncrement(from) >= to ? to : from, to, before, after);
    }

    private static double TotalOf(double[] counts)
    {
        var total = 0.0;
        foreach (var count in counts) total += count;
        return total;
    }

    private static void Add(List<double> cuts, double cut)
    {
        if (cuts.Count == 0 || cut > cuts[^1]) cuts.Add(cut);
    }

    private static double[] CountsOf(Histogram histogram, List<double> cuts)
    {
        var counts = new double[cuts.Count + 1];
        var before = 0.0;
        for (var i = 0; i < cuts.Count; i++)
        {
            var share = histogram.ShareBelow(cuts[i]);
            counts[i] = (share - before) * histogram.Count;
            before = share;
        }

        counts[^1] = (1 - before) * histogram.Count;
        return counts;
    }

    private static double[] CountsOf(CategoryCounts counts, string[] names)
    {
        var all = new double[names.Length + 1];
        var others = counts.Count;
        for (var i = 0; i < names.Length; i++) others -= all[i] = counts[names[i]];
        all[^1] = Math.Max(0, others);
        return all;
    }
}
