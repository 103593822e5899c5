namespace LeptonStream.Explanations;

/// <summary>Parts of the texts of drift that are the same in every language.</summary>
internal static class DriftText
{
    private const int MaxName = 40;

    /// <summary>The name of a category, cut where it is long.</summary>
    public static string Short(string name)
    {
        if (name.Length <= MaxName) return name;
        // Between the halves of a pair there is no character.
        var length = char.IsHighSurrogate(name[MaxName - 2]) ? MaxName - 2 : MaxName - 1;
        return string.Concat(name.AsSpan(0, length), "…");
    }
}
