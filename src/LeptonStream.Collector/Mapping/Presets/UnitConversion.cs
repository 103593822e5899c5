using System.Collections.Frozen;

namespace LeptonStream.Collector.Mapping.Presets;

/// <summary>Factors between units (UCUM, and the words that producers use for them). Nothing is guessed from values.</summary>
internal static class UnitConversion
{
    private static readonly FrozenDictionary<string, (char Quantity, double Size)> Units = new Dictionary<string, (char, double)>
    {
        ["ns"] = ('t', 1e-9), ["nanoseconds"] = ('t', 1e-9), ["us"] = ('t', 1e-6), ["µs"] = ('t', 1e-6), ["microseconds"] = ('t', 1e-6),
        ["ms"] = ('t', 1e-3), ["milliseconds"] = ('t', 1e-3), ["s"] = ('t', 1), ["seconds"] = ('t', 1), ["min"] = ('t', 60),
        ["h"] = ('t', 3600),
        ["By"] = ('b', 1), ["bytes"] = ('b', 1), ["kBy"] = ('b', 1e3), ["MBy"] = ('b', 1e6), ["GBy"] = ('b', 1e9),
        ["KiBy"] = ('b', 1 << 10), ["MiBy"] = ('b', 1 << 20), ["GiBy"] = ('b', 1 << 30), ["TiBy"] = ('b', 1L << 40),
        ["kibibytes"] = ('b', 1 << 10), ["mebibytes"] = ('b', 1 << 20), ["gibibytes"] = ('b', 1 << 30),
        ["1"] = ('r', 1), ["ratio"] = ('r', 1), ["%"] = ('r', 0.01), ["percent"] = ('r', 0.01),
        ["mW"] = ('p', 1e-3), ["W"] = ('p', 1), ["watts"] = ('p', 1), ["kW"] = ('p', 1e3),
        ["mJ"] = ('e', 1e-3), ["J"] = ('e', 1), ["joules"] = ('e', 1), ["kJ"] = ('e', 1e3),
        ["Hz"] = ('f', 1), ["kHz"] = ('f', 1e3), ["MHz"] = ('f', 1e6), ["GHz"] = ('f', 1e9),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>
    /// By how much a value of one unit is to be multiplied to be one of another; null where one is unknown, or they differ in kind.
    /// </summary>
    public static double? Factor(string? from, string? to)
    {
        if (from is null || to is null) return null;
        if (string.Equals(from, to, StringComparison.Ordinal)) return 1;
        if (Of(from) is not { } source || Of(to) is not { } target || source.Quantity != target.Quantity) return null;
        return source.Size / target.Size;
    }

    private static (char Quantity, double Size)? Of(string unit)
    {
        var isRate = unit.EndsWith("/s", StringComparison.Ordinal);
        if (!Units.TryGetValue(isRate ? unit[..^2] : unit, out var known)) return null;
        if (!isRate) return known;
        // A rate of joules is a power.
        return known.Quantity == 'e' ? ('p', known.Size) : (char.ToUpperInvariant(known.Quantity), known.Size);
    }
}
