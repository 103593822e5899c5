namespace LeptonStream.Explanations;

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

    /// <summary>Requests waiting or running, tokens out.</summary>
    Traffic = 4,

    /// <summary>Cache and memory fill.</summary>
    Memory = 5,

    /// <summary>Errors of requests.</summary>
    Errors = 6,

    /// <summary>Quality of a model's answers.</summary>
    Quality = 7,

    /// <summary>Data that feed training or inference.</summary>
    Pipeline = 8,

    /// <summary>GPU faults: ECC, XID, row remapping, links.</summary>
    GpuFault = 9,

    /// <summary>GPU heat, power and clocks.</summary>
    GpuThermal = 10,
}

/// <summary>Tells the kind of a metric by the words in its name.</summary>
internal static class MetricKinds
{
    // The first match wins, so the more telling words stand first.
    private static readonly (string[] Words, MetricKind Kind)[] Table =
    [
        (["ecc", "xid", "remap", "nvlink", "pcie_replay", "throttle"], MetricKind.GpuFault),
        (["kv_cache", "cache_usage", "memory", "fb_used", "mem_used"], MetricKind.Memory),
        (["temp", "power", "clock"], MetricKind.GpuThermal),
        (["accuracy", "canary", "quality", "f1_", "bleu"], MetricKind.Quality),
        (["null", "row", "freshness", "lag", "schema"], MetricKind.Pipeline),
        (["step_time", "mfu", "tokens_per_s", "samples_per_s", "throughput", "data_wait"], MetricKind.TrainingSpeed),
        (["loss", "grad", "update_norm", "param_norm", "perplexity"], MetricKind.TrainingHealth),
        (["error", "fail", "abort", "reject", "5xx"], MetricKind.Errors),
        (["ttft", "latency", "inter_token", "itl", "e2e", "duration", "queue_time"], MetricKind.Latency),
        (["queue", "waiting", "running", "request", "tokens"], MetricKind.Traffic),
    ];

    /// <summary>The kind of a metric.</summary>
    public static MetricKind Of(string metric)
    {
        foreach (var (words, kind) in Table)
            foreach (var word in words)
                if (metric.Contains(word, StringComparison.OrdinalIgnoreCase)) return kind;
        return MetricKind.Other;
    }
}
