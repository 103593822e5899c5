using System.Globalization;

namespace LeptonStream.Explanations;

/// <summary>Numbers as people read them: three significant digits, no exponent where it can be avoided.</summary>
internal static class Numbers
{
    /// <summary>A value with its unit.</summary>
    public static string Show(double value, string? unit) => Show(value) + Units.Suffix(unit);

    /// <summary>A plain value.</summary>
    public static string Show(double value)
    {
        if (!double.IsFinite(value)) return value.ToString(CultureInfo.InvariantCulture);
        if (value == 0) return "0";
        var size = Math.Abs(value);
        if (size is >= 1e15 or < 1e-6) return value.ToString("0.##e+0", CultureInfo.InvariantCulture);
        var decimals = Math.Clamp(2 - (int)Math.Floor(Math.Log10(size)), 0, 8);
        return Math.Round(value, decimals).ToString(size >= 1000 ? "#,##0" : "0.########", CultureInfo.InvariantCulture);
    }

    /// <summary>A time of the day in UTC.</summary>
    public static string Clock(Samples.Timestamp time) => time.ToDateTimeOffset().ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
