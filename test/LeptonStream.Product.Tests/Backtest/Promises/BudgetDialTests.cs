using LeptonStream.Backtest;
using LeptonStream.Testing;

namespace LeptonStream.Product.Tests.Backtest.Promises;

/// <summary>
/// The warning budget is a dial: what comes at the line lies within half and twice what a budget allows, a tighter one finds less, and the
/// order of scores does not hang on it. What <c>lepton backtest --budgets</c> prints.
/// </summary>
[Category("Slow")]
internal sealed class BudgetDialTests
{
    // Budgets of 1, 3, 7 and 30 days. Hourly series cannot have a false episode a day: each lasts for hours.
    [TestCase("data/aiops-kpi", 0.5, 0.5, 0.5, 0.5)]
    [TestCase("data/ms-cloud-monitoring", 0.3, 0.5, 0.5, 0.5)]
    [TestCase("data/nab", 0.5, 0.5, 0.5, 0.5)]
    public void EachFamily_AtEachBudget_KeepsItWithinTwice(string folder, params double[] least)
    {
        var dial = BudgetDial.Read(new(SharedFolder.Require(folder)), default);
        var readings = dial.Where(reading => reading.Family == dial[^1].Family).OrderBy(reading => reading.Budget).ToArray();
        foreach (var reading in readings)
            TestContext.Out.WriteLine($"{folder} {reading.Budget.TotalDays} d: realised {reading.Realised:F3}, ratio {reading.Ratio:F2}; "
                + $"recall {reading.Events.Recall:F3}, precision {reading.Events.Precision:F2}; recall within 0.1 / 0.5 / 1: "
                + string.Join(" / ", reading.RecallAt.Select(recall => $"{recall:F3}")));
        Assert.That(readings.Select(reading => reading.Budget), Is.EqualTo(BudgetDial.Budgets));
        Assert.Multiple(() =>
        {
            Assert.That(readings.Zip(least).Where(pair => !(pair.First.Ratio >= pair.Second && pair.First.Ratio <= 2))
                .Select(pair => $"{pair.First.Budget.TotalDays} d: {pair.First.Ratio:F2}"), Is.Empty, "realised by nominal");
            Assert.That(readings.Select(reading => reading.Events.Recall), Is.Ordered.Descending, "a tighter budget finds less");
            for (var i = 0; i < FamilyResult.Budgets.Length; i++)
            {
                var recalls = readings.Select(reading => reading.RecallAt[i]!.Value).ToArray();
                Assert.That(recalls.Max() - recalls.Min(), Is.LessThanOrEqualTo(0.07), "the order of scores");
            }
        });
    }
}
