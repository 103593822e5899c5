using System.Text;
using System.Text.Json.Nodes;
using Confluent.Kafka;
using LeptonStream.Alerts;
using LeptonStream.Detector.Snapshots;
using LeptonStream.Kafka;
using LeptonStream.Testing;
using Microsoft.Extensions.Hosting;

namespace LeptonStream.Roles.Tests.Detector;

/// <summary>A partition that begins with less than it should have says so, and no alert stays open without an owner.</summary>
[Parallelizable]
public sealed class StateGapTests
{
    private DetectorRig _rig = null!;

    [SetUp]
    public void MakeRig() => _rig = new DetectorRig();

    [TearDown]
    public void RemoveRig() => _rig.Dispose();

    [Test]
    public async Task Restart_TheSnapshotsAreGoneWhileAnAlertIsOpen_TheAlertIsSupersededAndTheGapIsToldOnce()
    {
        await RunUntilAnAlertIsOpen();
        _rig.Broker.DeleteRecords(_rig.Topics.State, 0, EndOf(_rig.Topics.State));

        var host = _rig.Start();
        await Eventually.True(() => Gaps().Count == 1, "the gap told");
        await host.StopAsync();
        host = _rig.Start();
        Produce(250, 300);
        await Committed(300);

        var events = Published();
        var alert = events.First(e => e.Metric != StateGapNames.Metric).AlertId;
        var end = events.Last(e => e.AlertId == alert);
        Assert.That((end.Type, end.EndedReason), Is.EqualTo((AlertEventType.Resolved, EndedReason.Superseded)));
        Assert.That(end.Annotations.Single(a => a.Key == "ended_reason").Value, Is.EqualTo("superseded"));
        Assert.That(Gaps().Select(e => (e.Type, e.EndedReason, e.SourceOffset)), Is.EqualTo(new (AlertEventType, EndedReason?, long)[]
        {
            (AlertEventType.Opened, null, 250), (AlertEventType.Resolved, EndedReason.Recovered, 280),
        }), "it ends when half an hour of the log is known");
        Assert.That(events.Select(e => e.Id), Is.Unique);
        Assert.That(_rig.CountOf("state_gaps"), Is.EqualTo(1), "the second restart has a snapshot");
    }

    [Test]
    public async Task Restart_RetentionHasPassedTheCommittedOffset_ADeadLetterNamesTheRecords()
    {
        await RunUntilAnAlertIsOpen();
        Produce(250, 300);
        _rig.Broker.DeleteRecords(_rig.Topics.Metrics, 0, 270);

        _rig.Start();
        await Committed(300);

        var letter = _rig.Probe.Read(_rig.Topics.DeadLetters, atLeast: 1).Single();
        Assert.That(
            (TopicProbe.Header(letter, DeadLetter.ReasonHeader), TopicProbe.Header(letter, DeadLetter.FromHeader),
                TopicProbe.Header(letter, DeadLetter.ToHeader)),
            Is.EqualTo(("records_gone", "250", "270")));
        Assert.That(Gaps()[0].English.Summary, Does.Contain("from offset 250 to before 270 were gone"));
        Assert.That(Published().Count(e => e.EndedReason == EndedReason.Superseded), Is.EqualTo(1));
    }

    [Test]
    public async Task Restart_TheSnapshotsAreOfAnotherLayout_TheGapIsSaidAndLaterSnapshotsAreUsed()
    {
        await RunUntilAnAlertIsOpen();
        foreach (var record in _rig.Probe.Read(_rig.Topics.State).Where(record => record.Partition.Value == 0
            && Encoding.UTF8.GetString(record.Message.Key!).StartsWith("header/", StringComparison.Ordinal)).ToList())
        {
            // As compaction leaves it when another version has written both.
            var header = JsonNode.Parse(record.Message.Value!)!.AsObject();
            header["layout"] = 1;
            header["number"] = header["number"]!.GetValue<long>() + 2;
            _rig.Probe.Produce(_rig.Topics.State, 0,
                [new() { Key = record.Message.Key, Value = Encoding.UTF8.GetBytes(header.ToJsonString()) }]);
        }

        var firstOfTheOther = EndOf(_rig.Topics.State) - 2;
        _rig.Broker.DeleteRecords(_rig.Topics.State, 0, firstOfTheOther);

        var host = _rig.Start();
        Produce(250, 275);
        await Committed(275);
        await host.StopAsync();
        _rig.Start();
        Produce(275, 300);
        await Committed(300);

        Assert.That(_rig.CountOf("state_gaps"), Is.EqualTo(1));
        Assert.That(Gaps()[0].English.Description, Does.Contain("layout of another version"));
        Assert.That(Gaps().Select(e => e.Type), Is.EqualTo(new[] { AlertEventType.Opened, AlertEventType.Resolved }));
        Assert.That(Published().Count(e => e.EndedReason == EndedReason.Superseded), Is.EqualTo(1));
    }

    [Test]
    public async Task Restart_ThePoliciesAreOfALaterVersion_TheStateIsKeptAndTheOwnPoliciesHold([Values] bool areInTheJournal)
    {
        const string Later = "defaults: {a_later_setting: 7}\n";
        await RunUntilAnAlertIsOpen();
        var newest = _rig.Probe.NewestHeader(_rig.Topics.State, partition: 0);
        var header = JsonNode.Parse(newest.Message.Value!)!.AsObject();
        var sequence = header["sequence"]!.GetValue<long>();
        (header["policies"], header["fingerprint"]) = (Later, "later");
        var entry = new JournalEntry { Sequence = sequence, Next = 250, Policies = new(Later) };
        _rig.Probe.Produce(_rig.Topics.State, 0, [areInTheJournal
            ? new() { Key = Encoding.UTF8.GetBytes(entry.Key), Value = entry.Write() }
            : new() { Key = newest.Message.Key, Value = Encoding.UTF8.GetBytes(header.ToJsonString()) }]);

        var host = _rig.Start();
        Produce(250, 275);
        await Committed(275);
        await host.StopAsync();
        _rig.Start();
        Produce(275, 300);
        await Committed(300);

        Assert.That(_rig.CountOf("state_gaps"), Is.Zero);
        Assert.That(Published().Count(e => e.EndedReason == EndedReason.Superseded), Is.Zero);
        var expected = _rig.Expected(0).Select(e => e.AlertId).Distinct();
        Assert.That(Published().Select(e => e.AlertId).Distinct(), Is.EquivalentTo(expected));
    }

    [Test]
    public async Task Run_RecordsGoWhileTheDetectorReads_BeginsEmptyBehindThemAndGoesOn()
    {
        await RunUntilAnAlertIsOpen(stops: false);
        _rig.Broker.FailNext(LeptonStream.Kafka.Embedded.BrokerRequest.Fetch, ErrorCode.OffsetOutOfRange);
        Produce(250, 300);
        await Committed(300);

        Assert.That(_rig.CountOf("state_gaps"), Is.Zero, "the offset is still in the log: nothing is lost");
        Assert.That(Gaps(), Is.Empty);
    }

    private async Task RunUntilAnAlertIsOpen(bool stops = true)
    {
        Produce(0, 250);
        var host = _rig.Start();
        await Committed(250);
        if (stops) await host.StopAsync();
        Assert.That(Published().Select(e => e.Type), Does.Contain(AlertEventType.Opened).And.Not.Contain(AlertEventType.Resolved));
    }

    private void Produce(int from, int to) =>
        _rig.Probe.Produce(_rig.Topics.Metrics, 0, MetricStream.Of("llama", to - from, i => i >= 200 ? 900 : null, from));

    private long EndOf(string topic) =>
        _rig.Probe.Read(topic).Where(record => record.Partition.Value == 0).Max(record => record.Offset.Value) + 1;

    private async Task Committed(long offset) => await Eventually.True(
        () => _rig.Probe.Committed(DetectorRig.Group, _rig.Topics.Metrics, 0) == offset, $"{offset} records committed");

    private List<AlertEvent> Gaps() => Published().FindAll(e => e.Metric == StateGapNames.Metric);

    private List<AlertEvent> Published() => [.. _rig.Probe.Read(_rig.Topics.Alerts).Select(record =>
        AlertEventJson.TryRead(record.Message.Value!, out var made, out var error)
            ? made!
            : throw new AssertionException(error ?? "no event"))];
}
