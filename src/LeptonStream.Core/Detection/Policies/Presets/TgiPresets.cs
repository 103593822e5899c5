using static LeptonStream.Detection.Policies.Direction;
using static LeptonStream.Detection.Policies.Presets.PresetEntry;

namespace LeptonStream.Detection.Policies.Presets;

/// <summary>Text Generation Inference.</summary>
internal static class TgiPresets
{
    public static readonly PresetEntry[] Entries =
    [
        Gauge("infer.queue_depth", null, Up, "waiting requests", "排队的请求数", "tgi_queue_size"),
        Gauge("infer.running", null, Both, "requests of the batch", "当前批次的请求数", "tgi_batch_current_size"),
        Counter("infer.requests", "1/s", Both, "requests", "请求数", "tgi_request_count"),
        Counter("infer.finished", "1/s", Down, "finished requests", "完成的请求数", "tgi_request_success"),
        Counter("infer.errors", "1/s", Up, "failed requests", "失败的请求数", "tgi_request_failure"),
        Counter("infer.progress_steps", "1/s", Down, "executed batches", "执行的批次数", "tgi_batch_inference_success"),

        Histogram("infer.e2e_s", "s", Up, "request latency", "请求总时延", "tgi_request_duration"),
        Histogram("infer.queue_s", "s", Up, "queueing time", "排队时间", "tgi_request_queue_duration"),
        Histogram("infer.inference_s", "s", Up, "inference time", "推理时间", "tgi_request_inference_duration"),
        Histogram("infer.itl_s", "s", Up, "time between tokens", "token 间时延", "tgi_request_mean_time_per_token_duration"),
        Histogram("infer.prompt_length", null, Both, "prompt length", "输入长度", "tgi_request_input_length"),
        Histogram("infer.answer_length", null, Both, "answer length", "输出长度", "tgi_request_generated_tokens"),
        Histogram("infer.max_tokens", null, Both, "requested answer length", "请求的最大输出长度", "tgi_request_max_new_tokens"),
    ];
}
