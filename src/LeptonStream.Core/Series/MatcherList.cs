using System.Text;
using System.Text.RegularExpressions;

namespace LeptonStream.Series;

/// <summary>
/// Several matchers in one text, as an entry of Alertmanager's <c>matchers</c> holds them: <c>{severity="critical", model=~"llama.*"}</c>.
/// </summary>
/// <remarks>
/// Alertmanager has two grammars and so has this: the classic one, in which nothing need be quoted, has the word; a text that it does not
/// take (names in quotes or beyond ASCII) is read by the newer one (<see cref="QuotedMatchers"/>).
/// </remarks>
public static partial class MatcherList
{
    private const string Form = "write name=value, name!=value, name=~\"regex\" or name!~\"regex\"";

    /// <summary>Reads the text.</summary>
    /// <param name="text">None, one or several matchers with commas between, in braces or not.</param>
    /// <param name="matchers">The matchers; empty where the text is wrong.</param>
    /// <param name="error">Null, or what is wrong.</param>
    public static bool TryRead(string text, out IReadOnlyList<Matcher> matchers, out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (TryReadClassic(text, out matchers, out error)) return true;
        if (QuotedMatchers.Read(text) is not { } quoted) return false;
        (matchers, error) = (quoted, null);
        return true;
    }

    private static bool TryReadClassic(string text, out IReadOnlyList<Matcher> matchers, out string? error)
    {
        var read = new List<Matcher>();
        (matchers, error) = ([], null);
        foreach (var part in Split(text))
        {
            var found = ClassicForm().Match(part);
            if (!found.Success || Unescape(found.Groups["value"].Value) is not { } value)
            {
                error = $"'{part.Trim()}' is no matcher: {Form}";
                return false;
            }

            try
            {
                read.Add(Matcher.Of(found.Groups["name"].Value, Matcher.OperatorOf(found.Groups["op"].Value), value));
            }
            catch (ArgumentException wrong)
            {
                error = $"'{part.Trim()}': the regular expression is invalid: {wrong.Message}";
                return false;
            }
        }

        matchers = read;
        return true;
    }

    // At the commas outside quotes. A brace at either end is dropped, and so is a last comma.
    private static List<string> Split(string text)
    {
        if (text.StartsWith('{')) text = text[1..];
        if (text.EndsWith('}')) text = text[..^1];
        var (parts, start, isQuoted, isEscaped) = (new List<string>(), 0, false, false);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == ',' && !isQuoted)
            {
                parts.Add(text[start..i]);
                start = i + 1;
            }
            else if (text[i] == '"' && !isEscaped) isQuoted = !isQuoted;

            isEscaped = text[i] == '\\' && !isEscaped;
        }

        if (text[start..].Trim().Length > 0) parts.Add(text[start..]);
        return parts;
    }

    // Null where a quote stands anywhere but around the whole value. A backslash before anything else stands for itself.
    private static string? Unescape(string raw)
    {
        var isQuoted = raw.StartsWith('"');
        if (isQuoted) raw = raw[1..];
        var value = new StringBuilder(raw.Length);
        for (var i = 0; i < raw.Length; i++)
        {
            if (raw[i] == '\\' && i + 1 < raw.Length)
            {
                i++;
                if (raw[i] is 'n') value.Append('\n');
                else if (raw[i] is '"' or '\\') value.Append(raw[i]);
                else value.Append('\\').Append(raw[i]);
            }
            else if (raw[i] == '"')
            {
                if (!isQuoted || i + 1 < raw.Length) return null;
                isQuoted = false;
            }
            else value.Append(raw[i]);
        }

        return isQuoted ? null : value.ToString();
    }

    [GeneratedRegex(@"^[\t\n\f\r ]*(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)[\t\n\f\r ]*(?<op>=~|=|!=|!~)[\t\n\f\r ]*(?<value>.*?)[\t\n\f\r ]*\z",
        RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex ClassicForm();
}
