namespace LeptonStream.Detection.Calibration;

/// <summary>Rarities: −log₁₀ of a probability.</summary>
internal static class Rarities
{
    // No history is long enough for a rarity beyond this.
    private const double Believable = 8;

    /// <summary>Lets decades beyond what any history supports count by their logarithm, which keeps the order of extremes.</summary>
    public static double SoftCap(double rarity) =>
        rarity <= Believable ? rarity : Believable + (2 * Math.Log(1 + ((rarity - Believable) / 2)));
}
