using System.Text;
using Confluent.Kafka;
using LeptonStream.Alerts;
using LeptonStream.Kafka;
using LeptonStream.Testing;
using Timestamp = LeptonStream.Samples.Timestamp;

namespace LeptonStream.Roles.Tests.Detector;

/// <summary>Probes among the records of a partition: each is passed on in its place, and all else is as if it had not been there.</summary>
[Parallelizable]
public sealed class ProbeTests
{
    private const int Every = 10;

    private DetectorRig _rig = null!;

    [SetUp]
    public void MakeRig() => _rig = new DetectorRig(partitions: 1);

    [TearDown]
    public void RemoveRig() => _rig.Dispose();

    [Test]
    public async Task Run_ProbesAmongRecords_ArePassedOnAndChangeNothingElse()
    {
        var stream = MetricStream.Of("llama", 300, i => i is >= 200 and < 210 ? 900 : null).ToArray();
        using var plain = new DetectorRig(partitions: 1);
        plain.Probe.Produce(plain.Topics.Metrics, 0, stream);
        var expected = plain.Expected(0);
        _rig.Probe.Produce(_rig.Topics.Metrics, 0, WithProbes(stream));
        _rig.Start();
        await Eventually.True(() => Committed() == stream.Length + (stream.Length / Every), "all records committed");

        var published = _rig.Probe.Read(_rig.Topics.Alerts);
        var events = published.Where(record => !IsProbe(record)).Select(EventOf).ToArray();
        Assert.That(events.Select(made => (made.Type, made.Score, made.Onset, made.AlertId)),
            Is.EqualTo(expected.Select(made => (made.Type, made.Score, made.Onset, made.AlertId))).And.Not.Empty);
        Assert.That(published.Count(IsProbe), Is.EqualTo(stream.Length / Every));
        Assert.That(published.Where(IsProbe).Select(record => TopicProbe.Header(record, "ce_type")),
            Is.All.EqualTo("io.leptonstream.probe.v1"));
        Assert.That(_rig.Probe.Read(_rig.Topics.DeadLetters), Is.Empty);
        Assert.That(_rig.CountOf("records"), Is.EqualTo(stream.Length), "a probe is no record to count");
        Assert.That(_rig.GaugeOf("series"), Is.EqualTo(1));
    }

    [Test]
    public async Task Run_AnotherDetectorTakesOver_PassesOnWhatComesThen()
    {
        _rig.Probe.Produce(_rig.Topics.Metrics, 0, WithProbes([.. MetricStream.Of("llama", 100)]));
        var first = _rig.Start();
        await Eventually.True(() => Committed() == 110, "all records committed");
        await first.StopAsync();
        _rig.Probe.Produce(_rig.Topics.Metrics, 0, [ProbeOf(99)]);
        _rig.Start();
        await Eventually.True(() => Committed() == 111, "the last probe committed");

        var back = _rig.Probe.Read(_rig.Topics.Alerts).Where(IsProbe).ToArray();
        Assert.That(back.Select(record => Probe.Read(record.Message.Key, record.Message.Value)!.SentAt.UnixMilliseconds),
            Is.EqualTo(Enumerable.Range(1, 10).Append(99)), "each once: those that were committed are not passed on again");
    }

    [Test]
    public async Task Run_ARecordWithTheKeyOfProbesThatIsNone_IsJudgedLikeAnyOther()
    {
        _rig.Probe.Produce(_rig.Topics.Metrics, 0,
            [new() { Key = Encoding.UTF8.GetBytes(Probe.Key), Value = "{\"probeSentAt\":\"never\"}"u8.ToArray() }]);
        _rig.Start();
        await Eventually.True(() => Committed() == 1, "the record is committed");

        Assert.That(_rig.Probe.Read(_rig.Topics.DeadLetters), Has.Count.EqualTo(1));
        Assert.That(_rig.Probe.Read(_rig.Topics.Alerts), Is.Empty);
    }

    private static IEnumerable<Message<byte[]?, byte[]?>> WithProbes(Message<byte[]?, byte[]?>[] stream) => stream.SelectMany(
        (record, index) => index % Every == Every - 1 ? [record, ProbeOf((index / Every) + 1)] : new[] { record });

    // Its time in the log lies far ahead of the others': it must move no clock.
    private static Message<byte[]?, byte[]?> ProbeOf(long sentAt)
    {
        var record = ProbeRecord.Of(new(Timestamp.FromUnixMilliseconds(sentAt)));
        record.Timestamp = new(new DateTime(2099, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        return record;
    }

    private static bool IsProbe(ConsumeResult<byte[]?, byte[]?> record) =>
        Probe.Read(record.Message.Key, record.Message.Value) is not null;

    private static AlertEvent EventOf(ConsumeResult<byte[]?, byte[]?> record) =>
        AlertEventJson.TryRead(record.Message.Value, out var alert, out var error) ? alert! : throw new InvalidDataException(error);

    private long? Committed() => _rig.Probe.Committed(DetectorRig.Group, _rig.Topics.Metrics, 0);
}
