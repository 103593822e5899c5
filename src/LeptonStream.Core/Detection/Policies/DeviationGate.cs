namespace LeptonStream.Detection.Policies;

/// <summary>Whether a deviation may count, and if not, why.</summary>
public enum GateVerdict
{
    /// <summary>It may.</summary>
    Open = 0,

    /// <summary>Nothing was expected yet, so there is no deviation.</summary>
    Unknown = 1,

    /// <summary>It goes where the policy does not look.</summary>
    WrongDirection = 2,

    /// <summary>It is no larger than the policy's least absolute deviation (or the series' least scale).</summary>
    BelowAbsolute = 3,

    /// <summary>It is no larger than the policy's least share of what was expected.</summary>
    BelowRelative = 4,

    /// <summary>Its denominator is too small to carry it.</summary>
    TooFew = 5,
}

/// <summary>
/// The gates of a policy: direction and least deviation. However rare a change is on a quiet series, one that goes the harmless way or is
/// too small to be called one does not count. Only deviations pass here; rules (frozen, not finite) are not about deviation.
/// </summary>
public static class DeviationGate
{
    /// <summary>Whether a value may count as a deviation. Allocates nothing.</summary>
    /// <param name="value">The value, finite, in the series' unit.</param>
    /// <param name="expected">The forecast; NaN where there is none.</param>
    /// <param name="level">The usual level (the median of the window); NaN where there is none. A forecast follows a shift within a few
    /// samples, the level does not: the farther of both counts.</param>
    /// <param name="minScale">The smallest scale on which a difference counts, in the series' unit, from 0.</param>
    /// <param name="policy">The policy of the series.</param>
    public static GateVerdict Check(double value, double expected, double level, double minScale, SeriesPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        if (!double.IsFinite(expected)) return GateVerdict.Unknown;
        if (!double.IsFinite(level)) level = expected;

        // The reference from which it lies farther away the way the policy looks; of both ways, the farther.
        var (above, below) = (value - Math.Min(expected, level), Math.Max(expected, level) - value);
        var distance = policy.Direction switch
        {
            Direction.Up => above,
            Direction.Down => below,
            _ => Math.Max(above, below),
        };
        if (distance <= 0) return policy.Direction == Direction.Both ? GateVerdict.BelowAbsolute : GateVerdict.WrongDirection;
        if (distance <= Math.Max(minScale, policy.MinimumAbsoluteDeviation)) return GateVerdict.BelowAbsolute;
        var reference = Math.Max(Math.Abs(expected), Math.Abs(level));
        return distance <= policy.MinimumRelativeDeviation * reference ? GateVerdict.BelowRelative : GateVerdict.Open;
    }
}
