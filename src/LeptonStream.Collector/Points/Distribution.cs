namespace LeptonStream.Collector.Points;

/// <summary>
/// A histogram, an exponential histogram or a summary. The numbers of its ranges lie in the <see cref="PointBatch"/>.
/// </summary>
public struct Distribution
{
    /// <summary>How many values were observed.</summary>
    public double Count { get; internal set; }

    /// <summary>Their sum; NaN where the source does not say.</summary>
    public double Sum { get; internal set; }

    /// <summary>The lowest; NaN where the source does not say.</summary>
    public double Min { get; internal set; }

    /// <summary>The highest; NaN where the source does not say.</summary>
    public double Max { get; internal set; }

    /// <summary>
    /// Histogram: the upper bounds, ascending, without +Inf. Empty for the other kinds.
    /// </summary>
    public NumberRange Bounds { get; internal set; }

    /// <summary>
    /// Histogram: the counts in each bucket alone (not accumulated), one more than <see cref="Bounds"/>; or empty, where only count and
    /// sum are known. Exponential: the counts of the positive buckets.
    /// </summary>
    public NumberRange Counts { get; internal set; }

    /// <summary>Exponential: bucket i holds values in (b^(Offset+i), b^(Offset+i+1)] with b = 2^(2^-Scale).</summary>
    public int Scale { get; internal set; }

    /// <summary>Exponential: the index of the first positive bucket.</summary>
    public int Offset { get; internal set; }

    /// <summary>Exponential: the index of the first negative bucket.</summary>
    public int NegativeOffset { get; internal set; }

    /// <summary>Exponential: the counts of the negative buckets, by absolute value.</summary>
    public NumberRange NegativeCounts { get; internal set; }

    /// <summary>Exponential: how many values were zero, or within <see cref="ZeroThreshold"/> of it.</summary>
    public double ZeroCount { get; internal set; }

    /// <summary>Exponential: the width of the zero bucket.</summary>
    public double ZeroThreshold { get; internal set; }

    /// <summary>Summary: which quantiles, from 0 to 1.</summary>
    public NumberRange Quantiles { get; internal set; }

    /// <summary>Summary: their values, one for each of <see cref="Quantiles"/>.</summary>
    public NumberRange QuantileValues { get; internal set; }

    /// <summary>Native: the entry of <c>distributions</c> as JSON.</summary>
    public Text Json { get; internal set; }
}
