namespace LeptonStream.Storage;

/// <summary>Text from the outside on its way into a text column.</summary>
public static class SqlText
{
    /// <summary>PostgreSQL refuses U+0000 in text; it becomes the visible symbol for it, ␀ (U+2400), on every database alike.</summary>
    public static string Clean(string text) => text.Contains('\0', StringComparison.Ordinal) ? text.Replace('\0', '\u2400') : text;
}
