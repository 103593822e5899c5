namespace LeptonStream.Detection.Policies.Presets;

/// <summary>A source of metrics whose names are known.</summary>
public enum MetricSource
{
    /// <summary>vLLM's Prometheus metrics.</summary>
    Vllm = 0,

    /// <summary>Triton inference server, with its TensorRT-LLM backend.</summary>
    Triton = 1,

    /// <summary>SGLang's Prometheus metrics.</summary>
    Sglang = 2,

    /// <summary>NVIDIA's DCGM exporter.</summary>
    Dcgm = 3,

    /// <summary>gpud, with the host metrics it reports.</summary>
    Gpud = 4,

    /// <summary>The logs of the Hugging Face Trainer.</summary>
    HfTrainer = 5,

    /// <summary>The logs of Lightning's monitors.</summary>
    Lightning = 6,

    /// <summary>The logs of Megatron-LM.</summary>
    Megatron = 7,

    /// <summary>The logs of torchtitan.</summary>
    Torchtitan = 8,

    /// <summary>The plain names of this program's own producers, as in the demo.</summary>
    Lepton = 9,

    /// <summary>Text Generation Inference.</summary>
    Tgi = 10,

    /// <summary>Telegraf's plugin <c>nvidia_smi</c>.</summary>
    NvidiaSmi = 11,

    /// <summary>GPUs by OpenTelemetry's conventions for hardware.</summary>
    OtelHardware = 12,
}

/// <summary>The words for the sources in settings files.</summary>
public static class MetricSources
{
    /// <summary>Every word, in the order of <see cref="MetricSource"/>.</summary>
    public static IReadOnlyList<string> Words { get; } = ["vllm", "triton", "sglang", "dcgm", "gpud", "hf-trainer", "lightning",
        "megatron", "torchtitan", "lepton", "tgi", "nvidia-smi", "otel-hardware"];

    /// <summary>The word for a source.</summary>
    public static string WordOf(MetricSource source) => Words[(int)source];
}
