using LeptonStream.Alerts;
using LeptonStream.Core.Tests.Detectors;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Policies.Presets;

namespace LeptonStream.Core.Tests.Detection.Entities;

/// <summary>
/// The metrics of an entity share its budget: a series by itself opens an alert at the line of its budget, beside another metric only at
/// news.
/// </summary>
internal sealed class SharedBudgetTests
{
    private const int Quiet = 1500;

    // In deviations: from ordinary to far beyond any line.
    private static readonly double[] Shifts = [.. Enumerable.Range(25, 60).Select(i => i / 10.0)];

    [Test]
    public void Process_OneOfTwoMetricsDeviates_OpensLaterThanASeriesByItselfAndScoresTheSame()
    {
        var alone = Shifts.Select(shift => Judge(shift, isAlone: true, days: 7)).ToArray();
        var joined = Shifts.Select(shift => Judge(shift, isAlone: false, days: 7)).ToArray();
        using var scope = Assert.EnterMultipleScope();
        Assert.That(joined.Select(one => one.Score), Is.EqualTo(alone.Select(one => one.Score)), "the score is the series' own affair");
        Assert.That(alone.Count(one => one.HasOpened), Is.GreaterThan(joined.Count(one => one.HasOpened)));
        Assert.That(joined[^1].HasOpened, Is.True, "news is news");
    }

    [Test]
    public void Process_ShorterBudget_OpensNoLaterAndScoresInParts()
    {
        double[] budgets = [1, 3, 7];
        var judged = budgets.Select(days => Shifts.Select(shift => Judge(shift, isAlone: true, days)).ToArray()).ToArray();
        Assert.That(judged.Select(row => row.Count(one => one.HasOpened)), Is.Ordered.Descending);
        // A score times the rarity of its line is what the sample is, whatever the budget.
        for (var i = 0; i < Shifts.Length; i++)
        {
            var rarities = judged.Zip(budgets, (row, days) => row[i].Score * Math.Log10(days * 288)).ToArray();
            Assert.That(rarities, Is.All.EqualTo(rarities[0]).Within(1e-6), $"a shift of {Shifts[i]}");
        }
    }

    private static (double Score, bool HasOpened) Judge(double shift, bool isAlone, double days)
    {
        var settings = new PolicySettings { WarningBudget = TimeSpan.FromDays(days), MinimumRelativeDeviation = 0 };
        var policies = new PolicySet([], settings, PresetCatalog.Default);
        var driver = new PipelineTestDriver(policies: policies);
        var (value, other) = (Streams.Noise(seed: 1, Quiet + 1), Streams.Noise(seed: 2, Quiet + 1));
        for (var row = 0; row <= Quiet; row++)
        {
            driver.Now += TimeSpan.FromMinutes(5);
            var x = FormattableString.Invariant($"{value[row].Value + (row == Quiet ? shift : 0):R}");
            var y = isAlone ? "" : FormattableString.Invariant($""","y":{other[row].Value:R}""");
            driver.Send($$$"""{"model":"m","ts":"{{{driver.Now}}}","metrics":{"x":{{{x}}}{{{y}}}} }""");
        }

        return (driver.Judged.Last(judged => judged.Key.Metric == "x").Score,
            driver.Events.Exists(e => e.Type == AlertEventType.Opened && e.Metric == "x" && e.DetectedAt == driver.Now));
    }
}
