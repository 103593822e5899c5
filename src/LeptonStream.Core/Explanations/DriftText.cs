namespace LeptonStream.Explanations;

/// <summary>Parts of the texts of drift that are the same in every language.</summary>
internal static class DriftText
{
    private const int MaxName = 40;

    /// <summary>The name of a category, cut where it is long.</summary>
    public static string Short(string name) => name.Length <= MaxName ? name : ShortText.Begin(name, MaxName - 1);
}
