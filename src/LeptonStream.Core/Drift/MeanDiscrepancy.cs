namespace LeptonStream.Drift;

/// <summary>
/// The squared maximum mean discrepancy (Gretton et al. 2012, J. Mach. Learn. Res. 13, 723) of two embeddings, of which mean and variance
/// of each dimension are known: the mean over dimensions of that of two normal distributions N(a, u) and N(b, v) under a Gaussian kernel as
/// wide as the reference (<c>h² = v</c>), which has the closed form
/// <c>h/√(h² + 2u) + h/√(h² + 2v) − 2 h/√(h² + u + v) · exp(−(a − b)² / 2(h² + u + v))</c>.
/// </summary>
/// <remarks>
/// A sum of kernels is a kernel, so nothing is lost but what dimensions do only together; random projections see that. It has no unit, and
/// a dimension adds at most 1.58. Two samples of one normal distribution have <c>(1/n + 1/m) / 2√3</c> in the mean, which is subtracted.
/// </remarks>
internal static class MeanDiscrepancy
{
    // A dimension that stood still in the reference is as wide as this share of the widest.
    private const double MinShare = 1e-6;
    private const double MinWidth = 1e-200;

    // Further away, or wider, all is the same, and no square leaves the range of doubles.
    private const double Far = 1e30;

    private static readonly double ByChance = 1 / (2 * Math.Sqrt(3));

    /// <summary>The discrepancy as it is; from 0.</summary>
    public static double Of(EmbeddingSummary sample, EmbeddingSummary reference) => Terms(sample, reference, []);

    /// <summary>The discrepancy without the part of chance: about 0 where nothing drifts, at times below.</summary>
    public static double Corrected(EmbeddingSummary sample, EmbeddingSummary reference) =>
        Of(sample, reference) - (ByChance * ((1 / sample.Count) + (1 / reference.Count)));

    /// <summary>Fills the discrepancy of each dimension in, and returns their mean.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="reference">The reference, of as many dimensions.</param>
    /// <param name="terms">Room for each dimension, or empty.</param>
    public static double Terms(EmbeddingSummary sample, EmbeddingSummary reference, Span<double> terms)
    {
        var dimensions = reference.Centroid.Length;
        var least = MinWidth;
        foreach (var variance in reference.Variance) least = Math.Max(least, MinShare * variance);
        var sum = 0.0;
        for (var i = 0; i < dimensions; i++)
        {
            var term = Of(sample.Centroid[i] - reference.Centroid[i], sample.Variance[i], Math.Max(least, reference.Variance[i]));
            if (i < terms.Length) terms[i] = term;
            sum += term;
        }

        return sum / dimensions;
    }

    // In units of the kernel's width.
    private static double Of(double difference, double sampleVariance, double width)
    {
        var ratio = Math.Min(Far, sampleVariance / width);
        var away = Math.Min(Far, Math.Abs(difference) / Math.Sqrt(width));
        var mixed = (1 / Math.Sqrt(2 + ratio)) * Math.Exp(-away * away / (2 * (2 + ratio)));
        return Math.Max(0, (1 / Math.Sqrt(1 + (2 * ratio))) + (1 / Math.Sqrt(3)) - (2 * mixed));
    }
}
