using LeptonStream.Detection.Calibration;
using LeptonStream.Detection.Policies;
using LeptonStream.Explanations;

namespace LeptonStream.Core.Tests.Explanations;

/// <summary>The wording of a rarity against the budgets of the policy that it is computed from.</summary>
public sealed class RarityTests
{
    private static readonly AlarmLine Default = AlarmLine.OfSeries(SeriesPolicy.Default);

    [TestCase(7, 91, "about once every 3 months", "约每 3 个月一次")]
    [TestCase(1, 28, "about once every 4 weeks", "约每 4 周一次")]
    [TestCase(30, 365, "about once every 12 months", "约每 12 个月一次")]
    [TestCase(365, 1461, "about once every 4 years", "约每 4 年一次")]
    public void AtTheCriticalLine_IsTheCriticalBudget(int warningDays, int criticalDays, string english, string chinese)
    {
        var policy = new SeriesPolicy { WarningBudget = TimeSpan.FromDays(warningDays), CriticalBudget = TimeSpan.FromDays(criticalDays) };
        foreach (var line in (AlarmLine[])[AlarmLine.OfSeries(policy), AlarmLine.OfMetric(policy, newsFrom: 3), AlarmLine.OfEntity(policy)])
        {
            Assert.That(Rarity.InEnglish(line.CriticalScore, line, TimeSpan.FromDays(90)), Does.Contain(english));
            Assert.That(Rarity.InChinese(line.CriticalScore, line, TimeSpan.FromDays(90)), Does.Contain(chinese));
        }
    }

    [TestCase(7.0, "about once a week")]
    [TestCase(1.0, "about once a day")]
    [TestCase(1.0 / 24, "about once an hour")]
    public void AtTheWarningLine_IsTheWarningBudget(double days, string english)
    {
        var line = AlarmLine.OfSeries(new() { WarningBudget = TimeSpan.FromDays(days) });

        Assert.That(Rarity.InEnglish(1, line, TimeSpan.FromDays(90)), Does.Contain(english));
    }

    [Test]
    public void OfAYoungSeries_SaysHowYoungInsteadOfHowRare()
    {
        var english = Rarity.InEnglish(8, Default, TimeSpan.FromHours(4));

        Assert.That(english, Does.Contain("4 h").And.Contain("confidence is limited").And.Not.Contain("expected"));
        Assert.That(Rarity.InChinese(8, Default, TimeSpan.FromHours(4)), Does.Contain("4 小时").And.Contain("置信度有限"));
    }

    [TestCase(50)]
    [TestCase(double.PositiveInfinity)]
    public void BeyondAnyHistory_IsCutAtTenYears(double score) =>
        Assert.That(Rarity.InEnglish(score, Default, null), Does.Contain("less than once in 10 years"));
}
