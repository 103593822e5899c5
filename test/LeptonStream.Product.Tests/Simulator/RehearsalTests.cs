using LeptonStream.Simulator;

namespace LeptonStream.Product.Tests.Simulator;

internal sealed class RehearsalTests
{
    [Test]
    public void Story_DefaultSeed_FindsTenOfTwelveWithAtMostThreeFalseAlerts() => Rehearse(1);

    [Test, Explicit("a yardstick for tuning: prints every find and every false alert of many stories")]
    public void Story_AnySeed_FindsTenOfTwelveWithAtMostThreeFalseAlerts([Range(1, 10)] int seed) => Rehearse(seed);

    private static void Rehearse(int seed)
    {
        var rehearsal = new Rehearsal(new Story { Seed = seed });
        rehearsal.Print();
        Assert.That(rehearsal.Verdicts.Faults.Count(f => f.Found), Is.GreaterThanOrEqualTo(10));
        Assert.That(rehearsal.Verdicts.FalseAlerts, Has.Count.LessThanOrEqualTo(3));
    }
}
