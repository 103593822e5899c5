namespace LeptonStream.Detectors;

/// <summary>The way in which a detector's scores are joined with those of the others, and the samples it is shown.</summary>
public enum DetectorKind
{
    /// <summary>It sees events of few samples, in every sample; those of this kind that agree strengthen each other.</summary>
    Sharp = 0,

    /// <summary>It sees drifts, in every sample; it speaks for itself.</summary>
    Drift = 1,

    /// <summary>
    /// It sees changes of shape, level and daily course; it is shown means over two minutes (or single samples that are further apart), and
    /// evidence of this kind adds up.
    /// </summary>
    Slow = 2,

    /// <summary>
    /// Its scores are rarities already (−log₁₀ of a probability), so nothing need be calibrated; it speaks for itself and learns anomalous
    /// samples too.
    /// </summary>
    Rule = 3,
}
