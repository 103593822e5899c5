namespace LeptonStream.Explanations;

/// <summary>Writes units (UCUM) for people.</summary>
internal static class Units
{
    /// <summary>
    /// How the unit is shown behind a number: with a space, "%" and "/s" without, nothing for plain numbers and unknown units.
    /// </summary>
    public static string Suffix(string? unit) => unit switch
    {
        null or "1" => "",
        "1/s" => "/s",
        "%" => "%",
        "Cel" => " °C",
        _ when unit.EndsWith("/s", StringComparison.Ordinal) => Suffix(unit[..^2]) + "/s",
        "By" => " B",
        "MiBy" => " MiB",
        "GiBy" => " GiB",
        "us" => " µs",
        _ => " " + unit,
    };
}
