namespace LeptonStream.Drift;

/// <summary>
/// The population stability index of a sample with shares p and a reference with shares q: <c>Σ (p − q) ln(p / q)</c>, the symmetric
/// divergence of Jeffreys (1946, Proc. R. Soc. A 186, 453). Each cell counts half a value more, so that an empty one has a logarithm.
/// </summary>
/// <remarks>
/// Two samples of n and m values of one distribution in B cells have <c>(B − 1)(1/n + 1/m)</c> in the mean (Yurdakul and Naranjo 2020,
/// J. Risk Model Validation 14(4)), which is subtracted. Usual readings: below 0.1 nothing, above 0.25 a large change.
/// </remarks>
internal static class StabilityIndex
{
    // Of a cell with no value (Haldane 1956, Ann. Hum. Genet. 20, 309).
    private const double Half = 0.5;

    /// <summary>The index as it is; symmetric, from 0.</summary>
    public static double Of(CellShares cells) => Terms(cells, []);

    /// <summary>The index without the part of chance: about 0 where nothing drifts, at times below.</summary>
    public static double Corrected(CellShares cells) => Of(cells) - cells.Noise;

    /// <summary>Fills the part of each cell in, and returns their sum.</summary>
    /// <param name="cells">The cells; those that are empty in both have no part.</param>
    /// <param name="terms">Room for each cell, or empty.</param>
    public static double Terms(CellShares cells, Span<double> terms)
    {
        var sample = cells.Sample;
        var reference = cells.Reference;
        double n = 0, m = 0, sum = 0;
        for (var i = 0; i < sample.Length; i++)
        {
            if (IsEmpty(sample[i], reference[i])) continue;
            n += sample[i] + Half;
            m += reference[i] + Half;
        }

        for (var i = 0; i < sample.Length; i++)
        {
            if (IsEmpty(sample[i], reference[i])) continue;
            double p = (sample[i] + Half) / n, q = (reference[i] + Half) / m;
            var term = (p - q) * Math.Log(p / q);
            if (i < terms.Length) terms[i] = term;
            sum += term;
        }

        return sum;
    }

    private static bool IsEmpty(double sample, double reference) => sample + reference <= 0;
}
