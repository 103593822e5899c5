using static LeptonStream.Detection.Policies.Direction;
using static LeptonStream.Detection.Policies.Presets.PresetEntry;

namespace LeptonStream.Detection.Policies.Presets;

/// <summary>SGLang.</summary>
internal static class SglangPresets
{
    public static readonly PresetEntry[] Entries =
    [
        Gauge("infer.kv_usage", "1", Up, "KV cache usage", "KV 缓存占用率", "sglang:token_usage").Below(1, horizonHours: 1),
        Gauge("infer.kv_tokens", null, Up, "tokens in the KV cache", "KV 缓存中的 token 数", "sglang:num_used_tokens"),
        Gauge("infer.running", null, Both, "running requests", "运行中的请求数", "sglang:num_running_reqs"),
        Gauge("infer.queue_depth", null, Up, "waiting requests", "排队的请求数", "sglang:num_queue_reqs"),
        Gauge("infer.retracted", null, Up, "retracted requests", "被撤回的请求数", "sglang:num_retracted_reqs"),
        Gauge("infer.tokens_out", "1/s", Down, "generated tokens", "输出 token 数", "sglang:gen_throughput"),

        // Of the last batch only: it jumps with every batch and says little of the service.
        Ignored("infer.cache_hit_rate", "cache hit rate of the last batch", "最近一批的缓存命中率", "sglang:cache_hit_rate"),

        Counter("infer.tokens_in", "1/s", Both, "prompt tokens", "输入 token 数", "sglang:prompt_tokens_total"),
        Counter("infer.tokens_out", "1/s", Down, "generated tokens", "输出 token 数", "sglang:generation_tokens_total"),
        Counter("infer.finished", "1/s", Down, "finished requests", "完成的请求数", "sglang:num_requests_total"),
        Counter("infer.errors", "1/s", Up, "aborted requests", "被中止的请求数", "sglang:num_aborted_requests_total"),

        Histogram("infer.ttft_s", "s", Up, "time to first token", "首 token 时延", "sglang:time_to_first_token_seconds"),
        Histogram("infer.itl_s", "s", Up, "time between tokens", "token 间时延", "sglang:inter_token_latency_seconds",
            "sglang:time_per_output_token_seconds"),
        Histogram("infer.e2e_s", "s", Up, "request latency", "请求总时延", "sglang:e2e_request_latency_seconds"),
        Histogram("infer.queue_s", "s", Up, "queueing time", "排队时间", "sglang:queue_time_seconds"),
    ];
}
