using System.Globalization;

namespace LeptonStream.Cli.Terminal;

/// <summary>
/// Reads and writes a length of time as people type it: <c>90s</c>, <c>2m</c>, <c>1.5h</c>, <c>2d</c>; a bare number is seconds.
/// </summary>
internal static class DurationText
{
    public const string Allowed = "a number with s, m, h or d behind it, such as 90s, 2m, 1.5h or 2d";

    // Far below what a TimeSpan can hold, so that sums of it can't overflow.
    private const double MostSeconds = 1e10;

    /// <summary>The length, or null where the text is none.</summary>
    public static TimeSpan? Read(string text)
    {
        text = text.Trim();
        if (text.Length == 0) return null;
        var unit = char.ToLowerInvariant(text[^1]) switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86_400, _ => 0 };
        var number = unit == 0 ? text : text[..^1];
        if (!double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)) return null;
        var seconds = value * Math.Max(1, unit);
        return seconds <= MostSeconds ? TimeSpan.FromSeconds(seconds) : null;
    }

    /// <summary>The length in its two largest units: <c>1 d 4 h</c>, <c>3 min 15 s</c>, <c>12 s</c>.</summary>
    public static string Write(TimeSpan length)
    {
        if (length < TimeSpan.Zero) return "-" + Write(-length);
        return length switch
        {
            { Days: > 0 } => Two(length.Days, "d", length.Hours, "h"),
            { Hours: > 0 } => Two(length.Hours, "h", length.Minutes, "min"),
            { Minutes: > 0 } => Two(length.Minutes, "min", length.Seconds, "s"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{length.TotalSeconds:0.#} s"),
        };
    }

    private static string Two(int large, string unit, int small, string smallUnit) =>
        small == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{large} {unit}")
            : string.Create(CultureInfo.InvariantCulture, $"{large} {unit} {small} {smallUnit}");
}
