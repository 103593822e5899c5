using LeptonStream.Detection.Calibration;
using LeptonStream.Detection.Policies;

namespace LeptonStream.Core.Tests.Detection.Calibration;

/// <summary>The lines of the budgets: rarities that rise with the budget, and scores that mean the same time whatever the line.</summary>
internal sealed class AlarmLineTests
{
    private const double News = 4.5;

    private static readonly double[] Days = [1 / 24.0, 0.25, 1, 3, 7, 14, 30, 91, 365, 3650];

    [Test]
    public void OfSeries_BudgetUpToAWeek_IsTheRarityThatComesOnceInIt() =>
        Assert.That(Days.Where(days => days <= 7).Select(days => AlarmLine.OfSeries(Policy(days, 91)).Rarity),
            Is.EqualTo(Days.Where(days => days <= 7).Select(days => Math.Log10(days * 288))).Within(1e-9));

    [Test]
    public void Rarity_LongerBudget_IsHigherAndNeverBelowNewsForAMetric()
    {
        var lines = Days.Select(days => Policy(days, 3650)).ToArray();
        Assert.That(lines.Select(policy => AlarmLine.OfSeries(policy).Rarity), Is.Ordered.Ascending);
        Assert.That(lines.Select(policy => AlarmLine.OfMetric(policy, News).Rarity), Is.Ordered.Ascending.And.All.AtLeast(News));
        Assert.That(lines.Select(policy => AlarmLine.OfEntity(policy).Rarity), Is.Ordered.Ascending);
    }

    [Test]
    public void DecadesOf_AnyBudgets_IsOneBudgetAtTheLineAndTheOtherAtTheCriticalOne(
        [ValueSource(nameof(Days))] double warning, [ValueSource(nameof(Days))] double critical)
    {
        if (critical < warning) return;
        var policy = Policy(warning, critical);
        foreach (var line in (AlarmLine[])[AlarmLine.OfSeries(policy), AlarmLine.OfEntity(policy)])
        {
            var rising = Enumerable.Range(0, 200).Select(i => line.DaysOf(i / 20.0)).ToArray();
            Assert.That(line.DaysOf(1), Is.EqualTo(warning).Within(1e-9 * warning));
            Assert.That(line.DaysOf(line.CriticalScore), Is.EqualTo(critical).Within(1e-6 * critical));
            Assert.That(line.DaysOf(Math.BitIncrement(line.CriticalScore)), Is.EqualTo(critical).Within(1e-6 * critical), "no jump");
            Assert.That(rising, Is.Ordered.Ascending);
        }
    }

    [TestCase(1, 91)]
    [TestCase(7, 91)]
    [TestCase(30, 91)]
    [TestCase(7, 365)]
    public void CriticalScore_OfAMetricThatSharesABudget_IsAsRareAsOfASeriesByItself(double warning, double critical)
    {
        var (alone, shared) = (AlarmLine.OfSeries(Policy(warning, critical)), AlarmLine.OfMetric(Policy(warning, critical), News));
        Assert.That(shared.CriticalScore * shared.Rarity, Is.EqualTo(alone.CriticalScore * alone.Rarity).Within(1e-9));
    }

    [Test]
    public void OfRecurrent_HoweverFar_KeepsItsOrderBelowTheLineOfAWeek()
    {
        double[] decades = [.. Enumerable.Range(-20, 1000).Select(i => i / 10.0)];
        var capped = decades.Select(AlarmLine.OfRecurrent).ToArray();
        Assert.That(capped, Is.Ordered.Ascending.And.All.InRange(0, 0.999 * AlarmLine.OfSeries(Policy(7, 91)).Rarity));
        Assert.That(AlarmLine.OfRecurrent(2.5), Is.EqualTo(2.5), "far below the line nothing changes");
    }

    private static SeriesPolicy Policy(double warning, double critical) =>
        new() { WarningBudget = TimeSpan.FromDays(warning), CriticalBudget = TimeSpan.FromDays(critical) };
}
