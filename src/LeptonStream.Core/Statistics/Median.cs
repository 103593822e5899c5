namespace LeptonStream.Statistics;

/// <summary>The median of a few values.</summary>
internal static class Median
{
    /// <summary>The median; of an even number of values, half way between the middle two. Sorts the values.</summary>
    /// <param name="values">The values; at least one.</param>
    public static double Of(Span<double> values)
    {
        values.Sort();
        var half = values.Length / 2;
        return values.Length % 2 == 1 ? values[half] : (values[half - 1] / 2) + (values[half] / 2);
    }
}
