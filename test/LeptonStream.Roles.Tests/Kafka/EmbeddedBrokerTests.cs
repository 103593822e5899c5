using System.Text;
using Confluent.Kafka;
using LeptonStream.Kafka;
using LeptonStream.Kafka.Embedded;

namespace LeptonStream.Roles.Tests.Kafka;

public sealed class EmbeddedBrokerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private EmbeddedBroker _broker = null!;
    private KafkaOptions _options = null!;
    private IProducer<byte[]?, byte[]?> _producer = null!;

    [SetUp]
    public void Start()
    {
        _broker = EmbeddedBroker.Start();

        // This broker takes about one session time-out for each round of a rebalance.
        _options = new KafkaOptions { BootstrapServers = _broker.BootstrapServers, SessionTimeoutMs = 2_000 };

        // A record expires after a third of the session time-out: on a busy machine a short one would be too short for a first connection.
        _producer = new ProducerBuilder<byte[]?, byte[]?>(
            ClientSettings.Producer(new KafkaOptions { BootstrapServers = _broker.BootstrapServers }, "test")).Build();
    }

    [TearDown]
    public void Stop()
    {
        _producer.Dispose();
        _broker.Dispose();
    }

    [Test]
    public async Task Produce_ToAnExplicitPartition_IsReadBackWithKeyHeadersAndOffset()
    {
        _broker.CreateTopic("t", 3);
        var message = new Message<byte[]?, byte[]?>
            { Key = "k"u8.ToArray(), Value = "v"u8.ToArray(), Headers = new Headers { { "h", "x"u8.ToArray() } } };

        var report = await _producer.ProduceAsync(new TopicPartition("t", 2), message);
        var back = Read("t", 1).Single();

        Assert.That(report.TopicPartitionOffset, Is.EqualTo(new TopicPartitionOffset("t", 2, 0)));
        Assert.That(back.TopicPartitionOffset, Is.EqualTo(report.TopicPartitionOffset));
        Assert.That(Encoding.UTF8.GetString(back.Message.Key!), Is.EqualTo("k"));
        Assert.That(Encoding.UTF8.GetString(back.Message.Headers.GetLastBytes("h")), Is.EqualTo("x"));
    }

    [Test]
    public async Task Group_SecondMemberJoins_SharesThePartitionsAndGoesOnAtTheCommittedOffsets()
    {
        _broker.CreateTopic("t", 4);
        async Task Produce(int from, int to)
        {
            for (var i = from; i < to; i++)
                await _producer.ProduceAsync(new TopicPartition("t", i % 4), new Message<byte[]?, byte[]?> { Value = [(byte)i] });
        }

        var read = new List<byte>();
        void Poll(Func<bool> until, params IConsumer<byte[]?, byte[]?>[] members)
        {
            for (var deadline = DateTime.UtcNow + Patience; DateTime.UtcNow < deadline && !until();)
                foreach (var member in members)
                    if (member.Consume(50) is { } result) read.Add(result.Message.Value![0]);
        }

        await Produce(0, 40);
        using var one = Member();
        Poll(() => read.Count >= 40, one);
        one.Commit(one.Assignment.Select(p => new TopicPartitionOffset(p, one.Position(p))));
        using var two = Member();
        Poll(() => one.Assignment.Count == 2 && two.Assignment.Count == 2, one, two);
        await Produce(40, 60);
        Poll(() => read.Count >= 60, one, two);

        Assert.That(two.Assignment, Has.Count.EqualTo(2));
        Assert.That(one.Assignment.Concat(two.Assignment).Select(p => p.Partition.Value), Is.EquivalentTo(new[] { 0, 1, 2, 3 }));
        Assert.That(read, Is.EquivalentTo(Enumerable.Range(0, 60).Select(i => (byte)i)), "each record once");
    }

    [Test]
    public async Task DeleteRecords_BeforeAnOffset_MovesTheStartOfThePartition()
    {
        _broker.CreateTopic("t", 1);
        for (var i = 0; i < 5; i++) await _producer.ProduceAsync("t", new Message<byte[]?, byte[]?> { Value = [(byte)i] });

        _broker.DeleteRecords("t", 0, 3);

        Assert.That(Read("t", 2).Select(r => r.Offset.Value), Is.EqualTo(new long[] { 3, 4 }));
    }

    [Test]
    public async Task FailNext_OnProduce_RefusesTheRecordAndLeavesNothingInTheLog()
    {
        _broker.CreateTopic("t", 1);
        _broker.FailNext(BrokerRequest.Produce, ErrorCode.TopicAuthorizationFailed);

        var failure = await Assert.ThrowsAsync<ProduceException<byte[]?, byte[]?>>(() =>
            _producer.ProduceAsync("t", new Message<byte[]?, byte[]?> { Value = [1] }));

        Assert.That(failure!.Error.Code, Is.EqualTo(ErrorCode.TopicAuthorizationFailed));
        Assert.That(Read("t", 1, TimeSpan.FromSeconds(1)), Is.Empty);
    }

    [Test]
    public void CreateTopic_Twice_IsNoError()
    {
        _broker.CreateTopic("t", 2);
        Assert.That(() => _broker.CreateTopic("t", 2), Throws.Nothing);
    }

    private IConsumer<byte[]?, byte[]?> Member()
    {
        var settings = ClientSettings.Consumer(_options, "test", "group").WithMembership(_options);
        var consumer = new ConsumerBuilder<byte[]?, byte[]?>(settings).Build();
        consumer.Subscribe("t");
        return consumer;
    }

    private List<ConsumeResult<byte[]?, byte[]?>> Read(string topic, int count, TimeSpan? patience = null)
    {
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(ClientSettings.Consumer(_options, "test", "reader")).Build();
        consumer.Assign(Enumerable.Range(0, 3).Select(p => new TopicPartitionOffset(topic, p, Offset.Beginning)));
        var results = new List<ConsumeResult<byte[]?, byte[]?>>();
        var deadline = DateTime.UtcNow + (patience ?? Patience);
        while (results.Count < count && DateTime.UtcNow < deadline)
        {
            try
            {
                if (consumer.Consume(100) is { } result) results.Add(result);
            }
            catch (ConsumeException missing) when (missing.Error.Code is ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownPartition)
            {
            }
        }

        return results;
    }
}
