using LeptonStream.Testing;

namespace LeptonStream.Benchmarks.Windows;

/// <summary>
/// How far mean and variance of a rolling window are from the exact ones after very many pushes: figures of correctness, not of speed.
/// </summary>
internal static class DriftBenchmark
{
    private const int Capacity = 360;
    private const int Every = 997;

    public static void Run(Report report, bool quick)
    {
        var pushes = quick ? 1_000_000 : 100_000_000;
        Report.Progress($"rolling window of {Capacity}, {pushes:N0} values about a billion");
        var exact = WindowDrift.Measure(pushes, Capacity, Every, steps: 4096);
        var any = WindowDrift.Measure(pushes, Capacity, Every, steps: 1 << 23);
        var sound = exact.IsSound && any.IsSound ? "never NaN, never negative" : "NOT SOUND";
        report.Add("driftMean", "greatest error of the mean", Math.Max(exact.Mean, any.Mean), "of the mean",
            $"{pushes:N0} pushes about 1e9, outliers to ±1,024 and of 1e15, {exact.Comparisons:N0} comparisons; {sound}");
        report.Add("driftVariance", "greatest error of the variance", exact.Variance, "of it",
            "values of 24 bits, which a window holds exactly");
        report.Add("driftSums", "the same, values of any digits", any.Sums, "of it",
            "against the values that the window holds: what pushing has lost");
        report.Add("driftVarianceAnyValue", "the same, with what was never held", any.Variance, "of it",
            "against the values that were pushed: 24 bits of an outlier are kept");
    }
}
