using LeptonStream.Detection.Peers;

namespace LeptonStream.Core.Tests.Detection.Peers;

public sealed class PeerRegistryTests
{
    [Test]
    public void Observe_OfTheOneThatIsDifferent_NamesItAndNobodyElse()
    {
        var ranks = new Ranks(count: 8, seed: 1);
        ranks.Run(200);
        var verdicts = ranks.Run(3, odd: 5, by: 10);
        Assert.That(verdicts[5].IsAnomalous, Is.True);
        Assert.That(verdicts[5].Score, Is.GreaterThan(6));
        Assert.That(verdicts[5].Label, Is.EqualTo("rank"));
        Assert.That(verdicts[5].Siblings, Is.EqualTo(7));
        Assert.That(verdicts[5].Value - verdicts[5].Expected, Is.EqualTo(10).Within(4));
        Assert.That(verdicts.Count(v => v.IsAnomalous), Is.EqualTo(1));
    }

    [Test]
    public void Observe_OfOneThatIsLower_SaysSoInItsSign()
    {
        var ranks = new Ranks(count: 4, seed: 2);
        ranks.Run(200);
        Assert.That(ranks.Run(3, odd: 0, by: -30)[0].Score, Is.LessThan(-6));
    }

    [Test]
    public void Observe_OfNoiseOfEqualSiblings_NamesHardlyEverOne()
    {
        var ranks = new Ranks(count: 8, seed: 3);
        ranks.Run(100);
        var odd = Enumerable.Range(0, 5000).Count(_ => ranks.Run(1).Any(v => v.IsAnomalous));
        Assert.That(odd, Is.LessThan(3));
    }

    [Test]
    public void Observe_OfWhatAllGoThroughTogether_StaysLow()
    {
        var ranks = new Ranks(count: 8, seed: 4);
        ranks.Run(200);
        // From within a round on, so that three ranks still show the old level in it.
        ranks.RunOne(from: 3, to: 8, shift: 1000);
        var largest = Enumerable.Range(0, 20).SelectMany(_ => ranks.Run(1, shift: 1000)).Max(v => Math.Abs(v.Score));
        Assert.That(largest, Is.LessThan(PeerVerdict.AnomalousFrom));
    }

    [Test]
    public void Observe_OfAnOutlierOfOneRound_StaysLow()
    {
        var ranks = new Ranks(count: 8, seed: 5);
        ranks.Run(200);
        ranks.Run(1, odd: 2, by: 1e6);
        Assert.That(Enumerable.Range(0, 5).SelectMany(_ => ranks.Run(1)), Has.All.Matches<PeerVerdict>(v => !v.IsAnomalous));
    }

    [Test]
    public void Observe_OfOneThatWasAlwaysDifferent_ExpectsThatOfIt()
    {
        var ranks = new Ranks(count: 8, seed: 6);
        ranks.Run(200, odd: 7, by: 50);
        var usual = ranks.Run(1, odd: 7, by: 50);
        Assert.That(Math.Abs(usual[7].Score), Is.LessThan(PeerVerdict.AnomalousFrom));
        Assert.That(usual[7].Expected, Is.EqualTo(150).Within(3));
        Assert.That(ranks.Run(3, odd: 7, by: 0)[7].IsAnomalous, Is.True);
    }

    [Test]
    public void Observe_OfOneThatStaysDifferent_GetsUsedToItSlowly()
    {
        var ranks = new Ranks(count: 8, seed: 7);
        ranks.Run(1500);
        Assert.That(ranks.Run(60, odd: 7, by: 40)[7].IsAnomalous, Is.True);
        Assert.That(ranks.Run(5000, odd: 7, by: 40)[7].IsAnomalous, Is.False);
    }

    [TestCase(3)]
    [TestCase(1)]
    public void Observe_OfFewerThanFour_ComparesNothing(int count)
    {
        var ranks = new Ranks(count, seed: 8);
        ranks.Run(100);
        Assert.That(ranks.Run(5, odd: 0, by: 1e6), Is.All.EqualTo(PeerVerdict.None));
    }

    [Test]
    public void Observe_WhileItWarmsUp_IsNeutral()
    {
        var ranks = new Ranks(count: 8, seed: 9);
        Assert.That(Enumerable.Range(0, 30).SelectMany(_ => ranks.Run(1, odd: 1, by: 1000)), Is.All.EqualTo(PeerVerdict.None));
    }

    [Test]
    public void Observe_AfterSiblingsFellSilent_LeavesThemOut()
    {
        var ranks = new Ranks(count: 8, seed: 10);
        ranks.Run(200);
        for (var i = 0; i < 20; i++) ranks.RunOne(from: 0, to: 4, shift: 500);
        var verdicts = ranks.RunOne(from: 0, to: 4, shift: 500);
        Assert.That(verdicts.Select(v => v.Siblings), Is.All.EqualTo(3));
        Assert.That(verdicts.Select(v => v.IsAnomalous), Is.All.False);
        for (var i = 0; i < 20; i++) ranks.RunOne(from: 0, to: 3, shift: 500);
        Assert.That(ranks.RunOne(from: 0, to: 3, shift: 500), Is.All.EqualTo(PeerVerdict.None));
    }

    [Test]
    public void Observe_OfAnythingANumberMayBe_IsFinite()
    {
        double[] values = [0, double.MaxValue, double.MinValue, double.NaN, double.PositiveInfinity, double.Epsilon, -1e300, 1e300];
        var random = new Random(14);
        var watch = new PeerRegistry();
        var memberships = Enumerable.Range(0, 5).Select(i => watch.Join(Ranks.Key(("rank", $"{i}")))).ToArray();
        for (var i = 0; i < 2000; i++)
            foreach (var membership in memberships)
                Assert.That(double.IsFinite(membership.Observe(values[random.Next(values.Length)]).Score), Is.True);
    }

    [Test]
    public void Scores_OfTheSameGroupInAnotherUnit_AreTheSame()
    {
        var ranks = new Ranks(count: 8, seed: 16);
        var other = new Ranks(count: 8, seed: 16, unit: -1024);
        ranks.Run(100);
        other.Run(100);
        for (var i = 0; i < 100; i++)
            Assert.That(other.Run(1, odd: 3, by: i).Select(v => -v.Score),
                Is.EqualTo(ranks.Run(1, odd: 3, by: i).Select(v => v.Score)).Within(1e-9));
    }
}
