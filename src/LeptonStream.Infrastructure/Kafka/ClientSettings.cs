using Confluent.Kafka;

namespace LeptonStream.Kafka;

/// <summary>
/// Turns <see cref="KafkaOptions"/> into client configurations, with the settings every client of this system shares and why.
/// </summary>
public static class ClientSettings
{
    /// <summary>A producer that never reorders, never duplicates on retry and partitions like the Java clients.</summary>
    public static ProducerConfig Producer(KafkaOptions options, string role) => Apply(options, role, new ProducerConfig
    {
        Acks = Acks.All,
        EnableIdempotence = true,
        Partitioner = Partitioner.Murmur2Random,
        LingerMs = 2,
        CompressionType = CompressionType.Zstd,
        // Below half a session time-out: what a fenced worker buffered can't land later.
        MessageTimeoutMs = options.SessionTimeoutMs / 3,
        AllowAutoCreateTopics = false,
    });

    /// <summary>A producer of records that may be lost: what waits for long, or in numbers, is given up.</summary>
    public static ProducerConfig UnawaitedProducer(KafkaOptions options, string role) => Apply(options, role, new ProducerConfig
    {
        Acks = Acks.Leader,
        Partitioner = Partitioner.Murmur2Random,
        LingerMs = 2,
        CompressionType = CompressionType.Zstd,
        MessageTimeoutMs = 5_000,
        QueueBufferingMaxMessages = 1_000,
        EnableDeliveryReports = false,
        AllowAutoCreateTopics = false,
    });

    /// <summary>
    /// A consumer that commits only the offsets it is given, and says so when an offset is gone instead of jumping to the end.
    /// </summary>
    public static ConsumerConfig Consumer(KafkaOptions options, string role, string group) => Apply(options, role, new ConsumerConfig
    {
        GroupId = group,
        EnableAutoCommit = false,
        EnableAutoOffsetStore = false,
        AutoOffsetReset = AutoOffsetReset.Earliest,
        FetchWaitMaxMs = 10,
        FetchQueueBackoffMs = 10,
        QueuedMaxMessagesKbytes = 32 * 1024,
        CheckCrcs = true,
        // A topic that is created after its readers start is found this soon.
        TopicMetadataRefreshIntervalMs = 30_000,
        AllowAutoCreateTopics = false,
    });

    /// <summary>Makes a consumer a member of its group: the protocol, how long it may be silent, and its own name if it has one.</summary>
    public static ConsumerConfig WithMembership(this ConsumerConfig config, KafkaOptions options)
    {
        config.GroupInstanceId = options.GroupInstanceId;
        config.GroupProtocol = Enum.Parse<GroupProtocol>(options.GroupProtocol);
        // In the newer protocol these are the broker's, and the client refuses them.
        if (config.GroupProtocol == GroupProtocol.Consumer) return config;
        config.PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky;
        config.SessionTimeoutMs = options.SessionTimeoutMs;
        config.HeartbeatIntervalMs = Math.Min(3_000, options.SessionTimeoutMs / 3);
        return config;
    }

    /// <summary>An administration client.</summary>
    public static AdminClientConfig Admin(KafkaOptions options) => Apply(options, "admin", new AdminClientConfig());

    private static T Apply<T>(KafkaOptions options, string role, T config)
        where T : ClientConfig
    {
        config.BootstrapServers = options.BootstrapServers;
        config.ClientId = $"{options.ClientId}-{role}";
        config.SecurityProtocol = Enum.Parse<SecurityProtocol>(options.SecurityProtocol);
        if (options.SaslMechanism is { } mechanism) config.SaslMechanism = Enum.Parse<SaslMechanism>(mechanism);
        config.SaslUsername = options.SaslUsername;
        config.SaslPassword = options.SaslPassword;
        config.SslCaLocation = options.SslCaLocation;
        config.SslCertificateLocation = options.SslCertificateLocation;
        config.SslKeyLocation = options.SslKeyLocation;
        return config;
    }
}
