using System.Globalization;
using LeptonStream.Cli.Backtest;
using LeptonStream.Cli.SeriesFiles;
using LeptonStream.Detection;
using LeptonStream.Samples;
using LeptonStream.Testing;

namespace LeptonStream.Roles.Tests.Backtest;

internal sealed class CausalityTests
{
    private string _folder = "";

    private static readonly string[] RealFiles =
    [
        "data/nab/data/realKnownCause/machine_temperature_system_failure.csv",
        "data/nab/data/realAWSCloudwatch/ec2_cpu_utilization_24ae8d.csv",
        "data/nab/data/realTweets/Twitter_volume_AAPL.csv",
        "data/nab/data/realTraffic/speed_7578.csv",
        "data/nab/data/realAdExchange/exchange-2_cpc_results.csv",
        "data/nab/data/artificialWithAnomaly/art_daily_jumpsup.csv",
        "data/aiops-kpi/54350a12_full.csv",
        "data/aiops-kpi/e0747cad_full.csv",
    ];

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("lepton-causality-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Explore([ValueSource(nameof(RealFiles))] string name)
    {
        var path = SharedFolder.Require(name);
        var whole = Run(path);
        var rows = whole.Rows;
        foreach (var cut in new[] { rows.Count / 7, rows.Count / 2, rows.Count - 1, Array.IndexOf(whole.Series.Scores, whole.Series.Scores.Max()) + 1 })
            Say($"cut {cut}", whole, Run(Write("part.csv", rows.Take(cut), v => v, TimeSpan.Zero)));
        Say("name", whole, Run(Write("a-very-much-longer-name.csv", rows, v => v, TimeSpan.Zero, "m_17")));
        foreach (var weeks in new[] { 1, 100, 500, -52 }) Say($"weeks {weeks}", whole, Run(Write("w.csv", rows, v => v, TimeSpan.FromDays(7 * weeks))));
        foreach (var k in new[] { -40, -20, -7, -3, -1, 1, 3, 7, 10, 20, 30, 40 }) Say($"2^{k}", whole, Run(Write("k.csv", rows, v => Math.ScaleB(v, k), TimeSpan.Zero)));
    }

    private static void Say(string what, BacktestFile whole, BacktestFile other)
    {
        var n = other.Rows.Count;
        var differ = 0; var most = 0.0; var first = -1;
        var lines = 0;
        for (var i = 0; i < n; i++)
        {
            var (a, b) = (whole.Series.Scores[i], other.Series.Scores[i]);
            if (BitConverter.DoubleToInt64Bits(a) == BitConverter.DoubleToInt64Bits(b)) continue;
            differ++; if (first < 0) first = i;
            most = Math.Max(most, Math.Abs(a - b));
            if (a >= 1 != b >= 1) lines++;
        }

        var alarms = Enumerable.Range(0, n).Count(i => whole.Series.Alarms[i] != other.Series.Alarms[i]);
        TestContext.Out.WriteLine($"{what,-10} rows {n} differ {differ} first {first} most {most:G3} cross {lines} alarms {alarms}");
    }

    private string Write(string name, IEnumerable<SeriesRow> rows, Func<double, double> value, TimeSpan shift, string metric = "value")
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllLines(path, ["timestamp," + metric, .. rows.Select(r => FormattableString.Invariant($"{(r.Time + shift).UnixNanoseconds},{value(r.Values[0]!.Value):R}"))]);
        return path;
    }

    private static BacktestFile Run(string path) => BacktestFile.Run(path, "f", null, DetectionPolicy.Default);
}
