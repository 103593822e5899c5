using System.Globalization;
using System.Text;

namespace LeptonStream.Notifier.Templates;

/// <summary>Texts and numbers as Go's source writes them.</summary>
internal static class GoText
{
    /// <summary>The text between quotes, its escapes read; null where one is none.</summary>
    public static string? Unquote(string inside)
    {
        if (!inside.Contains('\\', StringComparison.Ordinal)) return inside;
        var text = new StringBuilder(inside.Length);
        for (var i = 0; i < inside.Length; i++)
        {
            if (inside[i] != '\\')
            {
                text.Append(inside[i]);
                continue;
            }

            if (++i >= inside.Length) return null;
            var digits = inside[i] switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
            if (digits > 0)
            {
                var hex = inside.AsSpan(i + 1, Math.Min(digits, inside.Length - i - 1));
                if (hex.Length < digits || !Rune.IsValid(int.TryParse(hex, NumberStyles.AllowHexSpecifier, null, out var code) ? code : -1))
                    return null;
                text.Append(new Rune(code).ToString());
                i += digits;
            }
            else if (Plain(inside[i]) is { } plain) text.Append(plain);
            else return null;
        }

        return text.ToString();
    }

    /// <summary>A whole number or one with a fraction; null where the text is neither.</summary>
    public static object? Number(string text)
    {
        var digits = text.Replace("_", "", StringComparison.Ordinal);
        if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            return long.TryParse(digits.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex) ? hex : null;
        }

        if (long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)) return whole;
        return double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? number : null;
    }

    /// <summary>A text in quotes, as <c>%q</c> writes it.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var letter in text)
        {
            quoted.Append(letter switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                < ' ' or '\x7F' => string.Create(CultureInfo.InvariantCulture, $"\\x{(int)letter:x2}"),
                _ => letter.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }

    private static char? Plain(char letter) => letter switch
    {
        'a' => '\a',
        'b' => '\b',
        'f' => '\f',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\v',
        '\\' or '"' or '\'' => letter,
        _ => null,
    };
}
