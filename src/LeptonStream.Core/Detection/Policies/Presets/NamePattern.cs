namespace LeptonStream.Detection.Policies.Presets;

/// <summary>Compares names of metrics: in small letters, all separators alike, <c>*</c> for any text.</summary>
internal sealed class NamePattern
{
    private readonly string[] _parts;

    /// <param name="plain">A plain name with at least one <c>*</c>.</param>
    public NamePattern(string plain) => _parts = plain.Split('*');

    /// <summary>The name in small letters, with <c>_</c> for <c>: . / -</c> and space.</summary>
    public static string Plain(string name) => string.Create(name.Length, name, (plain, from) =>
    {
        for (var i = 0; i < plain.Length; i++)
            plain[i] = from[i] is ':' or '.' or '/' or '-' or ' ' ? '_' : char.ToLowerInvariant(from[i]);
    });

    /// <summary>The plain name without <c>_total</c> behind it, or as it is.</summary>
    public static string WithoutTotal(string plain) => plain.EndsWith("_total", StringComparison.Ordinal) ? plain[..^6] : plain;

    /// <summary>
    /// The plain name without a statistic's ending (<c>_p99</c>, <c>_avg</c>, <c>_mean</c>, <c>_max</c>), or null where it has none.
    /// </summary>
    public static string? WithoutQuantile(string plain)
    {
        var split = plain.LastIndexOf('_');
        if (split <= 0) return null;
        var ending = plain.AsSpan(split + 1);
        var isQuantile = ending is "avg" or "mean" or "max"
            || (ending.Length is > 1 and < 6 && ending[0] == 'p' && !ending[1..].ContainsAnyExceptInRange('0', '9'));
        return isQuantile ? plain[..split] : null;
    }

    public bool Accepts(string plain)
    {
        if (!plain.StartsWith(_parts[0], StringComparison.Ordinal)) return false;
        var at = _parts[0].Length;
        for (var i = 1; i < _parts.Length - 1; i++)
        {
            var found = plain.IndexOf(_parts[i], at, StringComparison.Ordinal);
            if (found < 0) return false;
            at = found + _parts[i].Length;
        }

        return plain.Length - at >= _parts[^1].Length && plain.EndsWith(_parts[^1], StringComparison.Ordinal);
    }
}
