using LeptonStream.Cli.Demo.Fleet;

namespace LeptonStream.Roles.Tests.Demo;

internal sealed class RehearsalTests
{
    [Test, Explicit("a yardstick while the detectors are being tuned: prints every find and every false alert")]
    public void Story_Seed_FindsTenOfTwelveWithAtMostThreeFalseAlerts([Values(1, 2, 3)] int seed)
    {
        var rehearsal = new Rehearsal(new Story { Seed = seed });
        rehearsal.Print();
        Assert.That(rehearsal.Verdicts.Faults.Count(f => f.Found), Is.GreaterThanOrEqualTo(10));
        Assert.That(rehearsal.Verdicts.FalseAlerts, Has.Count.LessThanOrEqualTo(3));
    }
}
