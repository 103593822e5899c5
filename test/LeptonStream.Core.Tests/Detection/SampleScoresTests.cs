using System.Reflection;
using LeptonStream.Detection;
using LeptonStream.Detection.Lifecycle;

namespace LeptonStream.Core.Tests.Detection;

/// <summary>
/// What an alert sees of the scores of both channels, by its phase and by how the sample stands to the baseline before the onset.
/// </summary>
internal sealed class SampleScoresTests
{
    // Each level says something else, so that the number tells which one was taken.
    private static readonly SampleScores Sharp = new() { Sharp = 3, SharpNovelty = 2 };
    private static readonly SampleScores Slow = new() { Slow = 0.8, SlowNovelty = 1.5, SlowAlarm = 1.2 };
    private static readonly SampleScores Young = new() { Young = 1.1 };
    private static readonly SampleScores Rule = new() { Sharp = 4, SharpNovelty = 4, Rule = 4 };

    private static IEnumerable<TestCaseData> Table()
    {
        yield return Row("novelty opens", AlertPhase.Quiet, BaselineStand.None, (Sharp, 2), (Slow, 1.2), (Young, 1.1), (Rule, 4));
        yield return Row("the level is evidence", AlertPhase.Pending, BaselineStand.None, (Sharp, 3), (Slow, 1.2), (Young, 1.1), (Rule, 4));
        yield return Row("the level keeps open", AlertPhase.Open, BaselineStand.None, (Sharp, 3), (Slow, 0.8), (Young, 1.1), (Rule, 4));
        yield return Row("away from the baseline goes on, however usual", AlertPhase.Open, BaselineStand.Away, (Sharp, 3), (Slow, 1),
            (Young, 1), (Rule, 4));
        yield return Row("back in the baseline only rules speak", AlertPhase.Open, BaselineStand.Back, (Sharp,
            0), (Slow, 0), (Young, 0), (Rule, 4));
    }

    [TestCaseSource(nameof(Table))]
    public void For_APhaseAndAStand_TakesTheLevelsThatCountThere(AlertPhase phase, BaselineStand stand,
        (SampleScores Scores, double Seen)[] rows)
    {
        foreach (var (scores, seen) in rows) Assert.That(scores.For(phase, stand), Is.EqualTo(seen), scores.ToString());
    }

    [Test]
    public void Novelty_IsThatOfTheLevelWithMost() =>
        Assert.That(new[] { Sharp, Slow, Young, Rule, default }.Select(scores => scores.Novelty), Is.EqualTo(new[] { 2, 1.5, 1.1, 4, 0 }));

    [Test]
    public void Times_OfEveryLevel_IsThatOfDeviationsAndLeavesRulesAndYoungChanges()
    {
        foreach (var (scores, times) in new[] { (Sharp, 4.0), (Slow, 3), (Young, 1.1), (Rule, 8) })
            Assert.That(scores.Times(2).Novelty, Is.EqualTo(times), scores.ToString());
        Assert.That(Rule.Times(2).For(AlertPhase.Open, BaselineStand.Back), Is.EqualTo(4));
        Assert.That(Slow.Times(2).For(AlertPhase.Quiet, BaselineStand.None), Is.EqualTo(2.4));
    }

    // Whoever adds a score says there what becomes of it.
    [TestCaseSource(nameof(Scores))]
    public void Times_AnyScore_MultipliesOrKeepsIt(PropertyInfo score)
    {
        object scores = default(SampleScores);
        score.SetValue(scores, 3.0);
        Assert.That(score.GetValue(((SampleScores)scores).Times(2)), Is.EqualTo(3).Or.EqualTo(6));
    }

    private static IEnumerable<PropertyInfo> Scores() => typeof(SampleScores).GetProperties().Where(score => score.CanWrite);

    private static TestCaseData Row(string name, AlertPhase phase, BaselineStand stand, params (SampleScores, double)[] rows) =>
        new TestCaseData(phase, stand, rows).SetArgDisplayNames(name);
}
