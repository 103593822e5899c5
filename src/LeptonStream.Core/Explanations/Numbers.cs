using System.Globalization;

namespace LeptonStream.Explanations;

/// <summary>
/// Numbers as people read them: three significant digits, shares in percent, no exponent where it can be avoided, never "-0".
/// </summary>
internal static class Numbers
{
    private const string Share = "1";

    // A share beyond ten wholes is none, whatever its name says: percent of it would mislead.
    private const double LargestShare = 10;
    private const int Digits = 3;
    private const int MostDigits = 7;

    /// <summary>A value with its unit; a share (unit <c>1</c>) in percent.</summary>
    public static string Show(double value, string? unit) => Show(value, unit, Digits);

    /// <summary>Two values with their unit, with as many digits as it takes to tell them apart.</summary>
    public static (string Value, string Other) Pair(double value, double other, string? unit)
    {
        for (var digits = Digits; ; digits++)
        {
            var pair = (Show(value, unit, digits), Show(other, unit, digits));
            // Of two percentages both have tenths or neither has: else their difference does not match what stands there.
            if (IsPercent(value, unit) && IsPercent(other, unit) && pair.Item1.Contains('.') != pair.Item2.Contains('.'))
                pair = (Tenths(value, unit, digits), Tenths(other, unit, digits));
            if (digits == MostDigits || value.Equals(other) || pair.Item1 != pair.Item2) return pair;
        }
    }

    /// <summary>A plain value.</summary>
    public static string Show(double value) => Show(value, Digits);

    /// <summary>A value that is not finite, to follow "is" or "still": <c>NaN</c>, <c>infinite</c>.</summary>
    public static string NonFiniteInEnglish(double value) =>
        double.IsNaN(value) ? "NaN" : value > 0 ? "infinite" : "negative infinity";

    /// <summary>The same in Chinese: <c> NaN</c>, with the space that Latin words need; <c>无穷大</c>.</summary>
    public static string NonFiniteInChinese(double value) => double.IsNaN(value) ? " NaN" : value > 0 ? "无穷大" : "负无穷大";

    /// <summary>A time of the day in UTC.</summary>
    public static string Clock(Samples.Timestamp time) =>
        time.ToDateTimeOffset().ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static string Show(double value, string? unit, int digits)
    {
        if (!double.IsFinite(value)) return Show(value, digits);
        return IsPercent(value, unit) ? Percent(InPercent(value, unit), digits) + "%" : Show(value, digits) + Units.Suffix(unit);
    }

    private static bool IsPercent(double value, string? unit) => unit == "%" || (unit == Share && Math.Abs(value) <= LargestShare);

    private static double InPercent(double value, string? unit) => unit == Share ? 100 * value : value;

    private static string Tenths(double value, string? unit, int digits) => Show(InPercent(value, unit), digits) + "%";

    // Whole in the middle, where nobody reads a tenth; with all digits near nothing and near all, where a tenth tells.
    private static string Percent(double percent, int digits) => Show(percent, digits == Digits && percent is >= 10 and < 90 ? 2 : digits);

    private static string Show(double value, int digits)
    {
        if (!double.IsFinite(value)) return value.ToString(CultureInfo.InvariantCulture);
        var size = Math.Abs(value);
        if (size is >= 1e15 or < 1e-6) return value == 0 ? "0" : value.ToString("0.##e+0", CultureInfo.InvariantCulture);
        var decimals = Math.Clamp(digits - 1 - (int)Math.Floor(Math.Log10(size)), 0, 12);
        return Math.Round(value, decimals).ToString(size >= 1000 ? "#,##0.######" : "0.############", CultureInfo.InvariantCulture);
    }
}
