using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace LeptonStream.Yaml;

/// <summary>Durations as Prometheus and Alertmanager write them: <c>30s</c>, <c>5m</c>, <c>1h30m</c>, <c>1d</c>, <c>500ms</c>.</summary>
public static partial class DurationText
{
    public const string Form = "write a duration such as 500ms, 30s, 5m, 4h, 1d or 1h30m";

    /// <summary>The duration, or null where the text is none.</summary>
    public static TimeSpan? Read(string text) => TryParse(text, out var duration) ? duration : null;

    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (text == "0") return true;
        var parts = Parts().Match(text);
        if (text.Length == 0 || !parts.Success) return false;
        var milliseconds = 0.0;
        foreach (var (unit, length) in Units)
        {
            if (parts.Groups[unit].Success) milliseconds += length * double.Parse(parts.Groups[unit].Value, CultureInfo.InvariantCulture);
        }

        // Beyond a century it is a slip of the hand, and sums with it must not overflow.
        if (milliseconds > 36_525.0 * 24 * 3_600_000) return false;
        duration = TimeSpan.FromMilliseconds(milliseconds);
        return true;
    }

    /// <summary>A duration that is known to be one.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static TimeSpan Parse(string text) => TryParse(text, out var duration) ? duration : throw new FormatException(Form);

    /// <summary>The text of a duration, such as <c>1h30m</c>; what is below a millisecond is left out.</summary>
    public static string Of(TimeSpan duration)
    {
        var text = new StringBuilder();
        var left = (long)duration.TotalMilliseconds;
        foreach (var (unit, length) in Units.Where(unit => unit.Unit is not ("y" or "w")))
        {
            if (left < (long)length) continue;
            text.Append(CultureInfo.InvariantCulture, $"{left / (long)length}{unit}");
            left %= (long)length;
        }

        return text.Length == 0 ? "0s" : text.ToString();
    }

    private static readonly (string Unit, double Milliseconds)[] Units =
    [
        ("y", 365.0 * 24 * 3_600_000), ("w", 7.0 * 24 * 3_600_000), ("d", 24.0 * 3_600_000), ("h", 3_600_000), ("m",
            60_000), ("s", 1_000), ("ms", 1),
    ];

    [GeneratedRegex("^((?<y>[0-9]+)y)?((?<w>[0-9]+)w)?((?<d>[0-9]+)d)?((?<h>[0-9]+)h)?((?<m>[0-9]+)m)?((?<s>[0-9]+)s)?((?<ms>[0-9]+)ms)?$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Parts();
}
