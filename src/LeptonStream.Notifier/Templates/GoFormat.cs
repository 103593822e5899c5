using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace LeptonStream.Notifier.Templates;

/// <summary>Go's <c>print</c> and <c>printf</c>.</summary>
internal static partial class GoFormat
{
    // A width beyond this is a mistake, and would fill the memory.
    private const int MaxWidth = 1_000;

    /// <summary>The values one behind the other, with a blank between two of which neither is a text.</summary>
    public static string Print(IReadOnlyList<object?> values)
    {
        var text = new StringBuilder();
        for (var i = 0; i < values.Count; i++)
        {
            if (i > 0 && values[i] is not (string or VouchedText) && values[i - 1] is not (string or VouchedText)) text.Append(' ');
            text.Append(Value(values[i]));
        }

        return text.ToString();
    }

    /// <summary>The values in a format.</summary>
    public static string Printf(string format, IReadOnlyList<object?> values)
    {
        var next = 0;
        var text = Verb().Replace(format, verb =>
        {
            var letter = verb.Groups["verb"].Value;
            if (letter == "%") return "%";
            if (letter.Length == 0) return "%!(NOVERB)";
            return next < values.Count ? One(verb, letter[0], values[next++]) : $"%!{letter}(MISSING)";
        });
        return next >= values.Count ? text
            : $"{text}%!(EXTRA {string.Join(", ", values.Skip(next).Select(value => $"{TypeOf(value)}={Value(value)}"))})";
    }

    private static string One(Match verb, char letter, object? value)
    {
        var flags = verb.Groups["flags"].Value;
        var precision = verb.Groups["precision"] is { Success: true } group ? Math.Min(Count(group.Value), MaxWidth) : -1;
        if (Written(letter, value, precision) is not { } text) return $"%!{letter}({TypeOf(value)}={Value(value)})";
        if (flags.Contains('+', StringComparison.Ordinal) && value is long or double && text[0] is not ('-' or '+')) text = "+" + text;
        var width = Math.Min(Count(verb.Groups["width"].Value), MaxWidth);
        var missing = width - new StringInfo(text).LengthInTextElements;
        if (missing <= 0) return text;
        if (flags.Contains('-', StringComparison.Ordinal)) return text + new string(' ', missing);
        if (!flags.Contains('0', StringComparison.Ordinal) || value is not (long or double)) return new string(' ', missing) + text;
        return text[0] is '-' or '+' ? text[0] + new string('0', missing) + text[1..] : new string('0', missing) + text;
    }

    private static string? Written(char letter, object? value, int precision) => (letter, value) switch
    {
        ('v', double number) when precision >= 0 => GoNumber.General(number, precision),
        ('v', _) => Value(value),
        ('T', _) => TypeOf(value),
        ('t', bool) => Value(value),
        ('s', not (null or bool or long or double)) => Cut(Value(value), precision),
        ('q', string or VouchedText) => GoText.Quote(Value(value)),
        ('d', long whole) => whole.ToString(CultureInfo.InvariantCulture),
        ('d', TimeSpan span) => GoDuration.Nanoseconds(span).ToString(CultureInfo.InvariantCulture),
        ('c', long code and >= 0 and <= 0x10FFFF) when Rune.IsValid((int)code) => new Rune((int)code).ToString(),
        ('x' or 'X', long and > long.MinValue and var whole) =>
            (whole < 0 ? "-" : "") + Math.Abs(whole).ToString(letter.ToString(), CultureInfo.InvariantCulture),
        ('x', string text) => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text)),
        ('f' or 'F', double number) => number.ToString($"F{(precision < 0 ? 6 : precision)}", CultureInfo.InvariantCulture),
        ('e', double number) => GoNumber.Scientific(number, precision < 0 ? 6 : precision),
        ('g', double number) => GoNumber.General(number, precision),
        _ => null,
    };

    private static string Cut(string text, int letters) =>
        letters < 0 || letters >= text.Length ? text : string.Concat(text.EnumerateRunes().Take(letters).Select(rune => rune.ToString()));

    private static int Count(string digits) =>
        digits.Length == 0 ? 0 : int.TryParse(digits, CultureInfo.InvariantCulture, out var count) ? count : MaxWidth;

    // Go's fmt writes nothing in its own way.
    private static string Value(object? value) => value is null ? "<nil>" : TemplateValues.Text(value);

    private static string TypeOf(object? value) => value switch
    {
        null => "<nil>",
        bool => "bool",
        long => "int",
        double => "float64",
        string => "string",
        TimeSpan => "time.Duration",
        GoTime => "time.Time",
        LabelMap => "template.KV",
        TemplateMap => "map[string]interface {}",
        TemplateList => "[]interface {}",
        _ => "template.Alert",
    };

    [GeneratedRegex("""%(?<flags>[-+# 0]*)(?<width>\d*)(?:\.(?<precision>\d*))?(?<verb>[a-zA-Z%]?)""", RegexOptions.CultureInvariant)]
    private static partial Regex Verb();
}
