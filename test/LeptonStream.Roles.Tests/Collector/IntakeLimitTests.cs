using LeptonStream.Collector;
using LeptonStream.Collector.Intake;
using LeptonStream.Collector.Output;
using LeptonStream.Series;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace LeptonStream.Roles.Tests.Collector;

[Parallelizable]
public sealed class IntakeLimitTests
{
    private readonly FakeTimeProvider _time = new();

    [Test]
    public void Bucket_AtItsRate_NeverWaitsAndBeyondItWaitsForTheDebt()
    {
        var bucket = new RateBucket(100, _time);
        bucket.Charge(1_000);
        Assert.That(bucket.Wait(), Is.GreaterThan(TimeSpan.Zero));

        _time.Advance(bucket.Wait());
        Assert.That(bucket.Wait(), Is.EqualTo(TimeSpan.Zero));
        for (var second = 0; second < 60; second++)
        {
            Assert.That(bucket.Wait(), Is.EqualTo(TimeSpan.Zero), $"second {second}");
            bucket.Charge(100);
            _time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    [Test]
    public void Bucket_WithALargerPayloadThanItHolds_TakesItAndWaitsLonger()
    {
        var bucket = new RateBucket(10, _time);

        bucket.Charge(1_100);

        Assert.That(bucket.Wait().TotalSeconds, Is.EqualTo(100).Within(1));
    }

    [Test]
    public void Series_BeyondTheLimit_AreRefusedAndKnownOnesAreNot()
    {
        var limit = new SeriesLimit(3, _time);
        Assert.That(Pass(limit, 1, 2, 3), Is.EqualTo((bool[])[true, true, true]));

        Assert.That(Pass(limit, 4, 1, 5, 3), Is.EqualTo((bool[])[false, true, false, true]));
        Assert.That(limit.Count, Is.EqualTo(3));
    }

    [Test]
    public void Series_SilentForTwoHours_MakeRoom()
    {
        var limit = new SeriesLimit(2, _time);
        Pass(limit, 1, 2);
        for (var hour = 0; hour < 2; hour++)
        {
            _time.Advance(TimeSpan.FromHours(1));
            Pass(limit, 1);
        }

        Assert.That(Pass(limit, 3, 1, 4), Is.EqualTo((bool[])[true, true, false]));
    }

    [Test]
    public void Memory_IsBoundedButNeverTooSmallForOnePayload()
    {
        var memory = new MemoryBudget(100);
        Assert.That(memory.TryTake(150), Is.True);
        Assert.That(memory.TryTake(1), Is.False);
        memory.Release(150);
        Assert.That(memory.TryTake(60) && memory.TryTake(40), Is.True);
        Assert.That(memory.TryTake(1), Is.False);
        Assert.That(memory.Used, Is.EqualTo(100));
    }

    [Test]
    public void Sources_ThatAreThoughtUp_ShareOneBeyondTheirNumber()
    {
        var sources = new IntakeSources(Options.Create(new CollectorOptions()), _time);
        for (var i = 0; i < 20_000; i++) sources.Of($"tenant-{i}");

        Assert.That(sources.Of("one more"), Is.SameAs(sources.Of("and another")));
        Assert.That(sources.Of("tenant-7"), Is.Not.SameAs(sources.Of("tenant-8")));
    }

    [Test]
    public void Sources_ThatAreSilentForHours_MakeRoom()
    {
        var sources = new IntakeSources(Options.Create(new CollectorOptions()), _time);
        var first = sources.Of("first");
        for (var i = 0; i < 10_000; i++) sources.Of($"n{i}");
        Assert.That(sources.Of("late").Name, Is.EqualTo("others"));
        for (var i = 0; i < 24; i++)
        {
            _time.Advance(TimeSpan.FromMinutes(10));
            Assert.That(sources.Of("first"), Is.SameAs(first));
        }

        Assert.That(sources.Of("late").Name, Is.EqualTo("late"));
    }

    [TestCase("team-a", ExpectedResult = true)]
    [TestCase("", ExpectedResult = false)]
    [TestCase("a b", ExpectedResult = false)]
    [TestCase("模型", ExpectedResult = false)]
    public bool Tenant_MayBeAName(string name) => IntakeSources.IsName(name);

    private static bool[] Pass(SeriesLimit limit, params int[] series)
    {
        var pass = new bool[series.Length];
        limit.Check([.. series.Select(id => new SeriesId((UInt128)id))], pass);
        return pass;
    }
}
