namespace LeptonStream.Output;

/// <summary>The beginning of an id, as lists, lines and messages for people show it; commands that take ids take it, too.</summary>
public static class ShortId
{
    /// <summary>Characters that are shown at least: they name one id, but for a case in millions.</summary>
    public const int Shown = 8;

    /// <summary>The beginning of an id.</summary>
    /// <param name="id">The id.</param>
    /// <param name="length">Characters of it, from 1.</param>
    public static string Of(string id, int length = Shown)
    {
        ArgumentNullException.ThrowIfNull(id);
        return id.Length > length ? id[..length] : id;
    }
}
