using LeptonStream.Alerts;
using LeptonStream.Detection.Policies;

namespace LeptonStream.Core.Tests.Detection.Peers;

public sealed class PeersInPipelineTests
{
    [Test]
    public void Process_OfARankThatFallsBehind_OpensAnAlertThatNamesItAndItsSiblings()
    {
        var ranks = new PeersDriver(8, PeersDriver.Alone);
        ranks.Send(2000);
        ranks.Send(6, (rank, value) => rank == 5 ? 1.31 * value : value);
        var opened = ranks.Opened.Single();
        Assert.That(opened.Type, Is.EqualTo(AlertEventType.Opened));
        Assert.That(opened.Labels["rank"], Is.EqualTo("5"));
        Assert.That(opened.Detectors.Select(d => d.Name), Is.EqualTo(new[] { DetectorSet.Peers }));
        Assert.That(opened.Detectors[0].Raw, Is.GreaterThan(6));
        Assert.That(opened.English.Summary, Does.Match(
            @"^step_time_s of llama \(rank=5\) is \d\d% above its 7 peers by rank: 1[23]\d s; its peers are at (9\d\.?\d?|10\d) s$"));
        Assert.That(opened.Chinese.Summary, Does.Match(@"^llama 的 step_time_s（rank=5）比其余 7 个 rank 高 \d\d%：1[23]\d s（其余约 .* s）$"));
        Assert.That(opened.English.Description, Does.Contain("differ from it in rank only"));
    }

    [Test]
    public void Process_OfARankThatIsWellAgain_Resolves()
    {
        var ranks = new PeersDriver(8, PeersDriver.Alone);
        ranks.Send(2000);
        ranks.Send(10, (rank, value) => rank == 5 ? 1.31 * value : value);
        ranks.Send(10);
        Assert.That(ranks.Events.Select(e => e.Type), Is.EqualTo(new[] { AlertEventType.Opened, AlertEventType.Resolved }));
        Assert.That(ranks.Events[1].AlertId, Is.EqualTo(ranks.Events[0].AlertId));
        Assert.That(ranks.Events[1].Detectors.Single().Name, Is.EqualTo(DetectorSet.Peers));
    }

    [Test]
    public void Process_OfARankThatStaysBehind_IsToldOnceAndStaysOpen()
    {
        var ranks = new PeersDriver(8, PeersDriver.Alone);
        ranks.Send(2000);
        ranks.Send(400, (rank, value) => rank == 5 ? 1.31 * value : value);
        Assert.That(ranks.Opened, Has.Count.EqualTo(1));
        Assert.That(ranks.Events.Exists(e => e.EndedReason is not null), Is.False, "it is still behind");
    }

    [Test]
    public void Process_WhereAnotherLevelOpened_AddsTheSiblingsToTheSameAlert()
    {
        var ranks = new PeersDriver(8, PeersDriver.Beside);
        ranks.Send(2000);
        ranks.Send(8, (rank, value) => rank == 5 ? 1.31 * value : value);
        var told = ranks.Events.FindAll(e => e.Labels["rank"] == "5");
        Assert.That(told.Select(e => e.Type), Is.EqualTo(new[] { AlertEventType.Opened, AlertEventType.Updated }));
        Assert.That(told[0].Detectors.Select(d => d.Name), Has.None.EqualTo(DetectorSet.Peers), "a round is not over yet");
        var both = told[1];
        Assert.That(both.AlertId, Is.EqualTo(told[0].AlertId));
        Assert.That(both.Detectors.Select(d => d.Name), Has.Some.EqualTo(DetectorSet.Peers));
        Assert.That(both.English.Summary + both.English.Description, Does.Contain("its 7 peers by rank"));
    }

    [Test]
    public void Process_OfWhatAllRanksGoThrough_TellsNothing()
    {
        var ranks = new PeersDriver(8, PeersDriver.Alone);
        ranks.Send(2000);
        ranks.Send(50, (_, value) => 3 * value);
        ranks.Send(50);
        Assert.That(ranks.Events, Is.Empty);
    }

    [Test]
    public void Process_OfEqualRanksForDays_TellsNothing()
    {
        var ranks = new PeersDriver(8, PeersDriver.Alone);
        ranks.Send(5000);
        Assert.That(ranks.Events, Is.Empty);
    }

    [TestCase(4, 0)]
    [TestCase(5, 1)]
    public void Process_OfSoManyRanks_TakesFourSiblings(int count, int alerts)
    {
        var ranks = new PeersDriver(count, PeersDriver.Alone);
        ranks.Send(2000);
        ranks.Send(10, (rank, value) => rank == 0 ? 2 * value : value);
        Assert.That(ranks.Opened, Has.Count.EqualTo(alerts));
    }

    [TestCase(Direction.Up, 0.0, 0.5, 0)]
    [TestCase(Direction.Down, 0.0, 0.5, 1)]
    [TestCase(Direction.Up, 0.0, 1.5, 1)]
    [TestCase(Direction.Down, 0.0, 1.5, 0)]
    [TestCase(Direction.Both, 80.0, 1.5, 0)]
    [TestCase(Direction.Both, 20.0, 1.5, 1)]
    public void Process_OfAnOddRank_HeedsTheGatesOfItsPolicy(Direction direction, double least, double factor, int alerts)
    {
        var ranks = new PeersDriver(8, PeersDriver.Alone with { Direction = direction, MinimumAbsoluteDeviation = least });
        ranks.Send(2000);
        ranks.Send(10, (rank, value) => rank == 3 ? factor * value : value);
        Assert.That(ranks.Opened, Has.Count.EqualTo(alerts));
    }

    [Test]
    public void Process_OfAShareTooSmallForThePolicy_TellsNothing()
    {
        var ranks = new PeersDriver(8, PeersDriver.Alone with { MinimumRelativeDeviation = 0.4 });
        ranks.Send(2000);
        ranks.Send(10, (rank, value) => rank == 3 ? 1.3 * value : value);
        Assert.That(ranks.Events, Is.Empty);
    }

    [Test]
    public void Process_OfCounters_ComparesTheirRates()
    {
        var ranks = new PeersDriver(8, PeersDriver.Alone with { Type = MetricType.Counter }, "nvlink_errors");
        ranks.Send(2000, isCounter: true);
        Assert.That(ranks.Events, Is.Empty);
        ranks.Send(10, (rank, value) => rank == 2 ? 2 * value : value, isCounter: true);
        Assert.That(ranks.Opened.Single().Labels["rank"], Is.EqualTo("2"));
    }

    [Test]
    public void Process_OfCodes_ComparesNothing()
    {
        var ranks = new PeersDriver(8, PeersDriver.Alone with { Type = MetricType.EventCode }, "xid", noise: 0);
        ranks.Send(300, (_, _) => 0);
        ranks.Send(10, (rank, _) => rank == 2 ? 48 : 0);
        Assert.That(ranks.Events.Select(e => e.Detectors.Single().Name), Has.None.EqualTo(DetectorSet.Peers));
    }
}
