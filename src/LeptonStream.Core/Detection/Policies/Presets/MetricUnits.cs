namespace LeptonStream.Detection.Policies.Presets;

/// <summary>Units (UCUM): those that the common endings of metric names stand for, and between which values they lie.</summary>
internal static class MetricUnits
{
    private static readonly (string Ending, string Unit)[] Endings =
    [
        ("_per_s", "1/s"), ("_per_second", "1/s"), ("_ms", "ms"), ("_milliseconds", "ms"), ("_us", "us"), ("_seconds", "s"), ("_s", "s"),
        ("_bytes", "By"),
        ("_celsius", "Cel"), ("_temp", "Cel"), ("_temp_c", "Cel"), ("_power_w", "W"), ("_watts", "W"), ("_percent", "%"), ("_pct", "%"),
        ("_perc", "1"),
        ("_ratio", "1"), ("_fraction", "1"), ("_mib", "MiBy"), ("_gib", "GiBy"), ("_mhz", "MHz"),
    ];

    // Such names measure a difference: below 0 as often as above.
    private static readonly string[] Differences =
        ["offset", "drift", "skew", "delta", "diff", "change", "balance", "margin", "error_s", "growth"];

    /// <summary>
    /// Unit and bounds of a metric of which nothing but its name is known. Upper bounds are not guessed: a process takes 800 % of a CPU,
    /// and a ratio exceeds 1.
    /// </summary>
    /// <param name="metric">Its name.</param>
    /// <param name="type">Type of its numbers: of a counter, the rate is judged.</param>
    public static (string? Unit, ValueBounds Bounds) Guess(string metric, MetricType type)
    {
        var unit = Of(metric);
        return type switch
        {
            MetricType.Counter => (unit is null or "1" or "1/s" ? "1/s" : unit + "/s", ValueBounds.FromZero),
            MetricType.EventCode => (null, ValueBounds.None),
            _ => (unit, unit is null || IsDifference(metric) ? ValueBounds.None : BoundsOf(unit) with { Upper = double.PositiveInfinity }),
        };
    }

    /// <summary>The bounds that a unit implies: none for temperatures.</summary>
    public static ValueBounds BoundsOf(string unit) => unit switch
    {
        "Cel" => ValueBounds.None,
        "1" => ValueBounds.Share,
        "%" => ValueBounds.Percent,
        _ => ValueBounds.FromZero,
    };

    private static string? Of(string metric)
    {
        foreach (var (ending, unit) in Endings)
            if (metric.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) return unit;
        return null;
    }

    private static bool IsDifference(string metric)
    {
        foreach (var word in Differences)
            if (metric.Contains(word, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }
}
