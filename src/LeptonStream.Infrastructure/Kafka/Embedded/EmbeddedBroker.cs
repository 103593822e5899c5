using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace LeptonStream.Kafka.Embedded;

/// <summary>
/// A Kafka broker inside this process, for the demo and for tests: librdkafka's mock cluster. It speaks Kafka's own protocol over TCP
/// on loopback, so any client of any process can use it, and it is gone with this process.
/// </summary>
/// <remarks>
/// Its limits (docs/adr/0004-embedded-broker.md): it keeps at most 5 MB or 100,000 records per partition and forgets the oldest,
/// knows no administration requests (topics are made with <see cref="CreateTopic"/>), no compaction, no log-append time, no authentication.
/// </remarks>
public sealed class EmbeddedBroker : IDisposable
{
    private readonly nint _client;
    private readonly nint _cluster;
    private int _disposed;

    private EmbeddedBroker(nint client, nint cluster)
    {
        _client = client;
        _cluster = cluster;
        BootstrapServers = Marshal.PtrToStringUTF8(MockCluster.Bootstraps(cluster))!;
    }

    /// <summary>host:port for clients.</summary>
    public string BootstrapServers { get; }

    /// <summary>Starts a broker on a free port of the loopback interface.</summary>
    /// <param name="joinDelayMs">How long an empty group waits for more members after its first.</param>
    /// <param name="brokers">Number of brokers, from 1 on.</param>
    /// <exception cref="InvalidOperationException">The native library refused; the message says why.</exception>
    public static EmbeddedBroker Start(int joinDelayMs = 0, int brokers = 1)
    {
        // The cluster needs a client handle to hang on; that client never connects to anything.
        var settings = MockCluster.NewSettings();
        var error = new byte[512];
        Set(settings, "log_level", "0", error);
        var client = MockCluster.NewClient(MockCluster.ProducerType, settings, error, (nuint)error.Length);
        if (client == 0) throw new InvalidOperationException($"the embedded broker's client can't be made: {Text(error)}");
        var cluster = MockCluster.NewCluster(client, brokers);
        if (cluster == 0)
        {
            MockCluster.DestroyClient(client);
            throw new InvalidOperationException("the embedded broker can't be started");
        }

        MockCluster.SetInitialRebalanceDelay(cluster, joinDelayMs);
        return new EmbeddedBroker(client, cluster);
    }

    /// <summary>Makes a topic; one that is there already is left alone.</summary>
    public void CreateTopic(string name, int partitions)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(partitions, 1);
        var outcome = MockCluster.CreateTopic(Living, name, partitions, replicas: 1);
        if (outcome != ErrorCode.TopicAlreadyExists) Check(outcome, $"topic {name}");
    }

    /// <summary>Makes every topic of an installation, each with the same number of partitions.</summary>
    public void CreateTopics(TopicNames names, int partitions)
    {
        ArgumentNullException.ThrowIfNull(names);
        foreach (var name in names.All) CreateTopic(name, partitions);
    }

    /// <summary>Forgets the records of a partition before an offset, as retention does.</summary>
    public void DeleteRecords(string topic, int partition, long before) =>
        Check(MockCluster.DeleteRecords(Living, topic, partition, before), $"records of {PartitionNames.Of(topic, partition)}");

    /// <summary>Answers the next requests of one kind with errors, one error per request, in order.</summary>
    public void FailNext(BrokerRequest request, params ErrorCode[] errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        MockCluster.PushErrors(Living, (short)request, (nuint)errors.Length, errors);
    }

    /// <summary>Takes back the errors of <see cref="FailNext"/> that no request has met yet.</summary>
    public void StopFailing(BrokerRequest request) => MockCluster.ClearErrors(Living, (short)request);

    /// <summary>Cuts every connection and takes no new one, until <see cref="GoUp"/>.</summary>
    /// <param name="broker">The broker; null for all.</param>
    public void GoDown(int? broker = null) => Check(MockCluster.SetDown(Living, broker ?? MockCluster.EveryBroker), "going down");

    /// <summary>Takes connections again; the records are still there.</summary>
    /// <param name="broker">The broker; null for all.</param>
    public void GoUp(int? broker = null) => Check(MockCluster.SetUp(Living, broker ?? MockCluster.EveryBroker), "coming up");

    /// <summary>Makes a broker the leader of a partition.</summary>
    public void Lead(string topic, int partition, int broker) =>
        Check(MockCluster.SetLeader(Living, topic, partition, broker), $"leader of {PartitionNames.Of(topic, partition)}");

    /// <summary>Makes a broker the coordinator of a group.</summary>
    public void Coordinate(string group, int broker) =>
        Check(MockCluster.SetCoordinator(Living, "group", group, broker), $"coordinator of {group}");

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        MockCluster.DestroyCluster(_cluster);
        MockCluster.DestroyClient(_client);
    }

    private nint Living
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed != 0, this);
            return _cluster;
        }
    }

    private static void Set(nint settings, string name, string value, byte[] error)
    {
        if (MockCluster.SetSetting(settings, name, value, error, (nuint)error.Length) != 0)
            throw new InvalidOperationException($"the native library refuses {name}={value}: {Text(error)}");
    }

    private static void Check(ErrorCode outcome, string what)
    {
        if (outcome != ErrorCode.NoError) throw new KafkaException(new Error(outcome, $"embedded broker, {what}: {outcome}"));
    }

    private static string Text(byte[] error) => System.Text.Encoding.UTF8.GetString(error).TrimEnd('\0');
}
