using System.Text.RegularExpressions;

namespace LeptonStream.Series;

/// <summary>The four operators of a matcher, as in Prometheus and Alertmanager.</summary>
public enum MatchOperator
{
    /// <summary><c>=</c></summary>
    Equal = 0,

    /// <summary><c>!=</c></summary>
    NotEqual = 1,

    /// <summary><c>=~</c></summary>
    Matches = 2,

    /// <summary><c>!~</c></summary>
    NotMatches = 3,
}

/// <summary>
/// One condition on a label, in Alertmanager's notation: <c>severity=critical</c>, <c>model=~"llama.*"</c>.
/// Regular expressions match the whole value; they are of RE2's kind: no look-around, no back-references, and never slow. A label that is
/// missing equals the empty string.
/// </summary>
public sealed partial class Matcher
{
    private readonly Regex? _pattern;

    private Matcher(string name, MatchOperator @operator, string value)
    {
        Name = name;
        Operator = @operator;
        Value = value;
        if (@operator is MatchOperator.Matches or MatchOperator.NotMatches)
            _pattern = Pattern(value);
    }

    /// <summary>The label's name.</summary>
    public string Name { get; }

    /// <summary>The comparison.</summary>
    public MatchOperator Operator { get; }

    /// <summary>The text or the regular expression to compare with.</summary>
    public string Value { get; }

    /// <summary>Makes a matcher of its parts; fails on an invalid regular expression.</summary>
    /// <exception cref="ArgumentException">The value is no valid regular expression.</exception>
    public static Matcher Of(string name, MatchOperator @operator, string value) => new(name, @operator, value);

    /// <summary>Reads one matcher; the value may stand in double quotes with <c>\"</c>, <c>\\</c> and <c>\n</c> inside.</summary>
    public static bool TryParse(string text, out Matcher? matcher, out string? error)
    {
        matcher = null;
        var parts = Form().Match(text);
        if (!parts.Success)
        {
            error = $"'{text}' is no matcher: write name=value, name!=value, name=~\"regex\" or name!~\"regex\"";
            return false;
        }

        var value = parts.Groups["quoted"].Success
            ? Escape().Replace(parts.Groups["quoted"].Value, escape => escape.Value == "\\n" ? "\n" : escape.Value[1..])
            : parts.Groups["plain"].Value;
        var @operator = OperatorOf(parts.Groups["op"].Value);
        var name = parts.Groups["name"].Success ? parts.Groups["name"].Value : parts.Groups["qname"].Value;
        try
        {
            matcher = new Matcher(name, @operator, value);
            error = null;
            return true;
        }
        catch (ArgumentException wrong)
        {
            error = $"'{text}': the regular expression is invalid: {wrong.Message}";
            return false;
        }
    }

    /// <summary>The operator of a sign that is one.</summary>
    internal static MatchOperator OperatorOf(string sign) => sign switch
    {
        "=" => MatchOperator.Equal,
        "!=" => MatchOperator.NotEqual,
        "=~" => MatchOperator.Matches,
        _ => MatchOperator.NotMatches,
    };

    /// <summary>Whether the labels fulfil the condition.</summary>
    public bool Accepts(LabelSet labels)
    {
        var value = labels[Name] ?? "";
        return Operator switch
        {
            MatchOperator.Equal => string.Equals(value, Value, StringComparison.Ordinal),
            MatchOperator.NotEqual => !string.Equals(value, Value, StringComparison.Ordinal),
            MatchOperator.Matches => Fits(value),
            _ => !Fits(value),
        };
    }

    /// <summary>Alertmanager notation, the value in quotes, and the name where it must be.</summary>
    public override string ToString()
    {
        var sign = Operator switch { MatchOperator.Equal => "=", MatchOperator.NotEqual => "!=", MatchOperator.Matches => "=~", _ => "!~" };
        return $"{(Reserved().IsMatch(Name) ? Quote(Name) : Name)}{sign}{Quote(Value)}";
    }

    // A pattern comes from a person: it may be slow by accident, and one alert must not hold up the others. So: no backtracking.
    private static Regex Pattern(string value)
    {
        try
        {
            return new Regex($@"\A(?:{PosixClasses.Expand(value)})\z",
                RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.NonBacktracking);
        }
        catch (NotSupportedException)
        {
            throw new ArgumentException("look-around, back-references and atomic groups are not supported, as in Alertmanager");
        }
    }

    private static string Quote(string text) => $"\"{text.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n")}\"";

    private bool Fits(string value) => _pattern!.IsMatch(value);

    [GeneratedRegex("""\\[n"\\]""", RegexOptions.CultureInvariant)]
    private static partial Regex Escape();

    [GeneratedRegex("""[\s{}!=~,\\"'`]""", RegexOptions.CultureInvariant)]
    private static partial Regex Reserved();

    [GeneratedRegex(
        """^\s*(?:(?<name>[A-Za-z_:][A-Za-z0-9_:.\-]*)|"(?<qname>[^"\\]+)")\s*(?<op>=~|!~|!=|=)\s*"""
            + """(?:"(?<quoted>(?:[^"\\]|\\.)*)"|(?<plain>[^"\s{},]*))\s*$""", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
