using LeptonStream.Backtest;
using LeptonStream.Testing;

namespace LeptonStream.Benchmarks.Accuracy;

/// <summary>
/// How well single series are judged, beside four detectors of a few lines each: event recall within a budget of false episodes a
/// series-day, one threshold for all series of a family, all strictly causal.
/// </summary>
internal static class SeriesBenchmark
{
    private static readonly string[] Families = ["aiops-kpi", "ms-cloud-monitoring", "nab"];

    private static readonly (string Name, EntityScorer Score)[] Peers =
    [
        ("Holt-Winters residual", SimplePeers.HoltWinters),
        ("median/MAD of 360 rows", SimplePeers.MedianMad),
        ("first difference", SimplePeers.FirstDifference),
        ("moving variance", SimplePeers.MovingVariance),
    ];

    /// <summary>The recall of every detector on every family that is there.</summary>
    public static IEnumerable<(string Family, string Detector, double?[] RecallAt)> Measure()
    {
        foreach (var family in Families)
        {
            if (SharedFolder.Find("data/" + family) is not { } path)
            {
                Console.Error.WriteLine($"    {family}: skipped, ../shared/data/{family} is missing");
                continue;
            }

            Report.Progress(family);
            BacktestFile[] files = [.. new BacktestRun(new(path)).Run(default).Files.Where(file => file.HasTruth)];
            yield return (family, "LeptonStream", RecallAtBudget.Of([.. files.Select(f => f.Series)], FamilyResult.Budgets));
            foreach (var (name, score) in Peers)
            {
                var series = files.AsParallel().AsOrdered().Select(file => Judge(file, score)).ToArray();
                yield return (family, name, RecallAtBudget.Of(series, FamilyResult.Budgets));
            }
        }
    }

    private static ScoredSeries Judge(BacktestFile file, EntityScorer score)
    {
        double[] waits = [.. file.Rows.Zip(file.Rows.Skip(1), (a, b) => (b.Time - a.Time).TotalSeconds).Order()];
        var usual = waits.Length > 0 ? Math.Max(1, waits[waits.Length / 2]) : 60;
        return AccuracyBenchmark.Judge(file, score, (int)Math.Round(TimeSpan.FromDays(1).TotalSeconds / usual));
    }
}
