using System.Globalization;
using System.Text;

namespace LeptonStream.Output;

/// <summary>Text of producers as logs, terminals and status records may show it.</summary>
public static class SafeText
{
    /// <summary>
    /// The text in one line: no name moves the cursor, forges a line or turns the direction of the text around it.
    /// </summary>
    /// <param name="text">A text from outside.</param>
    /// <param name="mark">Stands in place of each character that is left out.</param>
    public static string OneLine(string text, char mark = '\uFFFD')
    {
        ArgumentNullException.ThrowIfNull(text);
        var safe = new StringBuilder(text.Length);
        foreach (var letter in text.EnumerateRunes())
        {
            if (IsHarmless(letter)) safe.Append(letter.ToString());
            else safe.Append(mark);
        }

        return safe.ToString();
    }

    private static bool IsHarmless(Rune letter) => Rune.GetUnicodeCategory(letter) is not (UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
