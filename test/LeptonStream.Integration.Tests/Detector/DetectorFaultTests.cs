using System.Text;
using LeptonStream.Testing;
using Timestamp = LeptonStream.Samples.Timestamp;

namespace LeptonStream.Integration.Tests.Detector;

/// <summary>The real detector on a real Kafka, and what happens to both of them in operation.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class DetectorFaultTests
{
    [Test]
    public async Task Run_EveryHostileRecord_IsDeadLetteredOnceAndChangesNothingElse()
    {
        using var rig = await DetectorOnKafka.On(await RealKafka.Shared(), partitions: 2);
        var now = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow);
        var stream = new HostileStream(now - TimeSpan.FromHours(12), _ => now);
        rig.Probe.Produce(rig.Topics.Metrics, 1, stream.Messages);
        var logTimes = rig.Probe.Read(rig.Topics.Metrics, atLeast: stream.Count).ToDictionary(r => r.Offset.Value, r =>
            Timestamp.FromUnixMilliseconds(r.Message.Timestamp.UnixTimestampMs));
        var detector = rig.StartDetector();

        await rig.AllCommitted();

        stream.AssertDeadLetters(rig.Probe.Read(rig.Topics.DeadLetters), rig.Topics.Metrics, 1);
        var clean = stream.CleanEvents(rig.Topics.Metrics, 1, offset => logTimes[offset], rig.TopicId(rig.Topics.Metrics));
        Assert.That(clean, Is.Not.Empty);
        Assert.That(rig.Probe.Read(rig.Topics.Alerts).Select(alert => Encoding.UTF8.GetString(alert.Message.Value!)), Is.EqualTo(clean));
        Assert.That(await detector.Stop(), Is.Zero, detector.ToString());
    }

    [Test]
    public async Task Freeze_LongerThanTheSession_TheOtherWorkerTakesOverAndTheFrozenOneComesBackEmpty()
    {
        using var rig = await DetectorOnKafka.On(await RealKafka.Shared(), partitions: 2);
        var frozen = rig.StartDetector();
        rig.Probe.Produce(rig.Topics.Metrics, 0, DetectorOnKafka.Incidents(0, 100));
        await rig.AllCommitted();
        frozen.Freeze();
        rig.Probe.Produce(rig.Topics.Metrics, 0, DetectorOnKafka.Incidents(100, 100));
        rig.Probe.Produce(rig.Topics.Metrics, 1, DetectorOnKafka.Incidents(200, 100));

        var other = rig.StartDetector();
        await rig.AllCommitted(TimeSpan.FromSeconds(60));
        var before = rig.PublishedIds().Count;
        frozen.Thaw();
        rig.Probe.Produce(rig.Topics.Metrics, 1, DetectorOnKafka.Incidents(300, 100));

        await rig.AllCommitted(TimeSpan.FromSeconds(60));
        Assert.That(before, Is.EqualTo(300));
        Assert.That(rig.PublishedIds(), Is.EquivalentTo(rig.ExpectedIds()), "the frozen worker published nothing of what it had lost");
        Assert.That(await frozen.Stop(), Is.Zero, frozen.ToString());
        Assert.That(await other.Stop(), Is.Zero, other.ToString());
    }

    [Test]
    public async Task Trim_OfRecordsNotReadYet_IsSaidAndReadingGoesOnAtTheEarliest()
    {
        using var rig = await DetectorOnKafka.On(await RealKafka.Shared(), partitions: 1);
        rig.Probe.Produce(rig.Topics.Metrics, 0, DetectorOnKafka.Incidents(0, 10));
        var first = rig.StartDetector();
        await rig.AllCommitted();
        await first.Stop();
        rig.Probe.Produce(rig.Topics.Metrics, 0, DetectorOnKafka.Incidents(10, 10));
        await rig.DeleteRecords(0, before: 15);

        var second = rig.StartDetector();
        await rig.AllCommitted();

        Assert.That(second.Error,
            Does.Contain($"Offset 10 of {rig.Topics.Metrics}[0] no longer exists; resuming at 15 with empty state"));
        Assert.That(rig.PublishedIds(), Has.Count.EqualTo(15));
        Assert.That(await second.Stop(), Is.Zero);
    }

    [Test]
    public async Task Outage_OfTheBroker_IsSurvivedWithoutLoss()
    {
        await using var kafka = await RealKafka.Start();
        Requires.Component(kafka.Folder is not null, $"a broker that a test may stop: {kafka.Origin} is none (../shared/kafka is)");
        using var rig = await DetectorOnKafka.On(kafka, partitions: 2);
        var detector = rig.StartDetector();
        rig.Probe.Produce(rig.Topics.Metrics, 0, DetectorOnKafka.Incidents(0, 200));
        await rig.AllCommitted();

        var cluster = SharedFolder.Require("kafka/bin/cluster");
        await ExternalProgram.Run(cluster, ["kill", kafka.Folder, "1"]);
        await detector.Says("no Kafka broker answers at ", TimeSpan.FromSeconds(30));
        Assert.That(detector.HasExited, Is.False, detector.ToString());
        var restarted = await ExternalProgram.Run(cluster, ["restart", kafka.Folder, "1"]);
        Assert.That(restarted.ExitCode, Is.Zero, restarted.Everything);
        rig.Probe.Produce(rig.Topics.Metrics, 1, DetectorOnKafka.Incidents(200, 200));

        await rig.AllCommitted(TimeSpan.FromSeconds(120));
        await detector.Says("A Kafka broker answers again");
        Assert.That(rig.PublishedIds().Distinct(), Is.EquivalentTo(rig.ExpectedIds()));
        Assert.That(await detector.Stop(), Is.Zero, detector.ToString());
    }
}
