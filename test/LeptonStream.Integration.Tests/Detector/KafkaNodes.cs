using Confluent.Kafka;
using LeptonStream.Kafka;
using LeptonStream.Testing;

namespace LeptonStream.Integration.Tests.Detector;

/// <summary>Three brokers of a test's own, which it may kill and start again.</summary>
internal sealed class KafkaNodes : IAsyncDisposable
{
    private const string OffsetsTopic = "__consumer_offsets";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>After a kill: a slow machine elects and loads for a while.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(120);

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

    /// <param name="missedAfterMs">After how long a broker that died is missed; nine seconds by default.</param>
    public static async Task<KafkaNodes> Start(int missedAfterMs = 3_000)
    {
        var kafka = await RealKafka.Start("--nodes", "3",
            "--set", $"broker.session.timeout.ms={missedAfterMs}", "--set", "broker.heartbeat.interval.ms=500");
        if (kafka.Folder is { } folder) return new(kafka, folder);
        await kafka.DisposeAsync();
        Requires.Component(false, $"three brokers that a test may kill: {kafka.Origin} is none (../shared/kafka is)");
        return null;
    }

    public int LeaderOf(string topic, int partition) =>
        _admin.GetMetadata(topic, Patience).Topics.Single().Partitions.Single(known => known.PartitionId == partition).Leader;

    public int[] ReplicasOf(string topic, int partition) =>
        _admin.GetMetadata(topic, Patience).Topics.Single().Partitions.Single(known => known.PartitionId == partition).Replicas;

    /// <summary>
    /// The coordinator of a group: the leader of the partition that keeps its offsets. Asking for the coordinator itself may go unanswered
    /// for minutes while it moves, which metadata does not.
    /// </summary>
    public int CoordinatorOf(string group)
    {
        var partitions = _admin.GetMetadata(OffsetsTopic, Patience).Topics.Single().Partitions.Count;
        return LeaderOf(OffsetsTopic, Math.Abs(JavaHash(group) % partitions));
    }

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

    /// <summary>SIGSTOP: it answers nobody, and is missed only after its session.</summary>
    public Task Freeze(int node) => Signal("STOP", node);

    /// <summary>Lets a frozen node go on, and waits until every partition has all of its replicas.</summary>
    public async Task Thaw(int node)
    {
        await Signal("CONT", node);
        await AllInSync();
    }

    /// <summary>Starts a node again, and waits until every partition has all of its replicas.</summary>
    public async Task Restart(int node)
    {
        await Do("restart", node);
        await AllInSync();
    }

    public ValueTask DisposeAsync()
    {
        _admin.Dispose();
        return Kafka.DisposeAsync();
    }

    // As brokers hash the name of a group.
    private static int JavaHash(string text) => text.Aggregate(0, (hash, letter) => unchecked((31 * hash) + letter));

    private Task AllInSync() =>
        Eventually.True(() => _admin.GetMetadata(Patience) is { Brokers.Count: 3 } all && all.Topics.TrueForAll(
            topic => topic.Partitions.TrueForAll(partition => partition.InSyncReplicas.Length == partition.Replicas.Length)),
            "all replicas in sync", Settled);

    private async Task Signal(string signal, int node)
    {
        var pid = await File.ReadAllTextAsync(Path.Combine(_folder, $"node-{node}", "pid"));
        var sent = await ExternalProgram.Run("/bin/sh", ["-c", $"kill -{signal} {pid.Trim()}"]);
        Assert.That(sent.ExitCode, Is.Zero, sent.Everything);
    }

    private async Task Do(string verb, int node)
    {
        var done = await ExternalProgram.Run(_script, [verb, _folder, $"{node}"]);
        Assert.That(done.ExitCode, Is.Zero, done.Everything);
    }
}
