namespace LeptonStream.Drift;

/// <summary>
/// The Jensen–Shannon divergence of a sample with shares p and a reference with shares q: <c>½ Σ p ln(p / r) + ½ Σ q ln(q / r)</c> with
/// <c>r = (p + q) / 2</c>, in nats: 0 to ln 2 (Lin 1991, IEEE Trans. Inf. Theory 37, 145). Unlike the population stability index it is
/// bounded, and no cell that is empty on one side rules it.
/// </summary>
/// <remarks>Two samples of one distribution have <c>(B − 1)/8 · (1/n + 1/m)</c> in the mean, which is subtracted.</remarks>
internal static class JensenShannon
{
    private const double PartOfNoise = 1 / 8.0;

    /// <summary>The divergence as it is; symmetric, 0 to ln 2.</summary>
    public static double Of(CellShares cells)
    {
        var sample = cells.Sample;
        var reference = cells.Reference;
        var sum = 0.0;
        for (var i = 0; i < sample.Length; i++)
        {
            double p = sample[i] / cells.SampleCount, q = reference[i] / cells.ReferenceCount;
            var middle = (p + q) / 2;
            sum += Term(p, middle) + Term(q, middle);
        }

        return Math.Clamp(sum / 2, 0, Math.Log(2));
    }

    /// <summary>The divergence without the part of chance: about 0 where nothing drifts, at times below.</summary>
    public static double Corrected(CellShares cells) => Of(cells) - (PartOfNoise * cells.Noise);

    private static double Term(double share, double middle) => share > 0 ? share * Math.Log(share / middle) : 0;
}
