using LeptonStream.Backtest;
using LeptonStream.Backtest.Training;
using LeptonStream.Testing;

namespace LeptonStream.Product.Tests.Backtest.Promises;

/// <summary>What is promised of the default configuration on labelled series, by what <c>lepton backtest</c> runs.</summary>
[Category("Slow")]
internal sealed class LabelledSeriesTests
{
    [Test]
    public void Nab_AllFiles_ReachesItsScoreInEveryProfile()
    {
        var result = Backtest("data/nab");
        var nab = result.Nab.ToDictionary(score => score.Profile, score => score.Normalised);
        foreach (var (profile, score) in nab) TestContext.Out.WriteLine($"NAB {profile.Name}: {score:F2}");
        foreach (var family in result.Families)
            TestContext.Out.WriteLine($"    {family.Name}: {string.Join(", ", family.Nab.Select(score => $"{score.Normalised:F1}"))}");
        Assert.That(result.Files.Count(file => file.IsNab), Is.EqualTo(58), "a score of some files is none");
        Assert.Multiple(() =>
        {
            Assert.That(nab[NabProfile.Standard], Is.GreaterThanOrEqualTo(70));
            Assert.That(nab[NabProfile.RewardLowFalsePositives], Is.GreaterThanOrEqualTo(63));
            Assert.That(nab[NabProfile.RewardLowFalseNegatives], Is.GreaterThanOrEqualTo(74));
        });
    }

    [Test]
    public void AiopsKpi_AllSeries_FindsTheEventsWithFewFalseEpisodes()
    {
        var result = Backtest("data/aiops-kpi");
        foreach (var (_, one) in result.PerFile) Tell(one);
        Tell(result.Total);
        var events = result.Total.Events;
        Assert.That((events.Series, events.Events), Is.EqualTo((13, 706)));
        Assert.Multiple(() =>
        {
            Assert.That(FamilyResult.Budgets, Is.EqualTo((double[])[0.1, 0.5, 1]));
            Assert.That(result.Total.RecallAt[0], Is.GreaterThanOrEqualTo(0.50));
            Assert.That(result.Total.RecallAt[1], Is.GreaterThanOrEqualTo(0.70));
            Assert.That(result.Total.RecallAt[2], Is.GreaterThanOrEqualTo(0.78));
            Assert.That(events.Recall, Is.GreaterThanOrEqualTo(0.45), "at the default line");
            Assert.That(events.FalseEpisodesPerSeriesDay, Is.LessThanOrEqualTo(0.15), "at the default line");
        });
    }

    // The best that is known of others on the same entities, and of the textbook's detectors in the benchmark: no column may be worse, and
    // both areas must be better.
    [TestCase("smd", 1, 0.218, 0.226, 0.31, 0.62, 0.69)]
    [TestCase("asd", 5, 0.321, 0.328, 0.36, 0.50, 0.79)]
    [TestCase("jumpstarter", 5, 0.191, 0.190, 0.67, 1, 1)]
    public void Entities_EachSet_AreJudgedBetterThanByTheBestOfOthers(
        string set, int minutes, double area, double volume, double recall01, double recall05, double recall1)
    {
        var result = new BacktestRun(new(SharedFolder.Require("data/" + set)) { Interval = TimeSpan.FromMinutes(minutes) }).Run(default);
        Tell(result.Total);
        TestContext.Out.WriteLine($"{set}: AUC-PR {result.Total.Areas.AucPr:F3}, VUS-PR {result.Total.Areas.VusPr:F3}");
        Assert.Multiple(() =>
        {
            Assert.That(result.Total.Areas.AucPr, Is.GreaterThan(area));
            Assert.That(result.Total.Areas.VusPr, Is.GreaterThan(volume));
            // As few events as there are, the figures of others are rounded.
            Assert.That(result.Total.RecallAt[0], Is.GreaterThanOrEqualTo(recall01 - 0.005));
            Assert.That(result.Total.RecallAt[1], Is.GreaterThanOrEqualTo(recall05 - 0.005));
            Assert.That(result.Total.RecallAt[2], Is.GreaterThanOrEqualTo(recall1 - 0.005));
        });
    }

    [Test]
    public void TrainingRuns_AllRuns_TellsFaultsInTimeAndLeavesNormalRunsAlone()
    {
        var score = Backtest("data/training-runs").Training!;
        FaultOutcome[] pages = [.. score.Of(TrainingFault.Page)];
        FaultOutcome[] tickets = [.. score.Of(TrainingFault.Ticket)];
        foreach (var kind in score.Kinds)
            TestContext.Out.WriteLine(
                $"{kind.Kind}: {kind.Prompt} in time, {kind.Detected} found, {kind.Paged} with a page, of {kind.Faults}");
        TestContext.Out.WriteLine(
            $"page: {pages.Count(p => p.IsPrompt)} of {pages.Length} in time; ticket: {tickets.Count(t => t.IsDetected)} of "
            + $"{tickets.Length} found");
        TestContext.Out.WriteLine($"{score.NormalRuns} normal runs: {score.NormalEpisodes} alarm episodes, {score.NormalPages} pages");
        Assert.That((score.Runs.Count, pages.Length, tickets.Length, score.NormalRuns), Is.EqualTo((30, 10, 13, 12)));
        Assert.Multiple(() =>
        {
            Assert.That(pages.Where(p => !p.IsPrompt).Select(p => $"{p.Fault.Kind} after {p.DelaySteps} steps, {p.Delay}"), Is.Empty,
                "told too late, or never");
            Assert.That(tickets.Count(t => t.IsDetected), Is.GreaterThanOrEqualTo(0.8 * tickets.Length));
            Assert.That(score.NormalPages, Is.Zero);
            Assert.That(score.NormalEpisodesPerRun, Is.LessThanOrEqualTo(0.25));
        });
    }

    private static BacktestResult Backtest(string folder) => new BacktestRun(new(SharedFolder.Require(folder))).Run(default);

    private static void Tell(FamilyResult of) => TestContext.Out.WriteLine(
        $"{of.Name}: recall {of.Events.Recall:F2}, {of.Events.FalseEpisodesPerSeriesDay:F2} false episodes a series-day; recall within "
            + $"0.1, 0.5 and 1 of them: {string.Join(", ", of.RecallAt.Select(r => $"{r:F2}"))}");
}
