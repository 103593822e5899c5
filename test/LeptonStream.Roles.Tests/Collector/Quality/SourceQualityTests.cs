using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Quality;
using LeptonStream.Roles.Tests.Collector.Mapping;
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
        Assert.That(_quality.Score("j", At(1200))!.Value.Stability, Is.EqualTo(0));
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
