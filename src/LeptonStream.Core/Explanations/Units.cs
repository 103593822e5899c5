namespace LeptonStream.Explanations;

/// <summary>Units (UCUM) that the common endings of metric names stand for.</summary>
internal static class Units
{
    private static readonly (string Ending, string Unit)[] Endings =
    [
        ("_per_s", "1/s"), ("_per_second", "1/s"), ("_ms", "ms"), ("_milliseconds", "ms"), ("_us", "us"), ("_seconds", "s"), ("_s", "s"), ("_bytes", "By"), ("_celsius", "Cel"), ("_temp", "Cel"), ("_temp_c", "Cel"),
        ("_power_w", "W"), ("_watts", "W"), ("_percent", "%"), ("_pct", "%"), ("_perc", "1"), ("_ratio", "1"), ("_fraction", "1"), ("_rate", "1"),
        ("_mib", "MiBy"), ("_gib", "GiBy"), ("_mhz", "MHz"),
    ];

    /// <summary>The unit of a metric, or null where its name doesn't say.</summary>
    public static string? Of(string metric)
    {
        foreach (var (ending, unit) in Endings)
            if (metric.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) return unit;
        return null;
    }

    /// <summary>How the unit is shown behind a number: with a space, "%" without, nothing for plain shares and unknown units.</summary>
    public static string Suffix(string? unit) => unit switch
    {
        null or "1" => "",
        "1/s" => "/s",
        "%" => "%",
        "Cel" => " °C",
        "By" => " B",
        "MiBy" => " MiB",
        "GiBy" => " GiB",
        "us" => " µs",
        _ => " " + unit,
    };
}
