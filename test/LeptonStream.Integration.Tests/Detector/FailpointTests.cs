using LeptonStream.Detector;
using LeptonStream.Testing;

namespace LeptonStream.Integration.Tests.Detector;

/// <summary>A detector dies between any two steps whose order is a promise, and the next one goes on as if nothing had happened.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class FailpointTests
{
    [Test]
    public async Task Die_AtEveryFailpoint_EveryEventIsThereOnce()
    {
        using var rig = await FaultRig.On(await RealKafka.Shared(), partitions: 3);
        // What is there to restore, to replay and to write comes from those before.
        string[] points =
        [
            "before-header", "mid-judge:60", "mid-replay:30", "after-gather:3", "after-journal", "after-produce:2", "after-acks:2",
            "mid-snapshot:2", "mid-restore:2", "in-revoke",
        ];
        Assert.That(points.Select(point => point.Split(':')[0]), Is.EquivalentTo(Failpoints.Names));
        foreach (var point in points) await rig.DieAt(point, "detector-0");

        await rig.AssertAsWithoutFault();
    }

    [Test]
    public async Task Die_BetweenGivingAPartitionBackAndJoiningAgain_ThePartitionIsGivenToSomebody()
    {
        using var rig = await FaultRig.On(await RealKafka.Shared(), partitions: 2);
        rig.Story.GoOn();
        var first = rig.Start("detector-0", "in-revoke");
        await rig.Topics.AllCommitted();
        // The first gives a partition back for it.
        var second = rig.Start("detector-1");
        await Eventually.True(() => first.HasExited, "the first dies");
        var again = rig.Start("detector-0");
        rig.Story.GoOn();

        await rig.Topics.AllCommitted();
        Assert.That(await second.Stop(), Is.Zero, second.ToString());
        Assert.That(await again.Stop(), Is.Zero, again.ToString());
        await rig.AssertAsWithoutFault();
    }

    [Test]
    public async Task Start_AFailpointThatIsUnknown_IsRefused()
    {
        var refused = await LeptonProcess.Run(new Dictionary<string, string> { [Failpoints.Variable] = "after-ack" }, "detector");

        Assert.That(refused.ExitCode, Is.EqualTo(2), refused.Everything);
        Assert.That(refused.Error, Does.Contain("LEPTON_FAILPOINT is 'after-ack': it may be a point such as after-acks"));
    }
}
