using Confluent.Kafka;
using LeptonStream.Collector.Output;
using LeptonStream.Health;
using LeptonStream.Kafka;
using LeptonStream.Kafka.Embedded;
using LeptonStream.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeptonStream.Roles.Tests.Collector;

[Parallelizable]
public sealed class MetricsProducerTests
{
    private EmbeddedBroker _broker = null!;
    private KafkaOptions _kafka = null!;
    private TopicNames _topics = null!;
    private TopicProbe _probe = null!;
    private MetricsProducer _producer = null!;

    [SetUp]
    public void Start()
    {
        _broker = EmbeddedBroker.Start();
        _kafka = new() { BootstrapServers = _broker.BootstrapServers, SessionTimeoutMs = 6_000 };
        _topics = TopicNames.Of(_kafka);
        _broker.CreateTopics(_topics, partitions: 12);
        _probe = new(_kafka);
        _producer = new(MetricsProducer.SettingsOf(_kafka, RoleNames.Collector, 128 << 20), RoleNames.Collector, _topics,
            TimeProvider.System, NullLogger<MetricsProducer>.Instance);
    }

    [TearDown]
    public void Stop()
    {
        _producer.Dispose();
        _probe.Dispose();
        _broker.Dispose();
    }

    [Test]
    public async Task Send_ManyBatchesAtOnce_EachIsInTheTopicWhenItsAnswerIsThere()
    {
        var batches = await Task.WhenAll(Enumerable.Range(0, 20).Select(batch => _producer.Send(Records($"model-{batch}", 50))));

        Assert.That(batches.Select(result => (result.Acknowledged, result.IsDone)), Is.All.EqualTo((50, true)));
        Assert.That(_probe.Count(_topics.Metrics), Is.EqualTo(1_000));
    }

    // The same partitions as Java's clients choose: murmur2 of "gpu-node-07" on 12 partitions is 7, of "host-1" 9.
    [TestCase("gpu-node-07", 7)]
    [TestCase("host-1", 9)]
    public async Task Send_OfAModel_GoesToThePartitionThatJavaClientsChoose(string model, int partition)
    {
        await _producer.Send(Records(model, 3));

        Assert.That(_probe.Read(_topics.Metrics, 3).Select(record => record.Partition.Value), Is.All.EqualTo(partition));
    }

    [Test]
    public async Task Send_OneRecordTooLarge_IsADeadLetterAndTheOthersArrive()
    {
        List<Message<byte[]?, byte[]?>> records = [.. Records("a", 2), new() { Key = "a"u8.ToArray(), Value = new byte[3_000_000] }];

        var result = await _producer.Send(records);

        Assert.That(result, Is.EqualTo(new SendResult(2, 1, null)));
        Assert.That(_probe.Count(_topics.Metrics), Is.EqualTo(2));
        Assert.That(TopicProbe.Header(_probe.Read(_topics.DeadLetters, 1).Single(), DeadLetter.ReasonHeader),
            Is.EqualTo(DeadLetter.RefusedByBroker));
    }

    [Test]
    public async Task Send_FailsHalfWayThroughSuspects_ReturnsOnlyThoseThatAreNotSettled()
    {
        // The batch is refused; then the first record goes alone, the second is refused for good, and the third meets a failure.
        _broker.FailNext(BrokerRequest.Produce,
            ErrorCode.InvalidRecord, ErrorCode.NoError, ErrorCode.InvalidRecord, ErrorCode.NoError, ErrorCode.TopicAuthorizationFailed);
        var records = Records("a", 4);

        var result = await _producer.Send(records);

        Assert.That((result.Acknowledged, result.Refused, result.Failure?.Code),
            Is.EqualTo((1, 1, (ErrorCode?)ErrorCode.TopicAuthorizationFailed)));
        Assert.That(result.Unsent, Is.EqualTo(records[2..]));
        Assert.That((_probe.Count(_topics.Metrics), _probe.Count(_topics.DeadLetters)), Is.EqualTo((1, 1)));
    }

    [Test]
    public async Task Outbox_WhileTheBrokerIsDown_KeepsRecordsAndSaysSoUntilTheyAreSent()
    {
        var outbox = new RecordOutbox(_producer);
        var released = 0;
        _broker.GoDown();

        var down = await outbox.Send(Records("a", 5), () => released++);
        Assert.That((down.IsDone, outbox.Trouble is null, released), Is.EqualTo((false, false, 0)));

        _broker.GoUp();
        await Eventually.True(() =>
        {
            outbox.Retry(default).GetAwaiter().GetResult();
            return outbox.Trouble is null;
        }, "the records that were kept are sent");
        Assert.That(released, Is.EqualTo(1));
        Assert.That(_probe.Count(_topics.Metrics), Is.GreaterThanOrEqualTo(5));
    }

    private static List<Message<byte[]?, byte[]?>> Records(string model, int count) =>
        [.. Enumerable.Range(0, count).Select(i => new Message<byte[]?, byte[]?>
        {
            Key = System.Text.Encoding.UTF8.GetBytes(model), Value = System.Text.Encoding.UTF8.GetBytes($"{{\"i\":{i}}}"),
        })];
}
