namespace LeptonStream.Explanations;

/// <summary>Texts that are too long for their place.</summary>
public static class ShortText
{
    /// <summary>The beginning of a text and an ellipsis. No character of it is half: one beyond U+FFFF takes two places.</summary>
    /// <param name="text">The text, longer than that.</param>
    /// <param name="length">Places of the beginning, from 1; one less where the last would hold half a character.</param>
    public static string Begin(string text, int length)
    {
        ArgumentNullException.ThrowIfNull(text);
        return string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[length - 1]) ? length - 1 : length), "…");
    }
}
