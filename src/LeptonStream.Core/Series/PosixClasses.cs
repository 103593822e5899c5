using System.Text.RegularExpressions;

namespace LeptonStream.Series;

/// <summary>
/// Classes such as <c>[[:alpha:]]</c>, which RE2 knows and .NET would read as the letters of their names: the one difference between the
/// two that would change a match without a word.
/// </summary>
public static partial class PosixClasses
{
    /// <summary>The pattern with the ranges of each class in its place.</summary>
    /// <exception cref="ArgumentException">There is no such class.</exception>
    public static string Expand(string pattern) => pattern.Contains("[:", StringComparison.Ordinal)
        ? Bracket().Replace(pattern, inside => Class().Replace(inside.Value, found => RangesOf(found.Groups["name"].Value)))
        : pattern;

    private static string RangesOf(string name) => name switch
    {
        "alnum" => "0-9A-Za-z",
        "alpha" => "A-Za-z",
        "ascii" => @"\x00-\x7F",
        "blank" => @"\t\x20",
        "cntrl" => @"\x00-\x1F\x7F",
        "digit" => "0-9",
        "graph" => @"\x21-\x7E",
        "lower" => "a-z",
        "print" => @"\x20-\x7E",
        "punct" => @"\x21-\x2F\x3A-\x40\x5B-\x60\x7B-\x7E",
        "space" => @"\t\n\v\f\r\x20",
        "upper" => "A-Z",
        "word" => "0-9A-Za-z_",
        "xdigit" => "0-9A-Fa-f",
        _ => throw new ArgumentException($"[:{name}:] is no class of characters that is supported"),
    };

    // All between [ and ] that are not escaped: a ] may stand first, behind a backslash, or at the end of a class.
    [GeneratedRegex(@"(?<=(?<!\\)(?:\\\\)*\[)\^?\]?(?:\\.|\[:\^?\w+:\]|[^\]\\])*(?=\])",
        RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Bracket();

    [GeneratedRegex(@"\[:(?<name>\^?\w+):\]", RegexOptions.CultureInvariant)]
    private static partial Regex Class();
}
