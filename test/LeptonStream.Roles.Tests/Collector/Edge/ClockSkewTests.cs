using LeptonStream.Collector.Edge.Output;

namespace LeptonStream.Roles.Tests.Collector.Edge;

public sealed class ClockSkewTests
{
    private static readonly DateTimeOffset Sent = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);

    [Test]
    public void Take_OfSeveralAnswers_IsThatOfTheQuickest()
    {
        var skew = new ClockSkew();
        Assert.That(skew.Take(), Is.Null);

        // The host is 3 s ahead: the broker's time lies 3 s before the middle.
        skew.Observe(Sent, Sent.AddSeconds(-2), Sent.AddSeconds(8));
        skew.Observe(Sent, Sent.AddSeconds(-2.9), Sent.AddSeconds(0.2));
        skew.Observe(Sent, Sent.AddSeconds(-1), Sent.AddSeconds(5));

        Assert.That(skew.Take(), Is.EqualTo(TimeSpan.FromSeconds(3)));
        Assert.That(skew.Take(), Is.Null, "each span has its own");
    }

    [Test]
    public void Observe_AClockThatWasSetBackMeanwhile_IsNoAnswer()
    {
        var skew = new ClockSkew();

        skew.Observe(Sent, Sent, Sent.AddSeconds(-1));

        Assert.That(skew.Take(), Is.Null);
    }
}
