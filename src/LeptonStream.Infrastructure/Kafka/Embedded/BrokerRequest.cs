namespace LeptonStream.Kafka.Embedded;

/// <summary>Kinds of requests that <see cref="EmbeddedBroker.FailNext"/> can refuse; the numbers are the Kafka protocol's own.</summary>
public enum BrokerRequest
{
    Produce = 0,
    Fetch = 1,
    ListOffsets = 2,
    Metadata = 3,
    OffsetCommit = 8,
    OffsetFetch = 9,
    JoinGroup = 11,
    Heartbeat = 12,
    SyncGroup = 14,
}
