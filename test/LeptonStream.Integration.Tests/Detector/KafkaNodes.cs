using Confluent.Kafka;
using Confluent.Kafka.Admin;
using LeptonStream.Kafka;
using LeptonStream.Testing;

namespace LeptonStream.Integration.Tests.Detector;

/// <summary>Three brokers of a test's own, which it may kill and start again.</summary>
internal sealed class KafkaNodes : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string _script;
    private readonly string _folder;
    private readonly IAdminClient _admin;

    private KafkaNodes(RealKafka kafka, string folder)
    {
        Kafka = kafka;
        _folder = folder;
        _script = SharedFolder.Require("kafka/bin/cluster");
        _admin = new AdminClientBuilder(ClientSettings.Admin(kafka.Options())).Build();
    }

    public RealKafka Kafka { get; }

    public static async Task<KafkaNodes> Start()
    {
        // A broker that died is missed after nine seconds by default.
        var kafka = await RealKafka.Start("--nodes", "3",
            "--set", "broker.session.timeout.ms=3000", "--set", "broker.heartbeat.interval.ms=500");
        if (kafka.Folder is { } folder) return new(kafka, folder);
        await kafka.DisposeAsync();
        Requires.Component(false, $"three brokers that a test may kill: {kafka.Origin} is none (../shared/kafka is)");
        return null;
    }

    public int LeaderOf(string topic, int partition) =>
        _admin.GetMetadata(topic, Patience).Topics.Single().Partitions.Single(known => known.PartitionId == partition).Leader;

    public async Task<int> CoordinatorOf(string group) =>
        (await _admin.DescribeConsumerGroupsAsync([group], new() { RequestTimeout = Patience })).ConsumerGroupDescriptions.Single()
            .Coordinator.Id;

    public async Task<int> Controller()
    {
        var status = await ExternalProgram.Run(SharedFolder.Require("kafka/bin/kafka-metadata-quorum"),
            ["--bootstrap-server", Kafka.BootstrapServers, "describe", "--status"]);
        var line = status.Output.Split('\n').FirstOrDefault(line => line.StartsWith("LeaderId:", StringComparison.Ordinal));
        return line is null
            ? throw new AssertionException(status.Everything)
            : int.Parse(line["LeaderId:".Length..], System.Globalization.CultureInfo.InvariantCulture);
    }

    public Task Kill(int node) => Do("kill", node);

    /// <summary>Starts a node again, and waits until every partition has all of its replicas.</summary>
    public async Task Restart(int node)
    {
        await Do("restart", node);
        await Eventually.True(() => _admin.GetMetadata(Patience) is { Brokers.Count: 3 } all && all.Topics.TrueForAll(
            topic => topic.Partitions.TrueForAll(partition => partition.InSyncReplicas.Length == partition.Replicas.Length)),
            "all replicas in sync", TimeSpan.FromSeconds(120));
    }

    public ValueTask DisposeAsync()
    {
        _admin.Dispose();
        return Kafka.DisposeAsync();
    }

    private async Task Do(string verb, int node)
    {
        var done = await ExternalProgram.Run(_script, [verb, _folder, $"{node}"]);
        Assert.That(done.ExitCode, Is.Zero, done.Everything);
    }
}
