using LeptonStream.Alerting;
using LeptonStream.Alerts;
using LeptonStream.Core.Tests.Detectors;
using LeptonStream.Detection.Policies;
using LeptonStream.Series;

namespace LeptonStream.Core.Tests.Detection.Peers;

/// <summary>What the level leaves alone, and what it makes of odd company.</summary>
public sealed class PeersAndOthersTests
{
    [Test]
    public void Process_OfASeriesWithoutTheLevel_ScoresItAsEver()
    {
        var with = new PeersDriver(8, PeersDriver.Beside);
        var without = new PeersDriver(8, PolicySettings.None);
        foreach (var driver in new[] { with, without })
        {
            var random = new Random(3);
            for (var i = 0; i < 300; i++)
            {
                driver.Send(1, (rank, value) => rank == 5 && i > 280 ? 2 * value : value);
                driver.Pipeline.Step("llama", "step_time_s", 100 + Streams.Gauss(random) + (i == 290 ? 50 : 0), 0, """{"host":"a"}""");
            }
        }

        Assert.That(Scores(with, "host"), Is.EqualTo(Scores(without, "host")));
        Assert.That(Scores(with, "host"), Has.Some.Positive);
    }

    [Test]
    public void Process_WhileItIsNearItsSiblings_ScoresASeriesByItsOwnLevels()
    {
        var with = new PeersDriver(8, PeersDriver.Beside);
        var without = new PeersDriver(8, PolicySettings.None);
        with.Send(300);
        without.Send(300);
        Assert.That(Scores(with, "rank"), Is.EqualTo(Scores(without, "rank")));
    }

    // Half of the ranks are heard every ten seconds, half once a minute, and all go up and down together, slowly and at once.
    [TestCase(4)]
    [TestCase(3)]
    [TestCase(7)]
    public void Process_OfSiblingsWithVeryDifferentIntervals_TellsNothing(int fast)
    {
        var ranks = new PeersDriver(8, PeersDriver.Alone);
        var random = new Random(5);
        for (var tick = 0; tick < 20_000; tick++)
        {
            var common = 100 + (30 * Math.Sin(tick / 500.0)) + (tick % 4001 > 2500 ? 60 : 0);
            ranks.Say(0, common + (2 * Streams.Gauss(random)), 10);
            for (var rank = 1; rank < 8; rank++)
                if (rank < fast || tick % 6 == rank % 6) ranks.Say(rank, common + (2 * Streams.Gauss(random)), 0);
        }

        Assert.That(ranks.Events.Select(e => e.English.Summary), Is.Empty);
    }

    // Each is apart for an hour or so, about every seven: a GPU with a job of its own.
    [Test]
    public void Process_OfRanksThatPartCompanyEveryDay_TakesItForUsual()
    {
        var ranks = new PeersDriver(8, PeersDriver.Alone);
        var random = new Random(6);
        for (var i = 0; i < 300; i++)
        {
            var apart = random.Next(8);
            ranks.Send(20, (rank, value) => rank == apart ? value + 60 : value);
            ranks.Send(30);
            if (i == 150) ranks.Events.Clear();
        }

        Assert.That(ranks.Opened, Has.Count.LessThanOrEqualTo(2));
    }

    [Test]
    public void Adopt_OfPoliciesWithAndWithoutTheLevel_BeginsAndEndsTheComparison()
    {
        var ranks = new PeersDriver(8, PolicySettings.None with { Detectors = DetectorChange.Replace(DetectorSet.Of([])),
            MinimumRelativeDeviation = 0 });
        ranks.Send(300);
        ranks.Send(10, OddRank);
        Assert.That(ranks.Events, Is.Empty);
        ranks.Pipeline.Pipeline.Adopt(PeersDriver.Of(PeersDriver.Alone));
        ranks.Send(1500);
        ranks.Send(10, OddRank);
        Assert.That(ranks.Opened, Has.Count.EqualTo(1));
        ranks.Pipeline.Pipeline.Adopt(PeersDriver.Of(new() { Detectors = DetectorChange.Replace(DetectorSet.Of([])) }));
        ranks.Send(10, OddRank);
        Assert.That(ranks.Events[^1].Type, Is.EqualTo(AlertEventType.Resolved), "nobody says any more that it is odd");
        ranks.Send(100, OddRank);
        Assert.That(ranks.Opened, Has.Count.EqualTo(1));
    }

    [Test]
    public void Adopt_OfPoliciesThatIgnoreSiblings_LeavesThemOut()
    {
        var ranks = new PeersDriver(5, PeersDriver.Alone);
        ranks.Send(1500);
        ranks.Pipeline.Pipeline.Adopt(new([new([Matcher.Of("rank", MatchOperator.Equal, "4")], new() { Ignore = true })],
            PeersDriver.Alone, PolicySet.Default.Presets));
        ranks.Send(10, (rank, value) => rank == 0 ? 2 * value : value);
        Assert.That(ranks.Events, Is.Empty, "three siblings are too few");
    }

    private static double OddRank(int rank, double value) => rank == 5 ? 1.5 * value : value;

    private static double[] Scores(PeersDriver driver, string label) =>
        [.. driver.Pipeline.Judged.Where(j => j.Key.Labels[label] is not null).Select(j => j.Score)];
}
