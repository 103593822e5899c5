namespace LeptonStream.Explanations;

/// <summary>
/// How far a value lies from another, as people say it of its unit: degrees for temperatures, points for percentages, times and percent for
/// the rest.
/// </summary>
internal readonly record struct DeviationText
{
    private enum Measure
    {
        Percent,
        Times,
        Points,
        Degrees,
    }

    private readonly Measure _measure;
    private readonly string _size;

    private DeviationText(Measure measure, double size, bool isAbove) =>
        (_measure, _size, IsAbove) = (measure, Numbers.Show(size), isAbove);

    /// <summary>Whether the value lies above the other.</summary>
    public bool IsAbove { get; }

    /// <summary>Distance of the value from the expected one; null where that says nothing.</summary>
    /// <param name="value">The value.</param>
    /// <param name="expected">The other.</param>
    /// <param name="unit">Their unit (UCUM), or null.</param>
    public static DeviationText? Of(double value, double expected, string? unit)
    {
        var distance = Math.Abs(value - expected);
        if (!double.IsFinite(distance) || distance == 0) return null;
        var isAbove = value > expected;
        if (unit == "Cel") return new(Measure.Degrees, distance, isAbove);
        var points = unit == "1" && distance <= 1 ? 100 * distance : unit == "%" ? distance : 0;
        if (points >= 1) return new(Measure.Points, points >= 10 ? Math.Round(points) : Math.Round(points, 1), isAbove);
        var ratio = value / expected;
        if (ratio is not (>= 0 and < 1e4)) return null;
        if (ratio >= 2) return new(Measure.Times, ratio, isAbove);
        var percent = 100 * Math.Abs(ratio - 1);
        return percent < 0.5 ? null : new(Measure.Percent, percent >= 10 ? Math.Round(percent) : Math.Round(percent, 1), isAbove);
    }

    /// <summary><c>27 °C above</c>, <c>46 points below</c>, <c>84% below</c>, <c>3.4 times</c>.</summary>
    public string InEnglish()
    {
        var side = IsAbove ? "above" : "below";
        return _measure switch
        {
            Measure.Degrees => $"{_size} °C {side}",
            Measure.Points => $"{_size} points {side}",
            Measure.Times => $"{_size} times",
            _ => $"{_size}% {side}",
        };
    }

    /// <summary><c>高 27 °C</c>, <c>低 46 个百分点</c>, <c>低 84%</c>, <c>3.4 倍</c>.</summary>
    public string InChinese()
    {
        var side = IsAbove ? "高" : "低";
        return _measure switch
        {
            Measure.Degrees => $"{side} {_size} °C",
            Measure.Points => $"{side} {_size} 个百分点",
            Measure.Times => $"{_size} 倍",
            _ => $"{side} {_size}%",
        };
    }
}
