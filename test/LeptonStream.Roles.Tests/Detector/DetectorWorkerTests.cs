using System.Text;
using Confluent.Kafka;
using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Kafka;
using LeptonStream.Kafka.Embedded;
using LeptonStream.Testing;

namespace LeptonStream.Roles.Tests.Detector;

public abstract class DetectorWorkerTests(bool inPlace)
{
    // Far beyond what any machine needs: a stop that takes longer hangs.
    private static readonly TimeSpan HangLimit = TimeSpan.FromSeconds(60);

    private DetectorRig _rig = null!;

    [SetUp]
    public void MakeRig() => _rig = new DetectorRig(inPlace: inPlace);

    [TearDown]
    public void RemoveRig() => _rig.Dispose();

    [Test]
    public async Task Run_AnAnomaly_IsPublishedInItsPartitionAsThePureCoreSaysIt()
    {
        _rig.Probe.Produce(_rig.Topics.Metrics, 1, MetricStream.Of("llama", 300, i => i is >= 200 and < 210 ? 900 : null));
        _rig.Start();

        await Eventually.True(() => _rig.Probe.Committed(DetectorRig.Group, _rig.Topics.Metrics, 1) == 300, "all records committed");
        var alerts = _rig.Probe.Read(_rig.Topics.Alerts);
        var expected = _rig.Expected(1);

        Assert.That(expected.Select(e => e.Type), Does.Contain(AlertEventType.Opened).And.Contain(AlertEventType.Resolved));
        Assert.That(alerts.Select(a => Encoding.UTF8.GetString(a.Message.Value!)),
            Is.EqualTo(expected.Select(e => Encoding.UTF8.GetString(AlertEventJson.Write(e)))));
        Assert.That(alerts.Select(a => a.Partition.Value), Is.All.EqualTo(1));
        Assert.That(alerts.Select(a => Encoding.UTF8.GetString(a.Message.Key!)), Is.All.EqualTo("llama"));
    }

    [Test]
    public void Run_AnAlert_CarriesItsCloudEventsAttributesAsHeaders()
    {
        _rig.Probe.Produce(_rig.Topics.Metrics, 0, MetricStream.Of("llama", 200, i => i == 199 ? double.NaN : null));
        _rig.Start();

        var alert = _rig.Probe.Read(_rig.Topics.Alerts, atLeast: 1).Single();
        var expected = _rig.Expected(0).Single();

        Assert.That(
            alert.Message.Headers.Select(header => (header.Key, Encoding.UTF8.GetString(header.GetValueBytes()))),
            Is.EqualTo(new[]
            {
                ("ce_specversion", "1.0"),
                ("ce_type", "io.leptonstream.alert.opened.v1"),
                ("ce_source", "/leptonstream/detector/lepton.metrics/0"),
                ("ce_id", expected.Id),
                ("ce_time", "2026-11-20T03:19:00.000Z"),
                ("ce_subject", "llama/ttft_p99_ms"),
                ("content-type", "application/json"),
            }));
    }

    [Test]
    public void Run_ATrainingRunFallsSilentAtTheEndOfTheLog_IsToldThoughNoRecordComes()
    {
        _rig.Policy = DetectionPolicy.Default with { Training = new() { DeadAfter = TimeSpan.FromSeconds(4),
            DeadEarlyAfter = TimeSpan.FromSeconds(4) } };
        _rig.Probe.Produce(_rig.Topics.Metrics, 1, Steps("llama", 40));
        _rig.Start();

        var alert = _rig.Probe.Read(_rig.Topics.Alerts, atLeast: 1).Single();
        Assert.That(AlertEventJson.TryRead(alert.Message.Value!, out var dead, out var error), error);
        Assert.That((dead!.Metric, dead.Detectors[0].Name, dead.SourceOffset), Is.EqualTo(("run", "run-dead", 39L)));
        Assert.That(alert.Partition.Value, Is.EqualTo(1));
    }

    [Test]
    public async Task Run_ProducersComeBackLaterThanTheDetectorAfterAnOutage_AreNotReportedAsDead()
    {
        _rig.Policy = DetectionPolicy.Default with { Training = new() { DeadAfter = TimeSpan.FromSeconds(8) } };
        _rig.Probe.Produce(_rig.Topics.Metrics, 1, Steps("llama", 40));
        _rig.Start();
        await Eventually.True(() => _rig.Probe.Committed(DetectorRig.Group, _rig.Topics.Metrics, 1) == 40, "all rows committed");

        _rig.Broker.GoDown();
        await Task.Delay(TimeSpan.FromSeconds(15));
        _rig.Broker.GoUp();
        await Task.Delay(TimeSpan.FromSeconds(20));
        Assert.That(_rig.Probe.Read(_rig.Topics.Alerts), Is.Empty, "more than twice as long as a run may be silent");

        _rig.Probe.Produce(_rig.Topics.Metrics, 1, Steps("llama", 80).Skip(40));
        await Eventually.True(() => _rig.Probe.Committed(DetectorRig.Group, _rig.Topics.Metrics, 1) == 80, "the run goes on");
        Assert.That(_rig.Probe.Read(_rig.Topics.Alerts), Is.Empty);
    }

    [Test]
    public async Task Run_SamplesThatAreNotJudged_AreCountedByReason()
    {
        var record = MetricStream.Of("llama", 2, _ => 1).ToArray();
        _rig.Probe.Produce(_rig.Topics.Metrics, 0, [record[1], record[1], record[0]]);
        _rig.Start();

        await Eventually.True(() => _rig.CountOf("samples.refused/out_of_order") == 1, "the late sample counted");
        Assert.That(_rig.CountOf("samples.refused/duplicate"), Is.EqualTo(1));
        Assert.That(_rig.Probe.Read(_rig.Topics.DeadLetters), Is.Empty);
    }

    [TestCase("llama", 0)]
    [TestCase("gpt", 10)]
    [TestCase(null, 10)]
    public async Task Run_RecordsOfTheModelLlama_AreJudgedAndThoseOfAnotherKeyCounted(string? key, int counted)
    {
        var records = MetricStream.Of("llama", 10, _ => null).ToList();
        foreach (var record in records) record.Key = key is null ? null : Encoding.UTF8.GetBytes(key);
        _rig.Probe.Produce(_rig.Topics.Metrics, 0, records);
        _rig.Start();

        await Eventually.True(() => _rig.Probe.Committed(DetectorRig.Group, _rig.Topics.Metrics, 0) == 10, "all records committed");
        Assert.That((_rig.CountOf("samples"), _rig.CountOf("records.other_key")), Is.EqualTo((10L, (long)counted)));
    }

    [Test]
    public async Task Run_MoreSeriesThanThePartitionMayHold_CountsTheSamplesRefusedAndLabelsLeftOut()
    {
        var labels = string.Join(',', Enumerable.Range(0, 33).Select(i => $"\"l{i}\":\"v\""));
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var value = $$$"""{"model":"llama","ts":{{{now}}},"labels":{ {{{labels}}} },"metrics":{"a":1,"b":2,"c":3} }""";
        _rig.Probe.Produce(_rig.Topics.Metrics, 0, [new() { Key = "llama"u8.ToArray(), Value = Encoding.UTF8.GetBytes(value) }]);
        _rig.Start(null, ("Detector:SeriesPerPartition", "2"));

        await Eventually.True(() => _rig.CountOf("samples.refused/series_limit") == 1, "the third series refused");
        Assert.That((_rig.CountOf("samples"), _rig.CountOf("labels.dropped")), Is.EqualTo((2L, 1L)));
    }

    [Test]
    public async Task Run_ARecordThatIsNoMetric_IsDeadLetteredWithReasonAndOrigin()
    {
        var headers = new Headers { { "producer", "agent-7"u8.ToArray() } };
        _rig.Probe.Produce(_rig.Topics.Metrics, 1, [new() { Key = "llama"u8.ToArray(), Value = """{"model":"""u8.ToArray(),
            Headers = headers, Timestamp = new Timestamp(1_700_000_000_000, TimestampType.CreateTime) }]);
        _rig.Start();

        var letter = _rig.Probe.Read(_rig.Topics.DeadLetters, atLeast: 1).Single();

        Assert.That(Encoding.UTF8.GetString(letter.Message.Key!), Is.EqualTo("llama"));
        Assert.That(Encoding.UTF8.GetString(letter.Message.Value!), Is.EqualTo("""{"model":"""));
        Assert.That(letter.Message.Timestamp.UnixTimestampMs, Is.EqualTo(1_700_000_000_000));
        Assert.That(TopicProbe.Header(letter, "producer"), Is.EqualTo("agent-7"));
        Assert.That(TopicProbe.Header(letter, "lepton.reason"), Is.EqualTo("malformed_json"));
        Assert.That(TopicProbe.Header(letter, "__connect.errors.topic"), Is.EqualTo(_rig.Topics.Metrics));
        Assert.That(TopicProbe.Header(letter, "__connect.errors.partition"), Is.EqualTo("1"));
        Assert.That(TopicProbe.Header(letter, "__connect.errors.offset"), Is.EqualTo("0"));
        Assert.That(TopicProbe.Header(letter, "__connect.errors.exception.message"), Does.Contain("not JSON"));
        await Eventually.True(() => _rig.Probe.Committed(DetectorRig.Group, _rig.Topics.Metrics, 1) == 1, "the record committed");
        Assert.That(_rig.CountOf("rejects/malformed_json"), Is.EqualTo(1));
    }

    [Test]
    public async Task Publish_TheAlertsTopicRefuses_CommitsNothingAndPublishesAllOnceItIsAllowed()
    {
        _rig.Probe.Produce(_rig.Topics.Metrics, 0, MetricStream.Of("llama", 200, i => i == 199 ? double.NaN : null));
        _rig.Broker.FailNext(BrokerRequest.Produce, [.. Enumerable.Repeat(ErrorCode.TopicAuthorizationFailed, 1_000)]);
        var host = _rig.Start();

        await Eventually.True(() => _rig.CountOf("sessions.lost/refused") >= 1, "the batch given up");
        Assert.That(_rig.Probe.Committed(DetectorRig.Group, _rig.Topics.Metrics, 0), Is.Null,
            "nothing is committed that is not acknowledged");
        Assert.That(DetectorRig.HealthOf(host).Ready().Detail, Does.Contain(_rig.Topics.Alerts));
        _rig.Broker.StopFailing(BrokerRequest.Produce);

        await Eventually.True(() => _rig.Probe.Committed(DetectorRig.Group, _rig.Topics.Metrics, 0) == 200, "all records committed");
        Assert.That(DetectorRig.IdsOf(_rig.Probe.Read(_rig.Topics.Alerts)), Is.EqualTo(_rig.Expected(0).Select(e => e.Id)));
        await Eventually.True(() => DetectorRig.HealthOf(host).Ready().IsHealthy, "the other partition is restored, too");
    }

    [Test]
    public async Task Commit_TheWorkerDiesBetweenAcknowledgementAndCommit_TheNextPublishesNothingAgain()
    {
        _rig.Probe.Produce(_rig.Topics.Metrics, 0, MetricStream.Of("llama", 200, i => i == 199 ? double.NaN : null));
        _rig.Broker.FailNext(BrokerRequest.OffsetCommit, [.. Enumerable.Repeat(ErrorCode.GroupAuthorizationFailed, 1_000)]);
        var first = _rig.Start();
        await Eventually.True(() => _rig.CountOf("events/opened") == 1, "the event acknowledged");
        await first.StopAsync();
        Assert.That(_rig.Probe.Committed(DetectorRig.Group, _rig.Topics.Metrics, 0), Is.Null);
        _rig.Broker.StopFailing(BrokerRequest.OffsetCommit);

        _rig.Start();
        await Eventually.True(() => _rig.Probe.Committed(DetectorRig.Group, _rig.Topics.Metrics, 0) == 200, "all records committed");

        var id = _rig.Expected(0).Single().Id;
        Assert.That(DetectorRig.IdsOf(_rig.Probe.Read(_rig.Topics.Alerts)), Is.EqualTo(new[] { id }),
            "neither lost nor repeated");
    }

    [Test]
    public async Task Commit_RefusedForAMoment_IsTriedAgainInTheNextRound()
    {
        _rig.Broker.FailNext(BrokerRequest.OffsetCommit, ErrorCode.RebalanceInProgress, ErrorCode.RebalanceInProgress);
        _rig.Probe.Produce(_rig.Topics.Metrics, 0, MetricStream.Of("llama", 50));
        _rig.Start();

        await Eventually.True(() => _rig.Probe.Committed(DetectorRig.Group, _rig.Topics.Metrics, 0) == 50, "all records committed");
        Assert.That(_rig.CountOf("records"), Is.EqualTo(50), "and none is read twice");
    }

    [Test]
    public async Task Fence_TooLongSinceTheLastPoll_PublishesNothingAndBeginsAnew()
    {
        _rig.Dispose();
        _rig = new DetectorRig(sessionTimeoutMs: 8_000, inPlace: inPlace);
        var clock = new JumpingClock();
        var host = _rig.Start(clock, ("Detector:BatchWaitMs", "2000"));
        await Eventually.True(() => DetectorRig.HealthOf(host).Ready().IsHealthy, "in the group");
        _rig.Probe.Produce(_rig.Topics.Metrics, 0, MetricStream.Of("llama", 200, i => i == 199 ? double.NaN : null));

        // The batch is being gathered now, and waits for more.
        await Task.Delay(TimeSpan.FromSeconds(1));
        clock.Jump(TimeSpan.FromSeconds(5));

        await Eventually.True(() => _rig.CountOf("sessions.lost/fenced") == 1, "the session fenced");
        Assert.That(_rig.Probe.Read(_rig.Topics.Alerts), Is.Empty);
        await Eventually.True(() => _rig.Probe.Committed(DetectorRig.Group, _rig.Topics.Metrics, 0) == 200, "all records committed");
        Assert.That(DetectorRig.IdsOf(_rig.Probe.Read(_rig.Topics.Alerts)), Is.EqualTo(_rig.Expected(0).Select(e => e.Id)));
    }

    [Test]
    public async Task Fence_WhereverInARoundTheProcessStandsStill_TheSessionEndsAndNothingIsPublishedTwice()
    {
        _rig.Dispose();
        _rig = new DetectorRig(sessionTimeoutMs: 4_000, inPlace: inPlace);
        var clock = new JumpingClock();
        var host = _rig.Start(clock);
        await Eventually.True(() => DetectorRig.HealthOf(host).Ready().IsHealthy, "in the group");

        // A round looks at the clock more often than that.
        for (var look = 0; look < 8; look++)
        {
            var fenced = _rig.CountOf("sessions.lost/fenced");
            clock.JumpAtLook(look, TimeSpan.FromSeconds(3));
            _rig.Probe.Produce(_rig.Topics.Metrics, 0, MetricStream.Of("llama", 40, i => i % 40 == 39
                ? double.NaN
                : null, from: look * 40));
            await Eventually.True(() => _rig.CountOf("sessions.lost/fenced") == fenced + 1, $"the session fenced at look {look}");
            await Eventually.True(() => _rig.Probe.Committed(DetectorRig.Group, _rig.Topics.Metrics, 0) == (look + 1) * 40,
                $"all records committed after look {look}");
        }

        Assert.That(DetectorRig.IdsOf(_rig.Probe.Read(_rig.Topics.Alerts)), Is.EqualTo(_rig.Expected(0).Select(e => e.Id)));
    }

    [Test]
    public async Task Fence_TheGroupForgetsTheMemberDuringARound_PublishesNothingOfIt()
    {
        _rig.Dispose();
        _rig = new DetectorRig(sessionTimeoutMs: 12_000, inPlace: inPlace);
        var (isHeld, published) = (false, -1);
        _rig.OnCount = name =>
        {
            if (name.EndsWith("sessions.lost", StringComparison.Ordinal)) published = _rig.Probe.Read(_rig.Topics.Alerts).Count;
            if (isHeld || !name.EndsWith("other_key", StringComparison.Ordinal)) return;
            isHeld = true;
            _rig.Broker.FailNext(BrokerRequest.Heartbeat, ErrorCode.UnknownMemberId);
            // Longer than between two heartbeats, and not as long as the fence allows.
            Thread.Sleep(TimeSpan.FromSeconds(4.5));
        };
        var host = _rig.Start();
        await Eventually.True(() => DetectorRig.HealthOf(host).Ready().IsHealthy, "in the group");
        Message<byte[]?, byte[]?> other = new() { Key = "other"u8.ToArray() };
        var story = MetricStream.Of("llama", 200, i => i == 199 ? double.NaN : null).ToList();
        (other.Value, other.Timestamp) = (story[0].Value, story[0].Timestamp);
        _rig.Probe.Produce(_rig.Topics.Metrics, 0, [other, .. story.Skip(1)]);

        await Eventually.True(() => Volatile.Read(ref published) >= 0, "the session lost");
        Assert.That(_rig.CountOf("sessions.lost/lost"), Is.EqualTo(1));
        await Eventually.True(() => _rig.Probe.Committed(DetectorRig.Group, _rig.Topics.Metrics, 0) == 200, "all records committed");
        Assert.That(published, Is.Zero);
        Assert.That(DetectorRig.IdsOf(_rig.Probe.Read(_rig.Topics.Alerts)), Is.EqualTo(_rig.Expected(0).Select(e => e.Id)));
    }

    [Test]
    public async Task Gap_TheCommittedOffsetIsTrimmed_IsCountedAndReadingGoesOnAtTheEarliest()
    {
        _rig.Probe.Produce(_rig.Topics.Metrics, 0, MetricStream.Of("llama", 100));
        var first = _rig.Start();
        await Eventually.True(() => _rig.Probe.Committed(DetectorRig.Group, _rig.Topics.Metrics, 0) == 100, "the first records committed");
        await first.StopAsync();
        _rig.Probe.Produce(_rig.Topics.Metrics, 0, MetricStream.Of("llama", 100, from: 100));
        _rig.Broker.DeleteRecords(_rig.Topics.Metrics, 0, 150);

        _rig.Start();

        await Eventually.True(() => _rig.Probe.Committed(DetectorRig.Group, _rig.Topics.Metrics, 0) == 200, "the rest committed");
        Assert.That(_rig.CountOf("state_gaps"), Is.EqualTo(1));
        Assert.That(_rig.CountOf("records"), Is.EqualTo(150));
    }

    [Test]
    public async Task Group_ASecondWorkerJoins_EveryRecordIsJudgedOnceByOneOfThem()
    {
        _rig.Dispose();
        _rig = new DetectorRig(partitions: 4, sessionTimeoutMs: 2_000, inPlace: inPlace);
        var one = _rig.Start();
        var two = _rig.Start();
        await Eventually.True(() => DetectorRig.HealthOf(one).Ready().IsHealthy && DetectorRig.HealthOf(two).Ready().IsHealthy,
            "both in the group", TimeSpan.FromSeconds(60));
        for (var partition = 0; partition < 4; partition++)
            _rig.Probe.Produce(_rig.Topics.Metrics, partition, MetricStream.Of("llama", 250));

        await Eventually.True(() => Enumerable.Range(0, 4).All(p =>
            _rig.Probe.Committed(DetectorRig.Group, _rig.Topics.Metrics, p) == 250), "all records committed", TimeSpan.FromSeconds(60));
        Assert.That(_rig.CountOf("records"), Is.EqualTo(1_000));
    }

    [Test]
    public async Task Health_MoreMembersThanPartitions_IsReadyOnStandbyAfterASessionWasLostToo()
    {
        _rig.Dispose();
        _rig = new DetectorRig(partitions: 1, sessionTimeoutMs: 6_000, inPlace: inPlace);
        var clock = new JumpingClock();
        var one = DetectorRig.HealthOf(_rig.Start(clock));
        await Eventually.True(() => one.Ready().IsHealthy, "in the group");
        Assert.That(one.Ready().Detail, Is.EqualTo("ready"));
        var two = DetectorRig.HealthOf(_rig.Start());
        await Eventually.True(() => two.Ready().Detail == "ready; standby: the group has assigned no partitions to it",
            "the second on standby", TimeSpan.FromSeconds(60));

        clock.Jump(TimeSpan.FromSeconds(60));
        await Eventually.True(() => _rig.CountOf("sessions.lost/fenced") == 1, "the session fenced");
        await Eventually.True(() => one.Ready().IsHealthy && two.Ready().IsHealthy
            && new[] { one, two }.Count(member => member.Ready().Detail.Contains("standby")) == 1,
            "one works and one stands by, whichever", TimeSpan.FromSeconds(60));
    }

    [Test]
    public async Task Health_NoTopic_IsNotReadyAndNamesIt()
    {
        _rig.Dispose();
        _rig = new DetectorRig(partitions: 0, inPlace: inPlace);
        var host = _rig.Start();

        await Eventually.True(() => DetectorRig.HealthOf(host).Ready().Detail.Contains("there is no topic lepton.metrics"),
            "the missing topic named");
        Assert.That(DetectorRig.HealthOf(host).Ready().IsHealthy, Is.False);
        Assert.That(DetectorRig.HealthOf(host).Live().IsHealthy, Is.True, "restarting the process would not make the topic");
    }

    [Test]
    public async Task Stop_UnderLoad_CommitsAndLeaves()
    {
        _rig.Probe.Produce(_rig.Topics.Metrics, 0, MetricStream.Of("llama", 5_000));
        var host = _rig.Start(settings: ("Detector:BatchSize", "100"));
        await Eventually.True(() => _rig.CountOf("records") >= 500, "some records read");

        await host.StopAsync().WaitAsync(HangLimit);

        Assert.That(_rig.Probe.Committed(DetectorRig.Group, _rig.Topics.Metrics, 0), Is.EqualTo(_rig.CountOf("records")),
            "what was read is committed");
    }

    [Test]
    public async Task Stop_TheBrokerIsGone_DoesNotHang()
    {
        var host = _rig.Start();
        await Eventually.True(() => DetectorRig.HealthOf(host).Ready().IsHealthy, "in the group");
        _rig.Broker.GoDown();

        Assert.That(async () => await host.StopAsync().WaitAsync(HangLimit), Throws.Nothing);
    }

    [Test]
    public async Task Fatal_TheClientCannotGoOn_EndsTheRoleWithTheReason()
    {
        // The first record of all is the dead letter.
        using var rig = new DetectorRig(tellsStatus: false);
        rig.Probe.ProduceText(rig.Topics.Metrics, 0, "no metric");
        rig.Broker.FailNext(BrokerRequest.Produce, ErrorCode.OutOfOrderSequenceNumber);
        var host = rig.Start();

        await Eventually.True(() => DetectorRig.ExitOf(host).Reason is not null, "the role ended");
        Assert.That(DetectorRig.ExitOf(host).Reason, Does.StartWith("detector: "));
        Assert.That(rig.Probe.Committed(DetectorRig.Group, rig.Topics.Metrics, 0), Is.Null);
    }

    internal static IEnumerable<Message<byte[]?, byte[]?>> Steps(string model, int count)
    {
        var start = new DateTimeOffset(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);
        for (var i = 0; i < count; i++)
        {
            var time = start.AddMilliseconds(100 * i);
            yield return new()
            {
                Key = Encoding.UTF8.GetBytes(model),
                Value = Encoding.UTF8.GetBytes(
                    $$$"""{"model":"{{{model}}}","ts":"{{{time:yyyy-MM-ddTHH:mm:ss.fffZ}}}","step":{{{i}}},"metrics":{"loss":2.5}}"""),
                Timestamp = new Timestamp(time),
            };
        }
    }
}
