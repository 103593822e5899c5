using System.Text;
using Confluent.Kafka;
using LeptonStream.Health;
using LeptonStream.Kafka;
using LeptonStream.Kafka.Embedded;
using LeptonStream.Testing;
using Microsoft.Extensions.Time.Testing;

namespace LeptonStream.Roles.Tests.Kafka;

/// <summary>To its owner a membership is the same, whether records stay in the client's own memory or are objects.</summary>
[TestFixture(true)]
[TestFixture(false)]
public sealed class ConsumerMembershipTests(bool inPlace)
{
    private const string Topic = "t";
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(100);

    private EmbeddedBroker _broker = null!;
    private TopicProbe _probe = null!;

    [SetUp]
    public void Start()
    {
        _broker = EmbeddedBroker.Start();
        _broker.CreateTopic(Topic, 2);
        _probe = new(new KafkaOptions { BootstrapServers = _broker.BootstrapServers });
    }

    [TearDown]
    public void Stop()
    {
        _probe.Dispose();
        _broker.Dispose();
    }

    [Test]
    public async Task Drop_OfAPartitionInTheMiddleOfABatch_LeavesTheOthersRecordsInTheirOrder()
    {
        for (var i = 0; i < 6; i++) _probe.Produce(Topic, i % 2, [new() { Value = Encoding.UTF8.GetBytes($"{i}") }]);
        using var member = Join(new Owner());
        await Gathered(member, 6);
        Assert.That(member.TryTake(out var taken), Is.True);

        member.Drop([0]);
        var left = new List<(int, string)>();
        while (member.TryTake(out var record)) left.Add((record.Partition, Text(record.Value)));
        Assert.That(left, Is.EqualTo(Enumerable.Range(0, 6).Where(i => i % 2 == 1).Select(i => (1, $"{i}"))
            .Skip(taken.Partition == 1 ? 1 : 0)));
    }

    [Test]
    public async Task Gather_RecordsWithAndWithoutKeyValueAndHeaders_SayWhatAConsumerSays()
    {
        _probe.Produce(Topic, 1,
        [
            new() { Key = "k"u8.ToArray(), Value = "v"u8.ToArray() },
            new() { Key = null, Value = null },
            new() { Key = [], Value = [], Timestamp = new(1_700_000_000_123, TimestampType.CreateTime) },
            new() { Key = "k"u8.ToArray(), Value = new byte[300_000], Headers = new() { { "h", [1, 0, 2] }, { "h", null }, { "ü", [] } } },
        ]);
        var owner = new Owner();
        using var member = Join(owner);
        await Gathered(member, 4);

        var expected = _probe.Read(Topic);
        for (var i = 0; member.TryTake(out var record); i++)
        {
            var (copy, original) = (record.ToResult(), expected[i]);
            Assert.That((record.Partition, record.Offset, record.UnixMilliseconds, record.LeaderEpoch ?? -1),
                Is.EqualTo((1, (long)i, original.Message.Timestamp.UnixTimestampMs, original.LeaderEpoch ?? -1)));
            Assert.That((record.HasKey, Text(record.Key), Text(record.Value)),
                Is.EqualTo((original.Message.Key is not null, Text(original.Message.Key), Text(original.Message.Value))));
            Assert.That((copy.Message.Key, copy.Message.Value), Is.EqualTo((original.Message.Key, original.Message.Value)));
            Assert.That((copy.Topic, copy.Message.Timestamp), Is.EqualTo((Topic, original.Message.Timestamp)));
            Assert.That(copy.Message.Headers.Select(header => (header.Key, header.GetValueBytes())),
                Is.EqualTo(original.Message.Headers.Select(header => (header.Key, header.GetValueBytes()))));
        }

        Assert.That(owner.Accepted, Is.EqualTo(4));
    }

    [Test]
    public async Task Poll_APartitionIsRevokedInTheMiddleOfABatch_ItsRecordsLeaveAndTheOneInWorkStaysValid()
    {
        for (var partition = 0; partition < 2; partition++) _probe.Produce(Topic, partition, Numbered(20));
        var first = new Owner();
        using var member = Join(first);
        await Gathered(member, 40);
        Assert.That(member.TryTake(out var inWork), Is.True);
        var (kept, left) = (Text(inWork.Value), inWork.Partition);

        var second = new Owner();
        using var other = Join(second);
        await Eventually.True(() =>
        {
            member.Poll(Wait);
            other.Poll(Wait);
            return first.Owned.Count == 1 && second.Owned.Count == 1;
        }, "each has a partition");

        Assert.That(Text(inWork.Value), Is.EqualTo(kept), "whatever became of its partition");
        var waiting = new List<(int, long)>();
        while (member.TryTake(out var record)) waiting.Add((record.Partition, record.Offset));
        var stayed = first.Owned.Single();
        Assert.That(waiting, Is.EqualTo(Enumerable.Range(stayed == left ? 1 : 0, stayed == left ? 19 : 20).Select(i => (stayed, (long)i))));
    }

    [Test]
    public async Task Poll_TheOwnerFailsInTheMiddleOfARebalance_ThrowsItsFailure()
    {
        using var member = Join(new Owner { Fails = true });
        KafkaException? thrown = null;
        await Eventually.True(() =>
        {
            try
            {
                member.Poll(Wait);
            }
            catch (KafkaException failure)
            {
                thrown = failure;
            }

            return thrown is not null;
        }, "the failure is thrown");
        Assert.That(thrown!.Error.Code, Is.EqualTo(ErrorCode.Local_TimedOut));
    }

    /// <summary>The client goes on from its position after each rebalance: one too far would lose a record.</summary>
    [Test]
    public async Task Gather_ToTheEndOfALog_LeavesTheClientsPositionThere()
    {
        _probe.Produce(Topic, 0, Numbered(20));
        var owner = new Owner();
        using var member = Join(owner);
        await Eventually.True(() =>
        {
            member.Gather(1_000, long.MaxValue, Wait, Wait, CancellationToken.None);
            return owner.End == 20;
        }, "the end is told");
        Assert.That(member.Consumer.Position(new(Topic, 0)).Value, Is.EqualTo(20));
    }

    /// <summary>Of a batch whose length is wrong the client says nothing: it asks for more and more of it.</summary>
    [Test]
    public async Task Gather_RecordsWaitAndNoneComes_SaysWhereItStandsUntilItGoesOn()
    {
        _probe.Produce(Topic, 0, Numbered(3));
        var clock = new FakeTimeProvider();
        var health = new LoopHealth("test", TimeSpan.FromMinutes(1), clock);
        var owner = new Owner();
        using var member = Join(owner, health, clock);
        await Gathered(member, 3);
        Assert.That(health.Ready().Detail, Is.EqualTo("ready"));

        RawBatch.Produce(_broker.BootstrapServers, Topic, 0, RawBatch.Of(10, BatchFault.WrongLength));
        await Eventually.True(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(3));
            Gather(member);
            return !health.Ready().IsHealthy;
        }, "it says that it stands still");
        Assert.That(health.Ready().Detail, Does.StartWith("no record of t comes although some wait, at partition and offset 0@3:"));

        while (member.TryTake(out _)) continue;
        member.Seek(new(Topic, 0), owner.Next[0] = 13);
        clock.Advance(TimeSpan.FromSeconds(3));
        Gather(member);
        Assert.That(health.Ready().Detail, Is.EqualTo("ready"));
    }

    [Test]
    public async Task Gather_AtTheLogsEndForLong_IsWell()
    {
        _probe.Produce(Topic, 0, Numbered(3));
        var clock = new FakeTimeProvider();
        var health = new LoopHealth("test", TimeSpan.FromMinutes(1), clock);
        using var member = Join(new Owner(), health, clock);
        await Gathered(member, 3);
        for (var i = 0; i < 20; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(3));
            Gather(member);
        }

        Assert.That(health.Ready().Detail, Is.EqualTo("ready"));
    }

    /// <summary>The client goes on as if the log of such a partition had ended: nothing waits, and nothing is wrong.</summary>
    [Test]
    public async Task Gather_TheLeaderOfOnePartitionDoesNotAnswer_IsNotReadyUntilItDoes()
    {
        using var cluster = EmbeddedBroker.Start(brokers: 2);
        cluster.CreateTopic(Topic, 2);
        cluster.Coordinate("group", 1);
        for (var partition = 0; partition < 2; partition++) cluster.Lead(Topic, partition, broker: partition + 1);
        using var probe = new TopicProbe(new KafkaOptions { BootstrapServers = cluster.BootstrapServers });
        for (var partition = 0; partition < 2; partition++) probe.Produce(Topic, partition, Numbered(3));
        var (health, clock) = (new LoopHealth("test", TimeSpan.FromMinutes(10), TimeProvider.System), new FakeTimeProvider());
        using var member = Join(new Owner(), health, clock, cluster);
        await Gathered(member, 6);
        await Eventually.True(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            Gather(member);
            return member.EndOf(new(Topic, 0)) == 3 && member.EndOf(new(Topic, 1)) == 3;
        }, "both have answered");
        Assert.That(health.Ready().Detail, Is.EqualTo("ready"));

        cluster.GoDown(2);
        await Eventually.True(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            Gather(member);
            return !health.Ready().IsHealthy;
        }, "it says that one leader does not answer", TimeSpan.FromSeconds(60));
        Assert.That(health.Ready().Detail, Does.StartWith("no broker answers for partitions 1 of t, so nobody knows"));
        Assert.That(member.Unanswered, Is.EqualTo(new[] { 1 }));

        cluster.GoUp(2);
        await Eventually.True(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            Gather(member);
            return health.Ready().IsHealthy;
        }, "it answers again", TimeSpan.FromSeconds(60));
        Assert.That(member.Unanswered, Is.Empty);
    }

    [Test]
    public async Task Dispose_InTheMiddleOfABatch_LeavesTheGroup()
    {
        _probe.Produce(Topic, 0, Numbered(20));
        var owner = new Owner();
        var member = Join(owner);
        await Gathered(member, 20);
        Assert.That(member.TryTake(out _), Is.True);
        member.Dispose();

        Assert.That(owner.Owned, Is.Empty, "closed in order");
        Assert.That(member.TryTake(out _), Is.False);
    }

    private static Message<byte[]?, byte[]?>[] Numbered(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new Message<byte[]?, byte[]?> { Value = Encoding.ASCII.GetBytes($"number {i}") })];

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    private static async Task Gathered(ConsumerMembership member, int records) => await Eventually.True(() =>
    {
        Gather(member);
        return member.Batch.Count == records;
    }, $"{records} records gathered");

    // By a clock that stands still a wait for more would have no end.
    private static void Gather(ConsumerMembership member) =>
        member.Gather(1_000, long.MaxValue, Wait, TimeSpan.Zero, CancellationToken.None);

    private ConsumerMembership Join(Owner owner) =>
        Join(owner, new LoopHealth("test", TimeSpan.FromMinutes(1), TimeProvider.System), TimeProvider.System);

    private ConsumerMembership Join(Owner owner, LoopHealth health, TimeProvider time, EmbeddedBroker? broker = null) => new(
        owner, new() { BootstrapServers = (broker ?? _broker).BootstrapServers, SessionTimeoutMs = 2_000 }, Topic, "dead", "group", inPlace,
        settings => settings.EnablePartitionEof = true,
        health, time, new TestLog());

    private sealed class Owner : IPartitionOwner
    {
        public HashSet<int> Owned { get; } = [];

        public Dictionary<int, long> Next { get; } = [];

        public int Accepted { get; private set; }

        public bool Fails { get; init; }

        /// <summary>Where the first partition's log ends.</summary>
        public long? End { get; private set; }

        public List<TopicPartitionOffset> OnAssigned(IReadOnlyList<TopicPartition> partitions)
        {
            if (Fails) throw new KafkaException(ErrorCode.Local_TimedOut);
            Owned.UnionWith(partitions.Select(partition => partition.Partition.Value));
            return [.. partitions.Select(partition => new TopicPartitionOffset(partition, Offset.Beginning))];
        }

        public void OnRevoked(IReadOnlyList<TopicPartition> partitions) =>
            Owned.ExceptWith(partitions.Select(partition => partition.Partition.Value));

        public void OnLost(IReadOnlyList<TopicPartition> partitions) => OnRevoked(partitions);

        public void OnOffsetGone(TopicPartition partition, string reason) => Assert.Fail(reason);

        public long? NextOf(TopicPartition partition) =>
            Next.TryGetValue(partition.Partition.Value, out var next) ? next : null;

        public void OnEnd(TopicPartition partition, long offset) => End = partition.Partition.Value == 0 ? offset : End;

        public bool Accepts(int partition, long offset)
        {
            Accepted++;
            Next[partition] = offset + 1;
            return Owned.Contains(partition);
        }
    }
}
