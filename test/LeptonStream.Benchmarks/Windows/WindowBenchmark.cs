using System.Diagnostics;
using LeptonStream.Series;

namespace LeptonStream.Benchmarks.Windows;

/// <summary>The rolling window against MathNet: the same values, one thread, everything in the cache, in turns.</summary>
internal static class WindowBenchmark
{
    private const int Rounds = 7;

    // What was read goes somewhere, else nothing would have to be read.
    private static double _read;

    public static void Run(Report report, bool quick)
    {
        var values = Gaussian(1 << 20);
        foreach (var capacity in (ReadOnlySpan<int>)[60, 360, 1440]) Compare(report, values, capacity, quick);
    }

    private static void Compare(Report report, double[] values, int capacity, bool quick)
    {
        Report.Progress($"rolling window of {capacity:N0}");
        var ours = new List<double>();
        var plain = new List<double>();
        var push = new List<double>();
        var median = new List<double>();
        var mad = new List<double>();
        var theirCount = (quick ? 2_000_000 : 20_000_000) / capacity;
        // The first round warms up.
        for (var round = 0; round <= Rounds; round++)
        {
            Keep(ours, round, NsOf(values.Length, capacity, values, (c, v) => Ours(c, v, withMad: true)));
            Keep(plain, round, NsOf(values.Length, capacity, values, (c, v) => Ours(c, v, withMad: false)));
            Keep(push, round, NsOf(values.Length, capacity, values, Push));
            Keep(median, round, NsOf(theirCount, capacity, values, (c, v) => Theirs(c, v, withMad: false)));
            Keep(mad, round, NsOf(theirCount, capacity, values, (c, v) => Theirs(c, v, withMad: true)));
        }

        var (all, one, two) = (Middle(ours), Middle(median), Middle(mad));
        report.Add($"window{capacity}Ns", $"window of {capacity:N0}, push and read all", all, "ns",
            $"of which the push {Middle(push):F0} ns; mean, variance, median, MAD, p99, min, max, EWMA");
        report.Add($"window{capacity}MedianRatio", $"MathNet ÷ ours, window of {capacity:N0}, no MAD", one / Middle(plain), "x",
            $"{one:N0} ns: moving statistics, and the median of a copy; ours with the same read, {Middle(plain):F0} ns; of the fastest "
            + $"rounds {median.Min() / plain.Min():F1}");
        report.Add($"window{capacity}Ratio", $"MathNet ÷ ours, window of {capacity:N0}", two / all, "x",
            $"{two:N0} ns: the same and the MAD; of the fastest rounds {mad.Min() / ours.Min():F1}");
    }

    private static double Ours(int capacity, ReadOnlySpan<double> values, bool withMad)
    {
        var window = new RollingWindow(new byte[RollingWindow.BytesFor(capacity)]);
        var sum = 0.0;
        foreach (var value in values)
        {
            window.Push(value);
            sum += window.Mean + window.Variance + window.Median + window.Minimum + window.Maximum;
            if (withMad) sum += window.MedianAbsoluteDeviation() + window.Quantile(0.99) + window.WeightedMean;
        }

        return sum;
    }

    private static double Push(int capacity, ReadOnlySpan<double> values)
    {
        var window = new RollingWindow(new byte[RollingWindow.BytesFor(capacity)]);
        foreach (var value in values) window.Push(value);
        return window.Mean;
    }

    private static double Theirs(int capacity, ReadOnlySpan<double> values, bool withMad)
    {
        var window = new MathNetWindow(capacity);
        var sum = 0.0;
        foreach (var value in values)
        {
            sum += window.PushAndRead(value);
            var median = window.Median();
            sum += median;
            if (withMad) sum += window.MedianAbsoluteDeviation(median);
        }

        return sum;
    }

    private static double NsOf(int count, int capacity, double[] values, Func<int, ReadOnlySpan<double>, double> work)
    {
        var began = Stopwatch.GetTimestamp();
        _read = work(capacity, values.AsSpan(0, count));
        return Stopwatch.GetElapsedTime(began).TotalNanoseconds / count;
    }

    private static void Keep(List<double> figures, int round, double figure)
    {
        if (round > 0) figures.Add(figure);
    }

    private static double Middle(List<double> figures) => figures.Order().ElementAt(figures.Count / 2);

    private static double[] Gaussian(int count)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, count)
            .Select(_ => 100 + (Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];
    }
}
