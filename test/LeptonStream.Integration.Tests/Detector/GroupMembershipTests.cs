using System.Globalization;
using System.Text.RegularExpressions;
using LeptonStream.Testing;

namespace LeptonStream.Integration.Tests.Detector;

/// <summary>The two further ways to be a member of a consumer group: the newer protocol, and a name of one's own.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class GroupMembershipTests
{
    private const string LongSession = "Kafka:SessionTimeoutMs=60000";

    [Test]
    public async Task ConsumerProtocol_MembersComeAndGo_EveryEventIsThereOnce()
    {
        const string NewProtocol = "Kafka:GroupProtocol=Consumer";
        using var rig = await DetectorOnKafka.On(await RealKafka.Shared(), partitions: 4);
        var first = rig.StartDetector(NewProtocol);
        Produce(rig, 0);
        await rig.AllCommitted();

        var second = rig.StartDetector(NewProtocol);
        await second.Says("; owned now: 2", TimeSpan.FromSeconds(60));
        Produce(rig, 1);
        await rig.AllCommitted();
        Assert.That(await first.Stop(), Is.Zero, first.ToString());
        Produce(rig, 2);
        await rig.AllCommitted();

        Assert.That(rig.PublishedIds(), Is.EquivalentTo(rig.ExpectedIds()));
        Assert.That(await second.Stop(), Is.Zero, second.ToString());
    }

    /// <summary>To the group a topic that is gone is one without work, so its member would be on standby and well.</summary>
    [TestCase("Classic", Category = "Slow")]
    [TestCase("Consumer")]
    public async Task GroupProtocol_TheTopicIsDeleted_IsSaid(string protocol)
    {
        using var rig = await DetectorOnKafka.On(await RealKafka.Shared(), partitions: 2);
        var detector = rig.StartDetector($"Kafka:GroupProtocol={protocol}");
        await detector.Says("; owned now: 2", TimeSpan.FromSeconds(60));

        await rig.Delete(rig.Topics.Metrics);
        await detector.Says($"Cannot consume: there is no topic {rig.Topics.Metrics}", TimeSpan.FromSeconds(40));

        Assert.That(await detector.Stop(), Is.Zero, detector.ToString());
    }

    [Test]
    public async Task GroupInstanceId_KilledAndStartedAgain_HasItsPartitionsBackAndDisturbsNobody()
    {
        using var rig = await DetectorOnKafka.On(await RealKafka.Shared(), partitions: 4);
        var stays = rig.StartDetector(LongSession, "Kafka:GroupInstanceId=detector-0");
        var killed = rig.StartDetector(LongSession, "Kafka:GroupInstanceId=detector-1");
        await killed.Says("; owned now: 2", TimeSpan.FromSeconds(60));
        Produce(rig, 0);
        await rig.AllCommitted();
        var assigned = Assignments(stays);
        killed.Kill();
        Produce(rig, 1);

        // The group would give the partitions to the other one after a minute.
        var back = rig.StartDetector(LongSession, "Kafka:GroupInstanceId=detector-1");
        await rig.AllCommitted(TimeSpan.FromSeconds(45));

        Assert.That(back.Error + back.Output, Does.Contain("; owned now: 2"));
        Assert.That(Assignments(stays), Is.EqualTo(assigned));
        Assert.That(rig.PublishedIds(), Is.EquivalentTo(rig.ExpectedIds()));
    }

    [TestCase("Classic")]
    [TestCase("Consumer")]
    public async Task GroupInstanceId_OfAProcessWithTwoLoops_IsANameForEach(string protocol)
    {
        using var rig = await DetectorOnKafka.On(await RealKafka.Shared(), partitions: 4);
        var detector = rig.StartDetector(
            LongSession, $"Kafka:GroupProtocol={protocol}", "Kafka:GroupInstanceId=detector-0", "Detector:Loops=2");
        foreach (var loop in (int[])[1, 2])
            await Eventually.True(() => OwnedBy(loop, detector) == 2, $"loop {loop} owns two partitions\n{detector}",
                TimeSpan.FromSeconds(60));
        Produce(rig, 0);
        await rig.AllCommitted();

        Assert.That(rig.PublishedIds(), Is.EquivalentTo(rig.ExpectedIds()));
        Assert.That(await detector.Stop(), Is.Zero, detector.ToString());
    }

    [Test]
    public async Task GroupInstanceId_OfTwoProcesses_EndsTheOneThatHadIt()
    {
        using var rig = await DetectorOnKafka.On(await RealKafka.Shared(), partitions: 1);
        var first = rig.StartDetector(LongSession, "Kafka:GroupInstanceId=detector-0");
        await first.Says("; owned now: 1", TimeSpan.FromSeconds(60));

        rig.StartDetector(LongSession, "Kafka:GroupInstanceId=detector-0");

        await Eventually.True(() => first.HasExited, $"the first has ended\n{first}", TimeSpan.FromSeconds(60));
        Assert.That(first.Error, Does.Contain("(Kafka:GroupInstanceId is 'detector-0'; each process needs its own)"));
        Assert.That(await first.Stop(), Is.Not.Zero);
    }

    // It waits for the session time-out of the broker.
    [Test, Category("Slow")]
    public async Task GroupInstanceId_UnderTheConsumerProtocol_KilledAndStartedAgain_WaitsUntilTheNameIsFree()
    {
        const string Member = "Kafka:GroupInstanceId=detector-0";
        using var rig = await DetectorOnKafka.On(await RealKafka.Shared(), partitions: 2);
        var killed = rig.StartDetector("Kafka:GroupProtocol=Consumer", Member);
        Produce(rig, 0);
        await rig.AllCommitted();
        killed.Kill();
        Produce(rig, 1);

        var back = rig.StartDetector("Kafka:GroupProtocol=Consumer", Member);
        await back.Says("the group gives it back after the session time-out of the one before", TimeSpan.FromSeconds(30));
        await rig.AllCommitted(TimeSpan.FromSeconds(150));

        Assert.That(rig.PublishedIds(), Is.EquivalentTo(rig.ExpectedIds()));
        Assert.That(await back.Stop(), Is.Zero, back.ToString());
    }

    private static int Assignments(LeptonProcess detector) => (detector.Error + detector.Output).Split("Partitions assigned").Length - 1;

    // What its last line of assigned or revoked partitions says.
    private static int OwnedBy(int loop, LeptonProcess detector)
    {
        var last = Regex.Matches(detector.Error + detector.Output, $"loop {loop}: Partitions .*; owned now: ([0-9]+)").LastOrDefault();
        return last is null ? 0 : int.Parse(last.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    private static void Produce(DetectorOnKafka rig, int turn)
    {
        for (var partition = 0; partition < rig.Partitions; partition++)
            rig.Probe.Produce(rig.Topics.Metrics, partition, DetectorOnKafka.Incidents(((turn * rig.Partitions) + partition) * 100, 100));
    }
}
