using System.Text;
using Confluent.Kafka;
using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Kafka;
using LeptonStream.Testing;
using Microsoft.Extensions.Hosting;

namespace LeptonStream.Roles.Tests.Detector;

/// <summary>A partition's state outlives its owner: whoever comes next goes on where the one before was.</summary>
[Parallelizable]
public sealed class StateTests
{
    private DetectorRig _rig = null!;

    [SetUp]
    public void MakeRig() => _rig = new DetectorRig();

    [TearDown]
    public void RemoveRig() => _rig.Dispose();

    [TestCase(60)]
    [TestCase(1)]
    public async Task Restart_FourTimesInOneStory_PublishesWhatOneOwnerWouldHave(int snapshotSeconds)
    {
        var story = MetricStream.Of("llama", 600, i => i is >= 200 and < 290 or >= 400 and < 410 ? 900 : null).ToList();
        for (var part = 0; part < 4; part++)
        {
            _rig.Probe.Produce(_rig.Topics.Metrics, 1, story.Skip(part * 150).Take(150));
            var host = _rig.Start(null, ("Detector:SnapshotSeconds", $"{snapshotSeconds}"));
            await Committed(1, (part + 1) * 150);
            await host.StopAsync();
        }

        AssertAsOneOwner(1);
        Assert.That(_rig.CountOf("state_gaps"), Is.Zero);
    }

    [Test]
    public async Task Restart_AnAlertIsOpenAndTheFaultEndsLater_TheSameAlertRecovers()
    {
        var story = MetricStream.Of("llama", 400, i => i is >= 200 and < 300 ? 900 : null).ToList();
        _rig.Probe.Produce(_rig.Topics.Metrics, 0, story.Take(250));
        var first = _rig.Start();
        await Committed(0, 250);
        await first.StopAsync();

        _rig.Probe.Produce(_rig.Topics.Metrics, 0, story.Skip(250));
        _rig.Start();
        await Committed(0, 400);

        var events = Published();
        Assert.That(events.Select(e => e.AlertId).Distinct().Count(), Is.EqualTo(1));
        Assert.That((events[0].Type, events[^1].Type, events[^1].EndedReason),
            Is.EqualTo((AlertEventType.Opened, AlertEventType.Resolved, EndedReason.Recovered)));
    }

    [Test]
    public async Task Restart_ARunWasReportedAsDeadByTheClock_IsReportedOnceAndRecoversWhenItSpeaks()
    {
        _rig.Policy = DetectionPolicy.Default with
        {
            Training = new() { DeadAfter = TimeSpan.FromSeconds(4), DeadEarlyAfter = TimeSpan.FromSeconds(4) },
        };
        _rig.Probe.Produce(_rig.Topics.Metrics, 1, DetectorWorkerTests.Steps("llama", 40));
        var first = _rig.Start(null, ("Detector:SnapshotSeconds", "3600"));
        _rig.Probe.Read(_rig.Topics.Alerts, atLeast: 1);
        await first.StopAsync();

        _rig.Start();
        _rig.Probe.Produce(_rig.Topics.Metrics, 1, DetectorWorkerTests.Steps("llama", 60).Skip(40));
        await Committed(1, 60);
        _rig.Probe.Read(_rig.Topics.Alerts, atLeast: 2);

        var events = Published();
        Assert.That(events.Select(e => (e.Type, e.AlertId)), Is.EqualTo(new[]
        {
            (AlertEventType.Opened, events[0].AlertId), (AlertEventType.Resolved, events[0].AlertId),
        }));
    }

    [Test]
    public async Task Run_TheStateTopicIsMadeLater_TheStateIsKeptFromThenOn()
    {
        using var rig = new DetectorRig(partitions: 1, tellsStatus: false);
        rig.Probe.Produce(rig.Topics.Metrics, 0, MetricStream.Of("llama", 100));
        var host = rig.Start();
        await Eventually.True(() => rig.Probe.Committed(DetectorRig.Group, rig.Topics.Metrics, 0) == 100, "judged");

        rig.Broker.CreateTopic(rig.Topics.State, 1);
        await Eventually.True(() => rig.CountOf("snapshots/written") > 0, "a snapshot", TimeSpan.FromSeconds(60));
        await host.StopAsync();
        rig.Probe.Produce(rig.Topics.Metrics, 0, MetricStream.Of("llama", 110).Skip(100));
        rig.Start();
        await Eventually.True(() => rig.Probe.Committed(DetectorRig.Group, rig.Topics.Metrics, 0) == 110, "judged with the state");
        Assert.That(rig.CountOf("state_gaps"), Is.Zero);
    }

    [Test]
    public async Task Restart_TheSnapshotsAreGone_BeginsEmptyAndSaysSo()
    {
        _rig.Probe.Produce(_rig.Topics.Metrics, 0, MetricStream.Of("llama", 100, _ => null));
        var first = _rig.Start();
        await Committed(0, 100);
        await first.StopAsync();
        _rig.Broker.DeleteRecords(_rig.Topics.State, 0, Ends(_rig.Topics.State, 0));

        _rig.Start();
        await Eventually.True(() => _rig.CountOf("state_gaps") == 1, "the gap counted");
        _rig.Probe.Produce(_rig.Topics.Metrics, 0, MetricStream.Of("llama", 150, _ => null).Skip(100));
        await Committed(0, 150);
    }

    [Test]
    public async Task Restart_OthersWroteToTheAlertsTopic_NothingIsMissedFromThem()
    {
        var story = MetricStream.Of("llama", 400, i => i is >= 200 and < 300 ? 900 : null).ToList();
        _rig.Probe.Produce(_rig.Topics.Metrics, 0, story.Take(250));
        var first = _rig.Start(null, ("Detector:SnapshotSeconds", "3600"));
        await Committed(0, 250);
        await first.StopAsync();
        var own = _rig.Probe.Read(_rig.Topics.Alerts)[0].Message;
        var elsewhere = Published()[0] with { SourcePartition = 1, Id = "another" };
        Headers headers = new() { { "ce_id", "forged"u8.ToArray() } };
        _rig.Probe.Produce(_rig.Topics.Alerts, 0,
        [
            new() { Key = own.Key, Value = [1, 2, 3], Headers = headers }, new() { Key = own.Key, Headers = headers },
            AlertRecord.Of(elsewhere),
        ]);

        _rig.Probe.Produce(_rig.Topics.Metrics, 0, story.Skip(250));
        _rig.Start();
        await Committed(0, 400);

        Assert.That(_rig.CountOf("replay.differences"), Is.Zero);
    }

    private async Task Committed(int partition, long offset) => await Eventually.True(
        () => _rig.Probe.Committed(DetectorRig.Group, _rig.Topics.Metrics, partition) == offset, $"{offset} records committed");

    private long Ends(string topic, int partition) =>
        _rig.Probe.Read(topic).Where(record => record.Partition.Value == partition).Max(record => record.Offset.Value) + 1;

    private List<AlertEvent> Published() => [.. _rig.Probe.Read(_rig.Topics.Alerts).Select(record =>
        AlertEventJson.TryRead(record.Message.Value!, out var made, out var error)
            ? made!
            : throw new AssertionException(error ?? "no event"))];

    private void AssertAsOneOwner(int partition)
    {
        var expected = _rig.Expected(partition).Select(e => Encoding.UTF8.GetString(AlertEventJson.Write(e))).ToList();
        Assert.That(expected, Is.Not.Empty);
        Assert.That(_rig.Probe.Read(_rig.Topics.Alerts).Select(a => Encoding.UTF8.GetString(a.Message.Value!)), Is.EqualTo(expected));
    }
}
