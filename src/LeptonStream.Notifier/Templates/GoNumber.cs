using System.Globalization;

namespace LeptonStream.Notifier.Templates;

/// <summary>Numbers as Go writes them.</summary>
internal static class GoNumber
{
    /// <summary>The shortest digits that give the number back; an exponent from 1e21 up and below 1e-4.</summary>
    public static string Text(double value) => General(value, digits: -1);

    /// <summary><c>%g</c>: so many digits at most, and an exponent for what has more; the shortest digits where they are below 0.</summary>
    public static string General(double value, int digits)
    {
        if (double.IsNaN(value)) return "NaN";
        if (double.IsInfinity(value)) return value > 0 ? "+Inf" : "-Inf";
        if (value == 0) return double.IsNegative(value) ? "-0" : "0";
        var most = Math.Max(digits, 1);
        var (all, exponent) = digits < 0 ? Shortest(Math.Abs(value))
            : Parts(Math.Abs(value).ToString($"E{most - 1}", CultureInfo.InvariantCulture));
        var figures = all.TrimEnd('0');
        var sign = value < 0 ? "-" : "";
        if (exponent < -4 || exponent >= (digits < 0 ? 21 : most)) return sign + WithExponent(figures, exponent);
        if (exponent < 0) return $"{sign}0.{new string('0', -exponent - 1)}{figures}";
        return figures.Length <= exponent + 1
            ? sign + figures.PadRight(exponent + 1, '0')
            : $"{sign}{figures[..(exponent + 1)]}.{figures[(exponent + 1)..]}";
    }

    /// <summary><c>%e</c> with so many digits behind the point.</summary>
    public static string Scientific(double value, int digits)
    {
        var (figures, exponent) = Parts(Math.Abs(value).ToString($"E{digits}", CultureInfo.InvariantCulture));
        return (value < 0 ? "-" : "") + WithExponent(figures, exponent);
    }

    private static string WithExponent(string figures, int exponent) => string.Create(CultureInfo.InvariantCulture,
        $"{figures[0]}{(figures.Length > 1 ? "." + figures[1..] : "")}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");

    private static (string Figures, int Exponent) Shortest(double value)
    {
        for (var digits = 1; digits < 17; digits++)
        {
            var text = value.ToString($"E{digits - 1}", CultureInfo.InvariantCulture);
            if (double.Parse(text, CultureInfo.InvariantCulture) == value) return Parts(text);
        }

        return Parts(value.ToString("E16", CultureInfo.InvariantCulture));
    }

    private static (string Figures, int Exponent) Parts(string scientific)
    {
        var at = scientific.IndexOf('E', StringComparison.Ordinal);
        return (scientific[..at].Replace(".", "", StringComparison.Ordinal),
            int.Parse(scientific.AsSpan(at + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
    }
}
