using System.Runtime.InteropServices;
using Confluent.Kafka;
using LeptonStream.Kafka.Native;

namespace LeptonStream.Kafka.Embedded;

/// <summary>The part of librdkafka's rdkafka_mock.h that <see cref="EmbeddedBroker"/> uses.</summary>
internal static partial class MockCluster
{
    public const int ProducerType = 0;
    public const int EveryBroker = -1;

    static MockCluster() => _ = ClientLibrary.IsResolved;

    [LibraryImport(ClientLibrary.Name, EntryPoint = "rd_kafka_conf_new")]
    internal static partial nint NewSettings();

    [LibraryImport(ClientLibrary.Name, EntryPoint = "rd_kafka_conf_set", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SetSetting(nint settings, string name, string value, [Out] byte[] error, nuint errorSize);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "rd_kafka_new")]
    internal static partial nint NewClient(int type, nint settings, [Out] byte[] error, nuint errorSize);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "rd_kafka_destroy")]
    internal static partial void DestroyClient(nint client);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "rd_kafka_mock_cluster_new")]
    internal static partial nint NewCluster(nint client, int brokers);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "rd_kafka_mock_cluster_destroy")]
    internal static partial void DestroyCluster(nint cluster);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "rd_kafka_mock_cluster_bootstraps")]
    internal static partial nint Bootstraps(nint cluster);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "rd_kafka_mock_group_initial_rebalance_delay_ms")]
    internal static partial void SetInitialRebalanceDelay(nint cluster, int milliseconds);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "rd_kafka_mock_topic_create", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial ErrorCode CreateTopic(nint cluster, string topic, int partitions, int replicas);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "rd_kafka_mock_partition_delete_records", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial ErrorCode DeleteRecords(nint cluster, string topic, int partition, long before);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "rd_kafka_mock_push_request_errors_array")]
    internal static partial void PushErrors(nint cluster, short request, nuint count, ErrorCode[] errors);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "rd_kafka_mock_clear_request_errors")]
    internal static partial void ClearErrors(nint cluster, short request);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "rd_kafka_mock_partition_set_leader", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial ErrorCode SetLeader(nint cluster, string topic, int partition, int broker);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "rd_kafka_mock_coordinator_set", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial ErrorCode SetCoordinator(nint cluster, string keyType, string key, int broker);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "rd_kafka_mock_broker_set_down")]
    internal static partial ErrorCode SetDown(nint cluster, int broker);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "rd_kafka_mock_broker_set_up")]
    internal static partial ErrorCode SetUp(nint cluster, int broker);
}
