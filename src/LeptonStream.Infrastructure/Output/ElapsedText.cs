using System.Globalization;

namespace LeptonStream.Output;

/// <summary>
/// A length of time as tools and logs print it. What people type is read by <see cref="Yaml.DurationText"/>, as in files.
/// </summary>
public static class ElapsedText
{
    /// <summary>The length in its two largest units: <c>1 d 4 h</c>, <c>3 min 15 s</c>, <c>12 s</c>.</summary>
    public static string Of(TimeSpan length)
    {
        if (length < TimeSpan.Zero) return "-" + Of(-length);
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
