using Confluent.Kafka;
using LeptonStream.Detector;
using LeptonStream.Kafka;
using LeptonStream.Kafka.Embedded;
using LeptonStream.Testing;

namespace LeptonStream.Roles.Tests.Detector;

/// <summary>Batches that no client can decode are passed by and named; what stands before and behind them is judged.</summary>
[Parallelizable]
[TestFixture(true)]
[TestFixture(false)]
public sealed class UndecodableBatchTests(bool inPlace)
{
    private DetectorRig _rig = null!;

    [SetUp]
    public void MakeRig() => _rig = new DetectorRig(inPlace: inPlace);

    [TearDown]
    public void RemoveRig() => _rig.Dispose();

    [TestCase(BatchFault.WrongChecksum, 1)]
    [TestCase(BatchFault.WrongChecksum, 37)]
    [TestCase(BatchFault.UnknownCodec, 7)]
    [TestCase(BatchFault.BadCompression, 2)]
    public async Task Process_ABatchInTheMiddleCantBeDecoded_IsNamedByADeadLetterAndTheRestIsJudged(BatchFault fault, int records)
    {
        var story = MetricStream.Of("llama", 300, i => i is >= 200 and < 210 ? 900 : null).ToList();
        _rig.Probe.Produce(_rig.Topics.Metrics, 0, story.Take(150));
        Produce(_rig.Topics.Metrics, records, fault);
        _rig.Probe.Produce(_rig.Topics.Metrics, 0, story.Skip(150));
        var host = _rig.Start();

        await Committed(300 + records);
        var letter = _rig.Probe.Read(_rig.Topics.DeadLetters, atLeast: 1).Single();
        Assert.That(RangeOf(letter), Is.EqualTo(("undecodable", "150", $"{150 + records}")));
        Assert.That(_rig.CountOf("records.undecodable"), Is.EqualTo(records));
        Assert.That((_rig.CountOf("events/opened"), _rig.CountOf("records")), Is.EqualTo((2, 300)), "the gap, and what is behind");
        await Eventually.True(() => DetectorRig.HealthOf(host).Ready().IsHealthy, "ready");
    }

    [Test]
    public async Task Process_RecordsOfAnotherPartitionAlwaysWait_IsPassedByMeanwhile()
    {
        const int Backlog = 30_000;
        _rig.Bounds = BatchBounds.Default with { Samples = 5 };
        _rig.Probe.Produce(_rig.Topics.Metrics, 1, MetricStream.Of("llama", Backlog, _ => null));
        Produce(_rig.Topics.Metrics, 7, BatchFault.UnknownCodec);
        _rig.Start();

        await Committed(7);
        Assert.That(_rig.Probe.Committed(DetectorRig.Group, _rig.Topics.Metrics, 1), Is.LessThan(Backlog));
    }

    [Test]
    public async Task Process_TwoBatchesOneBehindTheOtherAndOneAtTheEnd_AreNamedEachAndTheNextRecordIsRead()
    {
        var story = MetricStream.Of("llama", 120, _ => null).ToList();
        _rig.Probe.Produce(_rig.Topics.Metrics, 0, story.Take(50));
        Produce(_rig.Topics.Metrics, 3, BatchFault.UnknownCodec);
        Produce(_rig.Topics.Metrics, 5, BatchFault.UnknownCodec);
        _rig.Probe.Produce(_rig.Topics.Metrics, 0, story.Skip(50).Take(50));
        Produce(_rig.Topics.Metrics, 9, BatchFault.WrongChecksum);
        _rig.Start();

        await Committed(117);
        _rig.Probe.Produce(_rig.Topics.Metrics, 0, story.Skip(100));
        await Committed(137);
        Assert.That(_rig.Probe.Read(_rig.Topics.DeadLetters, atLeast: 3).Select(RangeOf), Is.EquivalentTo(new[]
        {
            ("undecodable", "50", "53"), ("undecodable", "53", "58"), ("undecodable", "108", "117"),
        }));
    }

    [Test]
    public async Task Restart_ABatchBehindTheSnapshotCantBeDecoded_IsPassedByAgainAndNamedOnce()
    {
        var story = MetricStream.Of("llama", 400, i => i is >= 200 and < 210 ? 900 : null).ToList();
        _rig.Probe.Produce(_rig.Topics.Metrics, 0, story.Take(150));
        Produce(_rig.Topics.Metrics, 4, BatchFault.WrongChecksum);
        _rig.Probe.Produce(_rig.Topics.Metrics, 0, story.Skip(150).Take(150));
        var first = _rig.Start(null, ("Detector:SnapshotSeconds", "3600"));
        await Committed(304);
        // The last snapshot is gone: the next owner begins with that of the beginning.
        _rig.Broker.FailNext(BrokerRequest.Produce,
            [.. Enumerable.Repeat(ErrorCode.TopicAuthorizationFailed, 50)]);
        await first.StopAsync();
        _rig.Broker.StopFailing(BrokerRequest.Produce);

        _rig.Start();
        _rig.Probe.Produce(_rig.Topics.Metrics, 0, story.Skip(300));
        await Committed(404);
        Assert.That(_rig.Probe.Read(_rig.Topics.DeadLetters).Select(RangeOf), Is.EqualTo(new[] { ("undecodable", "150", "154") }));
        Assert.That(_rig.CountOf("records.undecodable"), Is.EqualTo(8), "passed by twice");
        Assert.That((_rig.CountOf("events/opened"), _rig.CountOf("state_gaps")), Is.EqualTo((2, 0)), "the gap, and what is behind, once");
    }

    private void Produce(string topic, int records, BatchFault fault) =>
        RawBatch.Produce(_rig.Broker.BootstrapServers, topic, 0, RawBatch.Of(records, fault));

    private async Task Committed(long offset) => await Eventually.True(
        () => _rig.Probe.Committed(DetectorRig.Group, _rig.Topics.Metrics, 0) == offset, $"{offset} offsets committed");

    private static (string?, string?, string?) RangeOf(ConsumeResult<byte[]?, byte[]?> letter) => (
        TopicProbe.Header(letter, DeadLetter.ReasonHeader), TopicProbe.Header(letter, DeadLetter.FromHeader),
        TopicProbe.Header(letter, DeadLetter.ToHeader));
}
