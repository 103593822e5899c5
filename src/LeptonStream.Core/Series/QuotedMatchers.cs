using System.Globalization;
using System.Text;

namespace LeptonStream.Series;

/// <summary>
/// Alertmanager's newer grammar of matchers: names and values are words of any letters, or stand in double quotes with the escapes of a
/// Go string; braces come in pairs, and a value is never empty unless quoted.
/// </summary>
internal static class QuotedMatchers
{
    private const string Special = "{}!=~,\\\"'`";

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The matchers of a text, or null where it is wrong.</summary>
    public static IReadOnlyList<Matcher>? Read(string text)
    {
        var matchers = new List<Matcher>();
        var at = 0;
        var hasBrace = Take("{");
        while (!AtEnd())
        {
            if (Peek() == '}') break;
            if (Word() is not { Length: > 0 } name || Operator() is not { } sign || Word() is not { } value) return null;
            try
            {
                matchers.Add(Matcher.Of(name, Matcher.OperatorOf(sign), value));
            }
            catch (ArgumentException)
            {
                return null;
            }

            if (!Take(",")) break;
        }

        if (hasBrace != Take("}")) return null;
        return AtEnd() ? matchers : null;

        bool AtEnd()
        {
            while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
            return at == text.Length;
        }

        char Peek() => AtEnd() ? '\0' : text[at];

        bool Take(string sign)
        {
            if (AtEnd() || !text.AsSpan(at).StartsWith(sign, StringComparison.Ordinal)) return false;
            at += sign.Length;
            return true;
        }

        string? Operator() => Array.Find(["=~", "!~", "!=", "="], Take);

        string? Word()
        {
            if (Peek() == '"') return Quoted();
            var start = at;
            while (at < text.Length && !char.IsWhiteSpace(text[at]) && !Special.Contains(text[at])) at++;
            return at > start ? text[start..at] : null;
        }

        string? Quoted()
        {
            var start = ++at;
            for (; at < text.Length && text[at] != '"'; at++)
                if (text[at] == '\\') at++;
            if (at >= text.Length) return null;
            return Unquote(text[start..at++]);
        }
    }

    // The escapes of a Go string may name single bytes, which together must be UTF-8.
    private static string? Unquote(string quoted)
    {
        var bytes = new List<byte>(quoted.Length);
        for (var i = 0; i < quoted.Length;)
        {
            if (quoted[i] == '\n') return null;
            if (quoted[i] != '\\')
            {
                var length = char.IsSurrogatePair(quoted, i) ? 2 : 1;
                bytes.AddRange(Encoding.UTF8.GetBytes(quoted.Substring(i, length)));
                i += length;
                continue;
            }

            if (!Escape(quoted, ref i, bytes)) return null;
        }

        try
        {
            return Strict.GetString([.. bytes]);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static bool Escape(string quoted, ref int at, List<byte> bytes)
    {
        const string Letters = "abfnrtv\\\"";
        const string Meanings = "\a\b\f\n\r\t\v\\\"";
        var sign = quoted[at + 1];
        if (Letters.IndexOf(sign, StringComparison.Ordinal) is >= 0 and var letter)
        {
            bytes.Add((byte)Meanings[letter]);
            at += 2;
            return true;
        }

        var (digits, start, radix) = sign switch
        {
            'x' => (2, at + 2, 16),
            'u' => (4, at + 2, 16),
            'U' => (8, at + 2, 16),
            >= '0' and <= '7' => (3, at + 1, 8),
            _ => (0, at, 0),
        };
        if (digits == 0 || start + digits > quoted.Length || !TryNumber(quoted.AsSpan(start, digits), radix, out var number)) return false;
        at = start + digits;
        if (sign is 'x' or (>= '0' and <= '7'))
        {
            if (number > byte.MaxValue) return false;
            bytes.Add((byte)number);
            return true;
        }

        if (!Rune.IsValid(number)) return false;
        bytes.AddRange(Encoding.UTF8.GetBytes(new Rune(number).ToString()));
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<char> digits, int radix, out uint number)
    {
        if (radix == 16) return uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number);
        number = 0;
        foreach (var digit in digits)
        {
            if (digit is < '0' or > '7') return false;
            number = (number * 8) + (uint)(digit - '0');
        }

        return true;
    }
}
