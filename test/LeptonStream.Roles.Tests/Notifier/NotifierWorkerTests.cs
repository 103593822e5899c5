using System.Text;
using Confluent.Kafka;
using LeptonStream.Alerts;
using LeptonStream.Health;
using LeptonStream.Kafka.Embedded;
using LeptonStream.Storage;
using LeptonStream.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LeptonStream.Roles.Tests.Notifier;

[Parallelizable]
public sealed class NotifierWorkerTests
{
    private NotifierRig _rig = null!;

    [SetUp]
    public async Task MakeRig() => _rig = await NotifierRig.Create();

    [TearDown]
    public async Task RemoveRig() => await _rig.DisposeAsync();

    [Test]
    public async Task Run_AlertFiresAndEnds_IsToldOnceEachAndRecorded()
    {
        var host = _rig.Start();
        var (opened, resolved) = (AlertEvents.Opened("latency"), AlertEvents.Resolved("latency", 60));
        _rig.Publish(1, opened);
        await _rig.Sink.Receives(1);
        _rig.Publish(1, resolved);
        await _rig.Sink.Receives(2);

        Assert.That(_rig.Sink.Calls.Select(call => $"{call.Status}: {call.Reason}"),
            Is.EqualTo(new[] { "firing: first notification", "resolved: all alerts resolved" }));
        Assert.That(_rig.Sink.Calls.Select(call => call.Id), Is.Unique);
        Assert.That(
            await _rig.Rows<(long, string, string, string, long, long)>(
                "select seq, event_id, alert_id, type, kafka_partition, kafka_offset from alert_event order by seq"),
            Is.EqualTo(new[] { (1L, opened.Id, opened.AlertId, "opened", 1L, 0L),
                (2L, resolved.Id, resolved.AlertId, "resolved", 1L, 1L) }));
        Assert.That(await _rig.Rows<string>("select payload from alert_event order by seq"),
            Is.EqualTo(new[] { opened, resolved }.Select(alert => Encoding.UTF8.GetString(AlertEventJson.Write(alert)))));
        Assert.That(await _rig.Rows<(string, long, long)>("select status, resolved_at, seq from alert"),
            Is.EqualTo(new[] { ("resolved", resolved.DetectedAt.UnixMilliseconds, 2L) }));
        Assert.That(await _rig.Scalar<long>("select count(*) from alert_group"), Is.Zero);
        await Eventually.True(() => _rig.Probe.Committed(NotifierRig.Group, _rig.Topics.Alerts, 1) == 2,
            "the group's offset follows, for lag tools");
        await Eventually.True(() => NotifierRig.HealthOf(host).Ready().IsHealthy, "ready");
    }

    [Test]
    public async Task Run_EarlyWarning_FiresUntilItIsWithdrawnAndTellsAMovedTimeNotAnew()
    {
        _rig.Start();
        _rig.Publish(1, AlertEvents.EarlyWarning("cache"));
        await _rig.Sink.Receives(1);
        _rig.Publish(1, AlertEvents.EarlyWarning("cache", 30));
        await Eventually.True(() => _rig.Probe.Committed(NotifierRig.Group, _rig.Topics.Alerts, 1) == 2, "the second event recorded");
        var end = AlertEvents.Resolved("cache", 60);
        _rig.Publish(1, end with { RoutingLabels = end.RoutingLabels.With(("alertname", "LeptonStreamEarlyWarning")) });
        await _rig.Sink.Receives(2);

        Assert.That(_rig.Sink.Calls.Select(call => $"{call.Status}: {call.Reason}"),
            Is.EqualTo(new[] { "firing: first notification", "resolved: all alerts resolved" }));
        Assert.That(_rig.Sink.Calls[0].Body.GetProperty("alerts")[0].GetProperty("labels").GetProperty("alertname").GetString(),
            Is.EqualTo("LeptonStreamEarlyWarning"));
        Assert.That(await _rig.Rows<string>("select type from alert_event order by seq"),
            Is.EqualTo(new[] { "early_warning", "early_warning", "resolved" }));
        Assert.That(await _rig.Rows<(string, string)>("select status, severity from alert"), Is.EqualTo(new[] { ("resolved", "warning") }));
    }

    [Test]
    public async Task Run_RestartInTheMiddle_RecordsAndTellsNothingTwice()
    {
        var first = _rig.Start();
        _rig.Publish(0, AlertEvents.Opened("latency"), AlertEvents.Opened("errors"));
        await _rig.Sink.Receives(1);
        await _rig.Stop(first);

        _rig.Start();
        _rig.Publish(0, AlertEvents.Resolved("errors", 5), AlertEvents.Resolved("latency", 6));
        await _rig.Sink.Receives(2);

        Assert.That(await _rig.Scalar<long>("select count(*) from alert_event"), Is.EqualTo(4));
        Assert.That(_rig.Sink.Calls.Select(call => call.Reason), Is.EqualTo(new[] { "first notification", "all alerts resolved" }));
        Assert.That(_rig.Sink.Calls[1].Metrics("resolved"), Is.EqualTo(new[] { "errors", "latency" }));
    }

    [Test]
    public async Task Run_SameEventTwice_IsRecordedAndToldOnce()
    {
        _rig.Start();
        _rig.Publish(0, AlertEvents.Opened("latency"), AlertEvents.Opened("latency"));
        _rig.Publish(1, AlertEvents.Opened("latency"));
        _rig.Publish(0, AlertEvents.Opened("errors"));
        await _rig.Recorded(2);
        await _rig.Sink.Receives(1);

        Assert.That(await _rig.Rows<string>("select metric from alert_event order by metric"), Is.EqualTo(new[] { "errors", "latency" }));
    }

    [Test]
    public async Task Run_JournalIsAheadOfTheGroup_TheJournalCounts()
    {
        await DatabaseSchema.Apply(_rig.Database);
        await _rig.Scalar<long>(
            $"insert into consumer_offset (topic, kafka_partition, next_offset, updated_at) values ('{_rig.Topics.Alerts}', 0, 2, 0) "
            + "returning 1");
        _rig.Publish(0, AlertEvents.Opened("a"), AlertEvents.Opened("b"), AlertEvents.Opened("c"));

        _rig.Start();
        await _rig.Recorded(1);
        await _rig.Sink.Receives(1);

        Assert.That(await _rig.Rows<string>("select metric from alert_event"), Is.EqualTo(new[] { "c" }));
    }

    [Test]
    public async Task Run_TopicWasMadeAnew_ReadsItFromItsBegin()
    {
        await DatabaseSchema.Apply(_rig.Database);
        await _rig.Scalar<long>(
            $"insert into consumer_offset (topic, kafka_partition, next_offset, updated_at) values ('{_rig.Topics.Alerts}', 0, 500, 0) "
            + "returning 1");
        _rig.Publish(0, AlertEvents.Opened("a"));

        _rig.Start();
        await _rig.Recorded(1);

        Assert.That(await _rig.Scalar<long>($"select next_offset from consumer_offset where kafka_partition = 0"), Is.EqualTo(1));
    }

    [Test]
    public async Task Run_RetentionOvertookIt_GoesOnAtTheEarliest()
    {
        var first = _rig.Start();
        _rig.Publish(0, AlertEvents.Opened("a"));
        await _rig.Recorded(1);
        await _rig.Stop(first);
        _rig.Publish(0, AlertEvents.Opened("b"), AlertEvents.Opened("c"));
        _rig.Broker.DeleteRecords(_rig.Topics.Alerts, 0, before: 2);

        _rig.Start();
        await _rig.Recorded(2);

        Assert.That(await _rig.Rows<string>("select metric from alert_event order by seq"), Is.EqualTo(new[] { "a", "c" }));
    }

    [Test]
    public async Task Run_RecordsThatAreNoEvents_AreDeadLetteredAndTheRestGoesOn()
    {
        _rig.Start();
        _rig.Probe.ProduceText(_rig.Topics.Alerts, 0, "{", "");
        _rig.Publish(0, AlertEvents.Opened("latency"));
        _rig.Probe.ProduceText(_rig.Topics.Alerts, 0, """{"id":1}""");
        _rig.Publish(0, AlertEvents.Opened("errors"));
        await _rig.Recorded(2);

        var letters = _rig.Probe.Read(_rig.Topics.DeadLetters, atLeast: 3);
        Assert.That(letters.Select(letter => TopicProbe.Header(letter, "lepton.reason")),
            Is.EquivalentTo(new[] { "no_alert_event", "empty_value", "no_alert_event" }));
        Assert.That(letters.Select(letter => TopicProbe.Header(letter, "__connect.errors.offset")),
            Is.EquivalentTo(new[] { "0", "1", "3" }));
        Assert.That(letters.Select(letter => TopicProbe.Header(letter, "__connect.errors.connector.name")),
            Is.All.EqualTo("lepton-notifier"));
        Assert.That(await _rig.Rows<long>("select kafka_offset from alert_event order by seq"), Is.EqualTo(new[] { 2L, 4L }));
    }

    [Test]
    public async Task Fatal_TheClientCannotGoOn_EndsTheRoleWithTheReason()
    {
        _rig.Probe.ProduceText(_rig.Topics.Alerts, 0, "no event");
        _rig.Broker.FailNext(BrokerRequest.Produce, ErrorCode.OutOfOrderSequenceNumber);
        var host = _rig.Start();

        var exit = host.Services.GetRequiredService<RoleExit>();
        await Eventually.True(() => exit.Reason is not null, "the role ended");
        Assert.That(exit.Reason, Does.StartWith("notifier: "));
    }

    [Test]
    public async Task Run_NulInAName_IsRecordedVisibly()
    {
        _rig.Start();
        _rig.Publish(0, AlertEvents.Opened("lat\0ency", model: "lla\0ma"));
        await _rig.Recorded(1);
        await _rig.Sink.Receives(1);

        Assert.That(await _rig.Rows<(string, string)>("select model, metric from alert_event"),
            Is.EqualTo(new[] { ("lla␀ma", "lat␀ency") }));
        Assert.That(_rig.Sink.Calls[0].Metrics("firing"), Is.EqualTo(new[] { "lat\0ency" }));
    }

    [Test]
    public async Task Run_TwoNotifiers_ShareTheWorkAndTellOnce()
    {
        _rig.Start();
        _rig.Start();
        for (var i = 0; i < 20; i++)
        {
            _rig.Publish(i % 2, AlertEvents.Opened($"metric{i}", model: $"model{i % 5}"));
        }

        await _rig.Recorded(20);
        await Eventually.True(() => _rig.Sink.Calls.SelectMany(call => call.Metrics("firing")).Distinct().Count() == 20,
            "every alert is told");
        await Task.Delay(1_500);

        var told = _rig.Sink.Calls.GroupBy(call => call.Body.GetProperty("groupKey").GetString());
        Assert.That(told.Count(), Is.EqualTo(5));
        Assert.That(_rig.Sink.Calls.Select(call => call.Id), Is.Unique);
        foreach (var group in told)
            Assert.That(group.Select(call => call.Reason),
                Is.EqualTo(new[] { "first notification" }.Concat(Enumerable.Repeat("new alerts added", group.Count() - 1))), group.Key);
        Assert.That(await _rig.Rows<long>("select seq from alert_event order by seq"),
            Is.EqualTo(Enumerable.Range(1, 20).Select(seq => (long)seq)));
    }

    [Test]
    public async Task Run_RoutingFileChangesWhileAnAlertFires_TheOldReceiverHearsTheEnd()
    {
        var first = _rig.Start();
        _rig.Publish(0, AlertEvents.Opened("latency"));
        await _rig.Sink.Receives(1);
        await _rig.Stop(first);
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file,
            $$"""
            route: {receiver: new, group_by: [model], group_wait: 300ms, group_interval: 1s}
            receivers:
              - {name: new, webhook_configs: [{url: "{{_rig.Sink.Url("new")}}"}]}
              - {name: default, webhook_configs: [{url: "{{_rig.Sink.Url()}}"}]}
            """);

        _rig.Start(("Notifier:RoutingFile", file), ("Notifier:WebhookUrl", ""));
        await _rig.Sink.Receives(3);

        Assert.That(_rig.Sink.Calls.Skip(1).Select(call => $"{call.Path} {call.Status}"),
            Is.EquivalentTo(new[] { "new firing", "hook resolved" }));
        File.Delete(file);
    }

    [Test]
    public async Task Reload_ChangedRoutingFile_MovesWhatFiresAndDeliversToTheNewChannel()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("lepton-routing-").FullName, "routing.yaml");
        await File.WriteAllTextAsync(file, Routing(("old", "old")));
        var host = _rig.Start(("Notifier:RoutingFile", file), ("Notifier:WebhookUrl", ""));
        _rig.Publish(0, AlertEvents.Opened("latency"));
        await _rig.Sink.Receives(1);

        await File.WriteAllTextAsync(file, Routing(("new", "new"), ("old", "old-at-another-address")));
        await NotifierRig.Reload(host);
        await _rig.Sink.Receives(3);
        _rig.Publish(0, AlertEvents.Opened("errors", 5, model: "other"));
        await _rig.Sink.Receives(4);

        Assert.That(_rig.Sink.Calls.Select(call => $"{call.Path} {call.Status}"), Is.EquivalentTo(new[]
        {
            "old firing", "new firing", "old-at-another-address resolved", "new firing",
        }));
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    [Test]
    public async Task Reload_WrongRoutingFile_ChangesNothing()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("lepton-routing-").FullName, "routing.yaml");
        await File.WriteAllTextAsync(file, Routing(("old", "old")));
        var host = _rig.Start(("Notifier:RoutingFile", file), ("Notifier:WebhookUrl", ""));
        _rig.Publish(0, AlertEvents.Opened("latency"));
        await _rig.Sink.Receives(1);

        await File.WriteAllTextAsync(file, "route: &r {receiver: ops, routes: [*r]}");
        await Eventually.True(() => Readiness(host).Contains($"degraded: the changed routing in {file} is refused",
            StringComparison.Ordinal), "said as long as it lasts");
        _rig.Publish(0, AlertEvents.Opened("errors", 5, model: "other"));
        await _rig.Sink.Receives(2);

        Assert.That(_rig.Sink.Calls.Select(call => $"{call.Path} {call.Status}"), Is.EqualTo(new[] { "old firing", "old firing" }));
        await File.WriteAllTextAsync(file, Routing(("new", "new"), ("old", "old")));
        await Eventually.True(() => !Readiness(host).Contains("degraded", StringComparison.Ordinal),
            "the file is in force without a signal");
        _rig.Publish(0, AlertEvents.Opened("ttft", 6, model: "third"));
        await Eventually.True(() => _rig.Sink.Calls.Any(call => call.Path == "new"), "the new receiver is notified");
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    private static string Readiness(IHost host) => NotifierRig.HealthOf(host).Ready().Detail;

    // Everything to the first receiver.
    private string Routing(params (string Name, string Path)[] receivers) =>
        $"route: {{receiver: {receivers[0].Name}, group_by: [model], group_wait: 300ms, group_interval: 1s}}\nreceivers:\n"
        + string.Concat(receivers.Select(
            receiver => $"- {{name: {receiver.Name}, webhook_configs: [{{url: \"{_rig.Sink.Url(receiver.Path)}\"}}]}}\n"));
}
