namespace LeptonStream.Statistics;

/// <summary>
/// Exponentially weighted mean and mean absolute deviation of some values: the level of a series and how far from it values usually lie.
/// While few are known, all of them count alike; one beyond ten deviations counts as ten. All zeros is the state of no values.
/// </summary>
internal struct WeightedLevel
{
    private const double Max = 10;

    /// <summary>The mean, in the values' unit.</summary>
    public double Mean { get; private set; }

    /// <summary>The mean absolute deviation, in the values' unit; 0 before the second value.</summary>
    public double Deviation { get; private set; }

    /// <summary>The deviation as a standard deviation of normal values, in the values' unit; 0 before the second value.</summary>
    public readonly double Sigma => MathConstants.AbsoluteToSigma * Deviation;

    /// <summary>Moves the mean by so much; the deviation stays.</summary>
    public void Shift(double amount) => Mean += amount;

    /// <summary>Takes a value in.</summary>
    /// <param name="value">A finite value.</param>
    /// <param name="rate">Weight of one value once many are known, 0 to 1.</param>
    /// <param name="count">Number of values taken in before, from 0.</param>
    public void Learn(double value, double rate, int count)
    {
        if (count == 0)
        {
            Mean = value;
            return;
        }

        var share = Math.Max(rate, 1.0 / (count + 1));
        var distance = value - Mean;
        if (Deviation > 0) distance = Math.Clamp(distance, -Max * Deviation, Max * Deviation);
        Deviation += share * (Math.Abs(distance) - Deviation);
        Mean += share * distance;
    }
}
