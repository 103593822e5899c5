using System.Text;
using Confluent.Kafka;
using LeptonStream.Detection;
using LeptonStream.Detector;
using LeptonStream.Kafka.Embedded;
using LeptonStream.Testing;

namespace LeptonStream.Roles.Tests.Detector;

/// <summary>
/// No record stops a partition: neither one that the program cannot judge, nor one whose events are too many or too large.
/// </summary>
[TestFixture(true)]
[TestFixture(false)]
public sealed class PoisonTests(bool inPlace)
{
    // Training mode without its policy: whatever carries a step fails inside the program, and nothing else does.
    private static readonly DetectionPolicy Defective = DetectionPolicy.Default with { Training = null! };

    private DetectorRig _rig = null!;

    [SetUp]
    public void MakeRig() => _rig = new DetectorRig(tellsStatus: false, inPlace: inPlace);

    [TearDown]
    public void RemoveRig() => _rig.Dispose();

    [Test]
    public async Task Process_ARecordFailsInsideTheProgram_IsDeadLetteredWithAFingerprintAndTheWorkerGoesOn()
    {
        _rig.Policy = Defective;
        Message<byte[]?, byte[]?>[] stream = [.. MetricStream.Of("llama", 300, i => i is >= 200 and < 210 ? 900 : null)];
        _rig.Probe.Produce(_rig.Topics.Metrics, 0, [.. stream[..150], Step("bad"), Step("bad"), .. stream[150..]]);
        var host = _rig.Start();

        await Eventually.True(() => _rig.Probe.Committed(DetectorRig.Group, _rig.Topics.Metrics, 0) == 302, "all records committed");
        var letters = _rig.Probe.Read(_rig.Topics.DeadLetters, atLeast: 2);
        Assert.That(letters.Select(letter => TopicProbe.Header(letter, "lepton.reason")),
            Is.EqualTo(new[] { "internal_error", "internal_error" }));
        Assert.That(
            letters.Select(letter => TopicProbe.Header(letter, "__connect.errors.exception.message")),
            Is.All.Match("^internal error [0-9a-f]{12}: ArgumentNullException: "));
        Assert.That(letters.Select(letter => Encoding.UTF8.GetString(letter.Message.Value!)), Is.All.Contain("\"bad\""));
        Assert.That(_rig.CountOf("rejects/internal_error"), Is.EqualTo(2));
        Assert.That((_rig.CountOf("events/opened"), _rig.CountOf("events/resolved")), Is.EqualTo((1, 1)), "the other series is judged on");
        Assert.That(_rig.CountOf("sessions.lost/refused") + _rig.CountOf("sessions.lost/client_error"), Is.Zero);
        await Eventually.True(() => DetectorRig.HealthOf(host).Ready().IsHealthy, "ready");
    }

    [Test]
    public async Task Publish_AnEventThatTheBrokerRefusesForGood_BecomesADeadLetterAndTheRestIsPublished()
    {
        _rig.Probe.Produce(_rig.Topics.Metrics, 0, MetricStream.Of("llama", 200, i => i == 199 ? double.NaN : null));
        // Once in company and once alone.
        _rig.Broker.FailNext(BrokerRequest.Produce, ErrorCode.MsgSizeTooLarge, ErrorCode.MsgSizeTooLarge);
        var host = _rig.Start();
        await Eventually.True(() => _rig.Probe.Committed(DetectorRig.Group, _rig.Topics.Metrics, 0) == 200, "all records committed");
        _rig.Probe.Produce(_rig.Topics.Metrics, 1, MetricStream.Of("qwen", 200, i => i == 199 ? double.NaN : null));

        var alert = _rig.Probe.Read(_rig.Topics.Alerts, atLeast: 1).Single();
        var letter = _rig.Probe.Read(_rig.Topics.DeadLetters, atLeast: 1).Single();
        Assert.That(alert.Partition.Value, Is.EqualTo(1));
        Assert.That(TopicProbe.Header(letter, "lepton.reason"), Is.EqualTo("refused_by_broker"));
        Assert.That(TopicProbe.Header(letter, "__connect.errors.topic"), Is.EqualTo(_rig.Topics.Alerts));
        Assert.That(TopicProbe.Header(letter, "ce_id"), Is.EqualTo(_rig.Expected(0).Single().Id));
        Assert.That(_rig.CountOf("publish.refused/alert"), Is.EqualTo(1));
        Assert.That(_rig.CountOf("sessions.lost/refused"), Is.Zero);
        await Eventually.True(() => DetectorRig.HealthOf(host).Ready().IsHealthy, "ready");
    }

    [Test]
    public async Task Publish_ADeadLetterThatTheBrokerRefuses_IsKeptWithoutItsPayload()
    {
        _rig.Probe.ProduceText(_rig.Topics.Metrics, 0, "no metric");
        _rig.Broker.FailNext(BrokerRequest.Produce, ErrorCode.MsgSizeTooLarge, ErrorCode.MsgSizeTooLarge);
        _rig.Start();

        var letter = _rig.Probe.Read(_rig.Topics.DeadLetters, atLeast: 1).Single();
        Assert.That((letter.Message.Key, letter.Message.Value), Is.EqualTo(((byte[]?)null, (byte[]?)null)));
        Assert.That(TopicProbe.Header(letter, "lepton.reason"), Is.EqualTo("malformed_json"));
        Assert.That(TopicProbe.Header(letter, "__connect.errors.offset"), Is.EqualTo("0"));
        await Eventually.True(() => _rig.Probe.Committed(DetectorRig.Group, _rig.Topics.Metrics, 0) == 1, "the record committed");
        Assert.That(_rig.CountOf("publish.refused/dead_letter"), Is.EqualTo(1));
    }

    [Test]
    public async Task Run_EveryBoundReachedWithEveryRecord_PublishesEachEventOnce()
    {
        _rig.Bounds = new(Samples: 1, Bytes: 1, PublishBytes: 1);
        _rig.Probe.Produce(_rig.Topics.Metrics, 0, Enumerable.Range(0, 40).SelectMany(i =>
            MetricStream.Of($"m{i:D2}", 1, _ => 79, metric: "DCGM_FI_DEV_XID_ERRORS")));
        _rig.Start();

        await Eventually.True(() => _rig.Probe.Committed(DetectorRig.Group, _rig.Topics.Metrics, 0) == 40, "all records committed");
        Assert.That(DetectorRig.IdsOf(_rig.Probe.Read(_rig.Topics.Alerts)), Is.EqualTo(_rig.Expected(0).Select(e => e.Id)));
        Assert.That(_rig.CountOf("records"), Is.EqualTo(40));
    }

    [Test]
    public void BatchLimit_IsHalvedAtOnceAndGrowsSlowlyUpToItsMost()
    {
        var limit = new BatchLimit(1_000);
        limit.Halve();
        limit.Halve();
        Assert.That(limit.Records, Is.EqualTo(250));
        limit.Grow();
        Assert.That(limit.Records, Is.EqualTo(257));
        for (var i = 0; i < 20; i++) limit.Halve();
        Assert.That(limit.Records, Is.EqualTo(1));
        for (var i = 0; i < 1_000; i++) limit.Grow();
        Assert.That(limit.Records, Is.EqualTo(1_000));
    }

    private static Message<byte[]?, byte[]?> Step(string model) => new()
    {
        Key = Encoding.UTF8.GetBytes(model),
        Value = Encoding.UTF8.GetBytes($$$"""{"model":"{{{model}}}","ts":"2026-11-20T00:00:00Z","step":1,"metrics":{"loss":2.5}}"""),
        Timestamp = new Timestamp(new DateTimeOffset(2026, 11, 20, 2, 30, 0, TimeSpan.Zero)),
    };
}
