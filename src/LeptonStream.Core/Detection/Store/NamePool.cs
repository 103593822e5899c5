using LeptonStream.Series;

namespace LeptonStream.Detection.Store;

/// <summary>One string for all that are equal, so that a name or a label which a thousand entities have is kept once.</summary>
/// <param name="most">Names that are known at a time; where there are more, all are forgotten and shared again from then on.</param>
internal sealed class NamePool(int most)
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>The string that is kept for a name.</summary>
    public string Share(string name)
    {
        if (_names.TryGetValue(name, out var known)) return known;
        if (_names.Count >= most) _names.Clear();
        _names.Add(name);
        return name;
    }

    /// <summary>A key of the strings that are kept for its parts.</summary>
    public SeriesKey Share(SeriesKey key) => new(Share(key.Model), Share(key.Metric),
        LabelSet.Of(key.Labels.Select(label => KeyValuePair.Create(Share(label.Key), Share(label.Value)))));
}
