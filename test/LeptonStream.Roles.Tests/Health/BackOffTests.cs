using LeptonStream.Resilience;

namespace LeptonStream.Roles.Tests.Health;

public sealed class BackOffTests
{
    [Test]
    public void NextDelay_FailuresInARow_DoublesUpToTheLongestAndBeginsAgainAfterASuccess()
    {
        var backOff = new BackOff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));
        Assert.That(backOff.Delay, Is.EqualTo(TimeSpan.Zero));
        Assert.That(Enumerable.Range(0, 5).Select(_ => backOff.NextDelay().TotalSeconds), Is.EqualTo(new[] { 1.0, 2, 4, 5, 5 }));
        Assert.That(backOff.Delay.TotalSeconds, Is.EqualTo(5));

        backOff.Reset();
        Assert.That(backOff.Delay, Is.EqualTo(TimeSpan.Zero));
        Assert.That(backOff.NextDelay().TotalSeconds, Is.EqualTo(1));
    }

    [Test]
    public void After_ThousandsOfFailures_IsTheLongest() =>
        Assert.That(BackOff.After(5_000, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(15)), Is.EqualTo(TimeSpan.FromMinutes(15)));
}
