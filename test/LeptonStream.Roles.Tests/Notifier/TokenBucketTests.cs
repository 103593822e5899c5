using LeptonStream.Notifier.Channels;
using LeptonStream.Notifier.Channels.Kinds;
using LeptonStream.Notifier.Outbox;
using Microsoft.Extensions.Time.Testing;

namespace LeptonStream.Roles.Tests.Notifier;

[Parallelizable]
public sealed class TokenBucketTests
{
    [TestCase(nameof(SendRate.Ordinary), 60)]
    [TestCase(nameof(SendRate.TwentyAMinute), 20)]
    public void Available_InAnyMinuteOfAStorm_StaysBelowTheLimit(string rate, int perMinute)
    {
        var time = new FakeTimeProvider();
        var bucket = new TokenBucket(rate == nameof(SendRate.Ordinary) ? SendRate.Ordinary : SendRate.TwentyAMinute, time);
        var sent = new List<DateTimeOffset>();
        for (var end = time.GetUtcNow() + TimeSpan.FromMinutes(10); time.GetUtcNow() < end; time.Advance(TimeSpan.FromMilliseconds(100)))
        {
            while (bucket.Take(1) == 1) sent.Add(time.GetUtcNow());
        }

        var most = sent.Max(from => sent.Count(at => at >= from && at < from + TimeSpan.FromMinutes(1)));
        Assert.That(most, Is.LessThanOrEqualTo(perMinute));
        Assert.That(sent, Has.Count.GreaterThan(perMinute * 7), "and a storm goes on");
    }

    [Test]
    public void Wait_BucketIsEmpty_IsTheTimeToTheNextMessage()
    {
        var time = new FakeTimeProvider();
        var bucket = new TokenBucket(new SendRate(2, TimeSpan.FromSeconds(4)), time);
        bucket.Take(2);
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.That(bucket.Take(1), Is.Zero);
        Assert.That(bucket.Wait(), Is.EqualTo(TimeSpan.FromSeconds(3)));
        time.Advance(bucket.Wait());
        Assert.That(bucket.Take(5), Is.EqualTo(1));
    }

    [Test]
    public void Take_StormLeavesSomethingToOthers_WhoAlwaysGetIt()
    {
        var time = new FakeTimeProvider();
        var bucket = new TokenBucket(new SendRate(3, TimeSpan.FromSeconds(4)), time);

        Assert.That(bucket.Take(9, leave: 1), Is.EqualTo(2));
        Assert.That(bucket.Wait(leave: 1), Is.EqualTo(TimeSpan.FromSeconds(4)));
        Assert.That(bucket.Take(9), Is.EqualTo(1));
        Assert.That(new TokenBucket(new SendRate(1, TimeSpan.FromSeconds(4)), time).Take(9, leave: 1), Is.EqualTo(1));
    }

    [Test]
    public void GiveBack_ClaimFoundLess_NothingIsLostAndNothingWon()
    {
        var bucket = new TokenBucket(new SendRate(3, TimeSpan.FromSeconds(4)), new FakeTimeProvider());
        bucket.GiveBack(bucket.Take(3));
        bucket.GiveBack(5);

        Assert.That(bucket.Take(9), Is.EqualTo(3));
    }

    [Test]
    public void Of_ReceiversThatUseOneRobot_ShareItsRate()
    {
        var rates = new SendRates(new FakeTimeProvider());

        Assert.That(rates.Of(Robot("a")), Is.SameAs(rates.Of(Robot("a") with { Keyword = "lepton" })));
        Assert.That(rates.Of(Robot("a")), Is.Not.SameAs(rates.Of(Robot("b"))));
        Assert.That(rates.Of(new WebhookSettings(true, new Uri("http://a.example"), 0, null)), Is.Null);
    }

    private static DingTalkSettings Robot(string token) =>
        new(true, new Uri($"https://robot.example/send?access_token={token}"), null, null, null, false, null);
}
