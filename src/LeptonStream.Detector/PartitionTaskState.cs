namespace LeptonStream.Detector;

/// <summary>The life of a <see cref="PartitionTask"/>, in Kafka Streams' words.</summary>
internal enum PartitionTaskState
{
    /// <summary>Assigned; nothing is known of the partition yet.</summary>
    Created,

    /// <summary>Learning where to go on, and with what state.</summary>
    Restoring,

    /// <summary>Judging records.</summary>
    Running,

    /// <summary>Takes no more records; what it has published may still be committed.</summary>
    Suspended,

    /// <summary>Its state is dropped.</summary>
    Closed,
}
