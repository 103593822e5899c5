using LeptonStream.Backtest.SeriesFiles;
using LeptonStream.Testing;

namespace LeptonStream.Product.Tests.Backtest.Promises;

/// <summary>The real series on which laws are tested: three in every run, all others in the slow one.</summary>
internal static class RealSeries
{
    private const string Nab = "data/nab/data";
    private const string Kpi = "data/aiops-kpi";

    // The load of a machine, a cost at uneven times, and whole numbers.
    private static readonly string[] Ordinary =
    [
        $"{Nab}/realAWSCloudwatch/ec2_cpu_utilization_24ae8d.csv",
        $"{Nab}/realAdExchange/exchange-2_cpc_results.csv",
        $"{Nab}/realTraffic/speed_7578.csv",
    ];

    /// <summary>A case for each, named by its path in the shared folder.</summary>
    public static IEnumerable<TestCaseData> All()
    {
        foreach (var name in Ordinary) yield return new(name);
        foreach (var name in FilesIn(Nab).Concat(FilesIn(Kpi)).Except(Ordinary)) yield return new TestCaseData(name).SetCategory("Slow");
    }

    /// <summary>Those that are measured and not counted: their first value is no whole number.</summary>
    public static IEnumerable<TestCaseData> Measured() => All().Where(file => !BeginsWhole((string)file.Arguments[0]!));

    private static bool BeginsWhole(string name)
    {
        if (SharedFolder.Find(name) is not { } path || Directory.Exists(path)) return false;
        return SeriesFile.Open(path).Rows().First().Values[0] is { } value && value == Math.Truncate(value);
    }

    // The folder itself where it is missing: a case that says so.
    private static IEnumerable<string> FilesIn(string folder) =>
        SharedFolder.Find(folder) is { } path
            ? Directory.EnumerateFiles(path, "*.csv", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
                .Select(f => $"{folder}/{Path.GetRelativePath(path, f).Replace('\\', '/')}")
            : [folder];
}
