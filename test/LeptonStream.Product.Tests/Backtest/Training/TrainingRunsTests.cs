using LeptonStream.Backtest;
using LeptonStream.Backtest.Training;
using LeptonStream.Testing;

namespace LeptonStream.Product.Tests.Backtest.Training;

/// <summary>The monitor on real training runs with injected faults.</summary>
public sealed class TrainingRunsTests
{
    [Test]
    public void Backtest_OnRealRuns_FindsWhatItHasToAndLeavesTheRestAlone()
    {
        var score = new BacktestRun(new(SharedFolder.Require("data/training-runs"))).Run(default).Training!;
        FaultOutcome[] pages = [.. score.Of(TrainingFault.Page)];
        FaultOutcome[] tickets = [.. score.Of(TrainingFault.Ticket)];
        Assert.Multiple(() =>
        {
            Assert.That(pages, Is.Not.Empty);
            Assert.That(pages.Where(f => !f.IsPrompt).Select(f => f.Fault.Kind), Is.Empty, "page faults not found in time");
            Assert.That(pages.Where(f => !f.IsPaged).Select(f => f.Fault.Kind), Is.Empty, "page faults that woke nobody");
            Assert.That(tickets.Count(f => f.IsDetected), Is.GreaterThanOrEqualTo(0.8 * tickets.Length));
            Assert.That(score.Of(TrainingFault.Info).Where(f => f.IsPaged).Select(f => f.Fault.Kind), Is.Empty,
                "pages for what came and went");
            Assert.That(score.NormalPages, Is.Zero);
            Assert.That(score.NormalEpisodesPerRun, Is.LessThanOrEqualTo(0.25));
        });
    }
}
