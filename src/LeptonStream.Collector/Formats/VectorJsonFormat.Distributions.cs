using LeptonStream.Collector.Points;

namespace LeptonStream.Collector.Formats;

/// <summary>
/// Distributions: the values that were observed, each with how often it was. They become a summary, as they do in Vector's own sinks.
/// </summary>
internal sealed partial class VectorJsonFormat
{
    private static readonly double[] Quantiles = [0.5, 0.9, 0.99];

    private string? SetDistribution(ref Distribution summary, NumberRange pairs)
    {
        var (values, rates) = Batch.Unzip(pairs);
        var observed = Batch.NumbersToChange(values);
        var times = Batch.NumbersToChange(rates);
        var (count, sum) = (0.0, 0.0);
        for (var i = 0; i < observed.Length; i++)
        {
            if (!double.IsFinite(observed[i]) || times[i] is not (>= 0 and < double.PositiveInfinity)) return "a sample that is no number";
            count += times[i];
            sum += observed[i] * times[i];
        }

        (summary.Count, summary.Sum) = (count, sum);
        if (!(count > 0)) return null;
        observed.Sort(times);
        Span<double> found = stackalloc double[Quantiles.Length];
        for (var i = 0; i < found.Length; i++) found[i] = ValueAt(observed, times, Quantiles[i] * count);
        NumberRange all = default;
        for (var i = 0; i < found.Length; i++) all = Batch.Append(Batch.Append(all, Quantiles[i]), found[i]);
        return SetSummary(ref summary, all);
    }

    // The first value up to which so many were observed.
    private static double ValueAt(ReadOnlySpan<double> observed, ReadOnlySpan<double> times, double rank)
    {
        var below = 0.0;
        for (var i = 0; i < observed.Length; i++)
            if ((below += times[i]) >= rank && times[i] > 0) return observed[i];
        return observed[^1];
    }
}
