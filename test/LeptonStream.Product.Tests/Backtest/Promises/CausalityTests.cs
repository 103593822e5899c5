using LeptonStream.Backtest;
using LeptonStream.Backtest.SeriesFiles;
using LeptonStream.Detection;
using LeptonStream.Testing;

namespace LeptonStream.Product.Tests.Backtest.Promises;

/// <summary>
/// A score is a function of the samples so far and of nothing else: not of what comes, not of names, not of the week, not of the unit.
/// </summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase), Parallelizable(ParallelScope.Children)]
internal sealed class CausalityTests : IDisposable
{
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    private readonly string _folder = Directory.CreateTempSubdirectory("lepton-causality-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [TestCaseSource(typeof(RealSeries), nameof(RealSeries.All))]
    public void Scores_OfAPrefix_AreThoseOfTheWholeUpToTheCut(string name)
    {
        var whole = Run(SharedFolder.Require(name));
        // Where the highest score is, a look at the next row would pay most.
        var highest = Array.IndexOf(whole.Series.Scores, whole.Series.Scores.Max());
        foreach (var rows in (int[])[whole.Rows.Count / 7, whole.Rows.Count / 2, Math.Max(1, highest), highest + 1, whole.Rows.Count - 1])
            Difference.Between(whole, Run(Write("part.csv", whole.Rows.Take(rows)))).IsNone($"the first {rows} rows");
    }

    [TestCaseSource(typeof(RealSeries), nameof(RealSeries.All))]
    public void Scores_UnderAnotherName_AreTheSame(string name)
    {
        var whole = Run(SharedFolder.Require(name));
        Difference.Between(whole, Run(Write("another-and-a-longer-name.csv", whole.Rows))).IsNone("of a file");
        // One that no preset knows: what a preset knows of a metric is meant to count.
        Difference.Between(whole, Run(Write("part.csv", whole.Rows, metric: "m_17"))).IsNone("of a metric");
    }

    [TestCaseSource(typeof(RealSeries), nameof(RealSeries.All))]
    public void Scores_WholeWeeksEarlierOrLater_AreTheSame(string name)
    {
        var whole = Run(SharedFolder.Require(name));
        foreach (var weeks in (int[])[1, 100, 500, -52])
            Difference.Between(whole, Run(Write("part.csv", whole.Rows, shift: weeks * Week))).IsNone($"{weeks} weeks");
    }

    // Not of counts: while all values are whole, one of them is the least that is taken for a deviation, and one of another unit is another
    // one.
    [TestCaseSource(typeof(RealSeries), nameof(RealSeries.Measured))]
    public void Scores_InAnotherUnit_AreTheSame(string name)
    {
        var whole = Run(SharedFolder.Require(name));
        foreach (var power in (int[])[-20, -3, 3, 20])
            Difference.Between(whole, Run(Write("part.csv", whole.Rows, power: power))).IsWithin(1e-6, $"2^{power}");
    }

    private static BacktestFile Run(string path) => BacktestFile.Run(path, "family", null, DetectionPolicy.Default);

    private string Write(string name, IEnumerable<SeriesRow> rows, string metric = "value", TimeSpan shift = default, int power = 0)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllLines(path, [$"timestamp,{metric}", .. rows.Select(Line)]);
        return path;

        string Line(SeriesRow row) =>
            FormattableString.Invariant(
            $"{(row.Time + shift).UnixNanoseconds},{(row.Values[0] is { } value ? Math.ScaleB(value, power) : null):R}");
    }
}
