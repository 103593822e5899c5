using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Quality;
using LeptonStream.Roles.Tests.Collector.Mapping;
using LeptonStream.Series;
using NUnit.Framework;
using static LeptonStream.Roles.Tests.Collector.Mapping.MappingPayload;

namespace LeptonStream.Roles.Tests.Collector.Quality;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class SourceQualityTests
{
    private readonly PointMapper _mapper = new(CollectorConfig.Default);
    private readonly SourceQuality _quality = new();

    [Test]
    public void Score_ASteadySource_IsAHundred()
    {
        Steady(0, 600);
        Assert.That(_quality.Score("j", At(600)), Is.Null, "in the first span everything is new");
        Steady(600, 1200);
        var score = _quality.Score("j", At(1200))!.Value;
        Assert.That(score.Score, Is.EqualTo(100).Within(2));
    }

    [TestCase(0.5, 0.5)]
    [TestCase(0.1, 0.9)]
    public void Score_MessagesThatDoNotCome_IsIncomplete(double lost, double completeness)
    {
        Learn();
        for (var i = 0; i < 60; i++)
            if ((i * lost) % 1 >= lost) Send(600 + (i * 10));
        Assert.That(_quality.Score("j", At(1200))!.Value.Completeness, Is.EqualTo(completeness).Within(0.05));
    }

    [Test]
    public void Score_ASourceThatFellSilent_IsStaleAndMissesAll()
    {
        Learn();
        var score = _quality.Score("j", At(1200))!.Value;
        Assert.That((score.Completeness, score.AgeSeconds), Is.EqualTo((0.0, 610.0)));
        Assert.That(score.Freshness, Is.LessThan(0.1));
        Assert.That(score.Score, Is.Zero);
    }

    [Test]
    public void Score_DelayedMessages_AreLate()
    {
        Learn();
        for (var i = 0; i < 60; i++) Send(600 + (i * 10), delay: i < 30 ? 1 : 60);
        Assert.That(_quality.Score("j", At(1200))!.Value.Timeliness, Is.EqualTo(0.5).Within(0.05));
    }

    [Test]
    public void Score_RepeatedAndLatePoints_CountAgainstUniquenessAndOrder()
    {
        Learn();
        for (var i = 0; i < 60; i++)
        {
            var seconds = 600 + (i * 10);
            var payload = new MappingPayload().Gauge("g{job=j}", seconds, 1).Gauge("g{job=j}", seconds, 1);
            if (i % 3 == 0) payload.Gauge("g{job=j}", seconds - 5, 1);
            Take(payload, seconds + 1);
        }

        var score = _quality.Score("j", At(1200))!.Value;
        Assert.That(score.Uniqueness, Is.EqualTo(0.5).Within(0.01));
        Assert.That(score.Order, Is.EqualTo(0.75).Within(0.01));
    }

    [Test]
    public void Score_AClockThatIsAhead_IsSaidWithItsSeconds()
    {
        Learn();
        for (var i = 0; i < 60; i++) Send(600 + (i * 10), delay: -20);
        var score = _quality.Score("j", At(1200))!.Value;
        Assert.That((score.AheadSeconds, score.Clock), Is.EqualTo((20.0, 0.5)));
    }

    [Test]
    public void Score_ANewInstanceWithEveryMessage_IsUnstable()
    {
        Learn();
        for (var i = 0; i < 60; i++) Take(new MappingPayload().Gauge($"g{{job=j,request={i}}}", 600 + (i * 10), 1), 601 + (i * 10));
        Assert.That(_quality.Score("j", At(1200))!.Value.Stability, Is.LessThan(0.3));
    }

    // A hundred senders that are replaced all at once, one after the other, or in the middle of an explosion of series.
    [TestCase(100, 100, 1.0)]
    [TestCase(1, 10, 1.0)]
    [TestCase(0, 5000, 0.1)]
    public void Excess_OfNewcomers_IsBeyondARollout(int known, int fresh, double ordinary)
    {
        var allowance = new NewcomerAllowance();
        Assert.That(allowance.Excess(fresh, known, 60), Is.EqualTo((1 - ordinary) * fresh).Within(0.1 * fresh));
    }

    [Test]
    public void Observe_ThousandsOfEntitiesThatCameOnce_LeaveRoomForOthers()
    {
        var entities = new EntityBook();
        for (var i = 0; i < 12_000; i++)
            entities.Observe(new(new MappedEntity("m", LabelSet.Of(("request", $"{i}"))), At(0), -1, 0, 1), At(0), out _);
        for (var seconds = 60; seconds <= 3700; seconds += 60) entities.Take(At(seconds - 60), At(seconds));

        var late = new MappedEntity("m", LabelSet.Of(("pod", "a")));
        entities.Observe(new(late, At(3700), -1, 0, 1), At(3700), out var isNew);
        Assert.That(isNew, Is.True);
        entities.Observe(new(late, At(3710), -1, 0, 1), At(3710), out isNew);
        Assert.That(isNew, Is.False);
    }

    [Test]
    public void Forget_ModelsThatASenderMadeUp_LeavesRoomForItsNeighbours()
    {
        Learn();
        for (var i = 0; i < 11_000; i++) Take(new MappingPayload().Gauge($"g{{job=made-up-{i}}}", 600, 1), 600);
        _quality.Forget(At(1201));
        Take(new MappingPayload().Gauge("g{job=neighbour}", 1210, 1), 1210);
        Assert.That(_quality.Models, Is.EquivalentTo((string[])["j", "neighbour"]));
    }

    [Test]
    public void Score_OneModelsDuplicates_AreItsOwn()
    {
        for (var seconds = 0; seconds < 600; seconds += 10) Take(Both(seconds), seconds + 1);
        foreach (var model in _quality.Models) _quality.Score(model, At(600));
        for (var seconds = 600; seconds < 1200; seconds += 10)
            Take(Both(seconds).Gauge("g{job=a}", seconds, 1).Gauge("g{job=a}", seconds, 1), seconds + 1);

        Assert.That(_quality.Score("a", At(1200))!.Value.Uniqueness, Is.EqualTo(1 / 3.0).Within(0.01));
        Assert.That(_quality.Score("b", At(1200))!.Value.Uniqueness, Is.EqualTo(1));

        static MappingPayload Both(int seconds) => new MappingPayload().Gauge("g{job=a}", seconds, 1).Gauge("g{job=b}", seconds, 1);
    }

    [Test]
    public void Score_APayloadThatComesTwiceAsAWhole_CountsAgainstUniqueness()
    {
        Learn();
        for (var seconds = 600; seconds < 1200; seconds += 10)
        {
            Send(seconds);
            Send(seconds);
        }

        Assert.That(_quality.Score("j", At(1200))!.Value.Uniqueness, Is.EqualTo(0.5));
    }

    // A total says nothing for minutes behind a restart: its process lives.
    [Test]
    public void Score_ATotalThatStandsWhereItBeganAgain_IsComplete()
    {
        for (var i = 0; i <= 60; i++) Take(new MappingPayload().Total("t_total{job=j}", i * 10, 1000 + i), (i * 10) + 1);
        _quality.Score("j", At(601));
        for (var i = 61; i <= 90; i++) Take(new MappingPayload().Total("t_total{job=j}", i * 10, 0), (i * 10) + 1);

        Assert.That(_quality.Score("j", At(901))!.Value.Completeness, Is.EqualTo(1));
    }

    private void Learn()
    {
        Steady(0, 600);
        _quality.Score("j", At(600));
    }

    private void Steady(int from, int to)
    {
        for (var seconds = from; seconds < to; seconds += 10) Send(seconds);
    }

    private void Send(double seconds, double delay = 1) => Take(new MappingPayload().Gauge("g{job=j}", seconds, 1), seconds + delay);

    private void Take(MappingPayload payload, double received) =>
        _quality.Observe(payload.MapBy(_mapper, received: received), At(received));
}
