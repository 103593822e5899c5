using LeptonStream.State;

namespace LeptonStream.Drift;

/// <summary>How often each of some names occurred: languages, classes, routes.</summary>
public sealed class CategoryCounts : Distribution
{
    // Bytes of a name beside its letters.
    private const int NameBytes = 48;

    private readonly string[] _names;
    private readonly double[] _counts;

    private CategoryCounts(string[] names, double[] counts)
        : base(counts.Sum()) => (_names, _counts) = (names, counts);

    /// <summary>Makes it of names, each once, and counts, from 0; null where all are 0.</summary>
    /// <param name="counts">At most <see cref="Distribution.MaxCells"/>.</param>
    /// <param name="count">The number of values where counts are shares of it; null where they count values.</param>
    public static CategoryCounts? Of(IReadOnlyCollection<KeyValuePair<string, double>> counts, double? count = null)
    {
        ArgumentNullException.ThrowIfNull(counts);
        KeyValuePair<string, double>[] seen = [.. counts.Where(one => one.Value > 0)];
        var sum = seen.Sum(one => one.Value);
        if (!(sum > 0) || count <= 0) return null;
        Array.Sort(seen, static (a, b) => string.CompareOrdinal(a.Key, b.Key));
        var factor = SizeOf(sum, count) / sum;
        // Counts that are all but nothing can't be made a number of values.
        if (!double.IsFinite(factor)) return null;
        return new([.. seen.Select(one => one.Key)], [.. seen.Select(one => one.Value * factor)]);
    }

    /// <summary>The names that occurred, in ordinal order.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>How often a name occurred; 0 for any other.</summary>
    public double this[string name] => Array.BinarySearch(_names, name, StringComparer.Ordinal) is >= 0 and var at ? _counts[at] : 0;

    internal override int Bytes => _names.Sum(name => NameBytes + (2 * name.Length));

    internal override bool IsComparableWith(Distribution other) => other is CategoryCounts;

    internal override DriftReading CompareWith(Distribution reference)
    {
        var cells = CellShares.OfCategories(this, (CategoryCounts)reference);
        return new(cells)
        {
            StabilityIndex = StabilityIndex.Corrected(cells),
            JensenShannon = JensenShannon.Corrected(cells),
        };
    }

    internal override Distribution MergeWith(double keep, Distribution newer)
    {
        var merged = new SortedDictionary<string, double>(StringComparer.Ordinal);
        for (var i = 0; i < _names.Length; i++) merged.Add(_names[i], keep * _counts[i]);
        var other = (CategoryCounts)newer;
        for (var i = 0; i < other._names.Length; i++)
            merged[other._names[i]] = merged.GetValueOrDefault(other._names[i]) + other._counts[i];
        return Of([.. merged.OrderByDescending(one => one.Value).Take(MaxCells)])!;
    }

    internal override void Save(StateWriter state)
    {
        state.Write(_names.Length);
        foreach (var name in _names) state.Write(name);
        state.Write(_counts);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="SnapshotCorruptException">The bytes are no categories.</exception>
    internal static CategoryCounts Load(ref StateReader state)
    {
        var names = new string[state.ReadCount(MaxCells)];
        var counts = new double[names.Length];
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = state.ReadName();
            if (i > 0 && string.CompareOrdinal(names[i - 1], names[i]) >= 0)
                throw new SnapshotCorruptException("categories in no order");
        }

        state.Read(counts);
        return counts.Length > 0 && counts.All(count => count > 0 && double.IsFinite(count))
            ? new(names, counts)
            : throw new SnapshotCorruptException("categories without a count");
    }
}
