using System.Collections;
using System.Text;

namespace LeptonStream.Series;

/// <summary>An immutable set of labels, sorted by name (ordinal), names unique. Equal sets are equal in any order of input.</summary>
public sealed class LabelSet : IReadOnlyList<KeyValuePair<string, string>>, IEquatable<LabelSet>
{
    /// <summary>No labels.</summary>
    public static readonly LabelSet Empty = new([]);

    private readonly KeyValuePair<string, string>[] _pairs;

    private LabelSet(KeyValuePair<string, string>[] sorted) => _pairs = sorted;

    /// <inheritdoc/>
    public int Count => _pairs.Length;

    /// <inheritdoc/>
    public KeyValuePair<string, string> this[int index] => _pairs[index];

    /// <summary>The value of a label, or null where the set has none of that name.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (var pair in _pairs)
                if (string.Equals(pair.Key, name, StringComparison.Ordinal)) return pair.Value;
            return null;
        }
    }

    /// <summary>Makes a set of any pairs; where a name occurs twice the last value wins, an empty value means "no such label".</summary>
    public static LabelSet Of(IEnumerable<KeyValuePair<string, string>> pairs)
    {
        var sorted = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in pairs)
        {
            if (value.Length == 0) sorted.Remove(name);
            else sorted[name] = value;
        }

        return sorted.Count == 0 ? Empty : new LabelSet([.. sorted]);
    }

    /// <summary>Makes a set of name and value tuples; see <see cref="Of(IEnumerable{KeyValuePair{string, string}})"/>.</summary>
    public static LabelSet Of(params (string Name, string Value)[] pairs) => Of(pairs.Select(p => KeyValuePair.Create(p.Name, p.Value)));

    /// <summary>This set with more labels added or replaced.</summary>
    public LabelSet With(params (string Name, string Value)[] more) =>
        Of(_pairs.Concat(more.Select(p => KeyValuePair.Create(p.Name, p.Value))));

    /// <inheritdoc/>
    public bool Equals(LabelSet? other)
    {
        if (other is null || other._pairs.Length != _pairs.Length) return false;
        for (var i = 0; i < _pairs.Length; i++)
            if (_pairs[i].Key != other._pairs[i].Key || _pairs[i].Value != other._pairs[i].Value) return false;
        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as LabelSet);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var (name, value) in _pairs) { hash.Add(name, StringComparer.Ordinal); hash.Add(value, StringComparer.Ordinal); }
        return hash.ToHashCode();
    }

    /// <summary>Prometheus notation: <c>{instance="gpu-7",job="train"}</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder("{");
        foreach (var (name, value) in _pairs)
        {
            if (text.Length > 1) text.Append(',');
            text.Append(name).Append("=\"").Append(value.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n")).Append('"');
        }

        return text.Append('}').ToString();
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => ((IEnumerable<KeyValuePair<string, string>>)_pairs).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
