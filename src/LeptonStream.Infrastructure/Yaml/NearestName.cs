namespace LeptonStream.Yaml;

/// <summary>Finds the name that somebody may have meant who wrote one that is not known.</summary>
public static class NearestName
{
    // Shorter beginnings fit too many names.
    private const int ShortestBegin = 3;

    /// <summary>The words that follow an error: <c> (did you mean 'rules'?)</c>; empty where no name is near.</summary>
    /// <param name="written">The name as it is written.</param>
    /// <param name="known">The names that are known.</param>
    public static string Hint(string written, IEnumerable<string> known) =>
        Of(written, known) is { } near ? $" (did you mean '{near}'?)" : "";

    /// <summary>The only name that begins so, or the nearest, where at most a third of the letters differ; else null.</summary>
    /// <inheritdoc cref="Hint"/>
    public static string? Of(string written, IEnumerable<string> known)
    {
        ArgumentNullException.ThrowIfNull(written);
        ArgumentNullException.ThrowIfNull(known);
        // No name is that long.
        if (written.Length is 0 or > 60) return null;
        string[] names = [.. known];
        string[] longer = [.. names.Where(name => Plain(name).StartsWith(Plain(written), StringComparison.Ordinal))];
        if (written.Length >= ShortestBegin && longer is [var only]) return only;
        var (near, changes) = names.Select(name => (Name: name, Changes: Distance(written, name)))
            .OrderBy(one => one.Changes).ThenBy(one => one.Name, StringComparer.Ordinal).FirstOrDefault();
        return near is not null && changes <= Math.Max(1, written.Length / 3) ? near : null;
    }

    // Letters to add, remove or replace, and neighbours to swap; capitals and the kind of dash do not count.
    private static int Distance(string one, string other)
    {
        var (a, b) = (Plain(one), Plain(other));
        var changes = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) changes[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) changes[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = changes[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                var least = Math.Min(Math.Min(changes[i - 1, j], changes[i, j - 1]) + 1, replaced);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) least = Math.Min(least, changes[i - 2, j - 2] + 1);
                changes[i, j] = least;
            }

        return changes[a.Length, b.Length];
    }

    private static string Plain(string name) => name.ToUpperInvariant().Replace('-', '_');
}
