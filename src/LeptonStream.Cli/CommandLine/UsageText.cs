using System.Text.RegularExpressions;

namespace LeptonStream.Cli.CommandLine;

/// <summary>The parser's messages in the words of this program: what is wrong, and what is allowed.</summary>
internal static partial class UsageText
{
    public static string Of(string message)
    {
        var conversion = Conversion().Match(message);
        if (!conversion.Success) return message;
        var type = conversion.Groups["type"].Value;
        var allowed = type.Contains("Int", StringComparison.Ordinal) ? "a whole number"
            : type.Contains("Double", StringComparison.Ordinal) ? "a number"
            : type.Contains("Boolean", StringComparison.Ordinal) ? "true or false"
            : "something else";
        return $"{conversion.Groups["name"].Value} is '{conversion.Groups["value"].Value}': it must be {allowed}";
    }

    [GeneratedRegex("^Cannot parse argument '(?<value>.*)' for (option|command) '(?<name>.*)' as expected type '(?<type>.*)'",
        RegexOptions.Singleline)]
    private static partial Regex Conversion();
}
