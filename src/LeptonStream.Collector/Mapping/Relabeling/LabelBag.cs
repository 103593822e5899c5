using LeptonStream.Series;

namespace LeptonStream.Collector.Mapping.Relabeling;

/// <summary>Labels while rules change them: few, so they are looked through. An empty value is no label.</summary>
public sealed class LabelBag
{
    /// <summary>The label that holds the metric's name, as in Prometheus.</summary>
    public const string NameLabel = "__name__";

    private readonly List<KeyValuePair<string, string>> _pairs = [];

    /// <summary>The labels, in the order in which they came.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Pairs => _pairs;

    /// <summary>The value of a label; empty where there is none. Setting it to the empty text takes the label away.</summary>
    public string this[string name]
    {
        get
        {
            foreach (var (other, value) in _pairs)
                if (string.Equals(other, name, StringComparison.Ordinal)) return value;
            return "";
        }

        set
        {
            ArgumentNullException.ThrowIfNull(value);
            (name, value) = (WellFormed(name), WellFormed(value));
            var at = _pairs.FindIndex(pair => string.Equals(pair.Key, name, StringComparison.Ordinal));
            if (value.Length == 0)
            {
                if (at >= 0) _pairs.RemoveAt(at);
            }
            else if (at >= 0) _pairs[at] = new(name, value);
            else _pairs.Add(new(name, value));
        }
    }

    // A group of a rule may hold half of a character beyond U+FFFF, which no message can.
    private static string WellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1])) i++;
            else if (char.IsSurrogate(text[i])) return string.Concat(text.EnumerateRunes());
        }

        return text;
    }

    /// <summary>Takes away the labels of some names.</summary>
    public void RemoveWhere(Predicate<string> isGone) => _pairs.RemoveAll(pair => isGone(pair.Key));

    /// <summary>An independent copy.</summary>
    public LabelBag Copy()
    {
        var copy = new LabelBag();
        copy._pairs.AddRange(_pairs);
        return copy;
    }

    /// <summary>The labels without those that begin with two underscores, which are for rules alone.</summary>
    public LabelSet ToLabels() => LabelSet.Of(_pairs.Where(pair => !pair.Key.StartsWith("__", StringComparison.Ordinal)));

    /// <summary>As Prometheus writes a series: <c>up{job="a"}</c>.</summary>
    public override string ToString() => $"{this[NameLabel]}{(ToLabels() is { Count: > 0 } labels ? labels.ToString() : "")}";
}
