namespace LeptonStream.Detection.Policies.Presets;

/// <summary>Kinds of metrics for which other things are to be done.</summary>
public enum MetricKind
{
    /// <summary>Nothing is known of it.</summary>
    Other = 0,

    /// <summary>Training loss, gradient and weight norms.</summary>
    TrainingHealth = 1,

    /// <summary>Training throughput, step time, utilization of the hardware by the job.</summary>
    TrainingSpeed = 2,

    /// <summary>Latency of an inference service.</summary>
    Latency = 3,

    /// <summary>Requests that wait for an inference service, or that it works on.</summary>
    Queue = 4,

    /// <summary>The output of an inference service: tokens, answers, engine steps.</summary>
    Output = 5,

    /// <summary>KV cache and other caches that fill.</summary>
    Cache = 6,

    /// <summary>Errors of requests.</summary>
    Errors = 7,

    /// <summary>Quality of a model's answers.</summary>
    Quality = 8,

    /// <summary>Data that feed training or inference.</summary>
    DataPipeline = 9,

    /// <summary>GPU faults: ECC, XID, row remapping.</summary>
    GpuFault = 10,

    /// <summary>Links: NVLink, PCIe, InfiniBand.</summary>
    Link = 11,

    /// <summary>GPU heat and throttling.</summary>
    Thermal = 12,

    /// <summary>Load, power and clocks of a GPU.</summary>
    GpuUse = 13,

    /// <summary>Memory of GPU or host.</summary>
    Memory = 14,

    /// <summary>Disks.</summary>
    Disk = 15,

    /// <summary>Load of the host.</summary>
    Host = 16,

    /// <summary>Distances of features, predictions or embeddings to their reference.</summary>
    DataDrift = 17,

    /// <summary>How well the data of a source come.</summary>
    DataQuality = 18,
}
