using static LeptonStream.Detection.Policies.Direction;
using static LeptonStream.Detection.Policies.Presets.PresetEntry;

namespace LeptonStream.Detection.Policies.Presets;

/// <summary>vLLM, with the names of older versions.</summary>
internal static class VllmPresets
{
    // A leak fills a cache within minutes to an hour: what is farther ahead than that is the next rush hour.
    private const double CacheHours = 1;

    public static readonly PresetEntry[] Entries =
    [
        Gauge("infer.kv_usage", "1", Up, "KV cache usage", "KV 缓存占用率", "vllm:kv_cache_usage_perc",
            "vllm:gpu_cache_usage_perc").Below(1, CacheHours),
        Gauge("infer.cpu_cache_usage", "1", Up, "CPU cache usage", "CPU 缓存占用率", "vllm:cpu_cache_usage_perc").Below(1, CacheHours),
        Gauge("infer.running", null, Both, "running requests", "运行中的请求数", "vllm:num_requests_running"),
        Gauge("infer.queue_depth", null, Up, "waiting requests", "排队的请求数", "vllm:num_requests_waiting"),
        Gauge("infer.swapped", null, Up, "swapped requests", "被换出的请求数", "vllm:num_requests_swapped"),
        Ignored("infer.lora_info", "LoRA information", "LoRA 信息", "vllm:lora_requests_info"),
        Ignored("infer.cache_config", "cache configuration", "缓存配置", "vllm:cache_config_info"),

        Counter("infer.progress_steps", "1/s", Down, "engine steps", "引擎步数", "vllm:iteration_tokens_total_count"),
        Counter("infer.tokens_in", "1/s", Both, "prompt tokens", "输入 token 数", "vllm:prompt_tokens_total"),
        Counter("infer.tokens_out", "1/s", Down, "generated tokens", "输出 token 数", "vllm:generation_tokens_total"),
        Counter("infer.errors", "1/s", Up, "aborted requests", "被中止的请求数", "vllm:request_success_total").Where("finished_reason", "abort"),
        Counter("infer.truncated", "1/s", Up, "requests cut at their length limit", "因长度上限截断的请求数",
            "vllm:request_success_total").Where("finished_reason", "length"),
        Counter("infer.finished", "1/s", Down, "finished requests", "完成的请求数", "vllm:request_success_total"),
        Counter("infer.preemptions", "1/s", Up, "preemptions", "抢占次数", "vllm:num_preemptions_total"),
        Counter("infer.errors", "1/s", Up, "corrupted requests", "损坏的请求数", "vllm:corrupted_requests_total"),
        Counter("infer.rejected", "1/s", Up, "rejected requests", "被拒绝的请求数", "vllm:admission_rejections_total"),
        Counter("infer.prefix_queries", "1/s", Both, "prefix cache queries", "前缀缓存查询数", "vllm:prefix_cache_queries_total",
            "vllm:gpu_prefix_cache_queries_total", "vllm:external_prefix_cache_queries_total"),
        Counter("infer.prefix_hits", "1/s", Down, "prefix cache hits", "前缀缓存命中数", "vllm:prefix_cache_hits_total",
            "vllm:gpu_prefix_cache_hits_total", "vllm:external_prefix_cache_hits_total"),
        Counter("infer.draft_tokens", "1/s", Both, "draft tokens", "草稿 token 数", "vllm:spec_decode_num_draft_tokens_total",
            "vllm:spec_decode_num_drafts_total"),
        Counter("infer.accepted_tokens", "1/s", Down, "accepted draft tokens", "被接受的草稿 token 数",
            "vllm:spec_decode_num_accepted_tokens_total", "vllm:spec_decode_num_accepted_tokens_per_pos_total"),
        Gauge("infer.acceptance_rate", "1", Down, "share of draft tokens accepted", "草稿 token 接受率",
            "vllm:spec_decode_draft_acceptance_rate").WeighedBy("infer.draft_tokens"),
        Gauge("infer.cache_hit_rate", "1", Down, "prefix cache hit rate", "前缀缓存命中率",
            "vllm:gpu_prefix_cache_hit_rate").WeighedBy("infer.prefix_queries"),

        Histogram("infer.ttft_s", "s", Up, "time to first token", "首 token 时延", "vllm:time_to_first_token_seconds"),
        Histogram("infer.itl_s", "s", Up, "time between tokens", "token 间时延", "vllm:inter_token_latency_seconds",
            "vllm:time_per_output_token_seconds", "vllm:request_time_per_output_token_seconds"),
        Histogram("infer.e2e_s", "s", Up, "request latency", "请求总时延", "vllm:e2e_request_latency_seconds"),
        Histogram("infer.queue_s", "s", Up, "queueing time", "排队时间", "vllm:request_queue_time_seconds", "vllm:time_in_queue_requests"),
        Histogram("infer.prefill_s", "s", Up, "prefill time", "预填充时间", "vllm:request_prefill_time_seconds"),
        Histogram("infer.decode_s", "s", Up, "decode time", "解码时间", "vllm:request_decode_time_seconds"),
        Histogram("infer.inference_s", "s", Up, "inference time", "推理时间", "vllm:request_inference_time_seconds"),
        Histogram("infer.step_tokens", null, Both, "tokens per engine step", "每步 token 数", "vllm:iteration_tokens_total"),
        Histogram("infer.prompt_length", null, Both, "prompt length", "输入长度", "vllm:request_prompt_tokens"),
        Histogram("infer.answer_length", null, Both, "answer length", "输出长度", "vllm:request_generation_tokens"),
        Histogram("infer.max_tokens", null, Both, "requested answer length", "请求的最大输出长度", "vllm:request_params_max_tokens",
            "vllm:request_max_num_generation_tokens", "vllm:request_params_n"),
        Histogram("infer.kv_block_lifetime_s", "s", Both, "lifetime of KV cache blocks", "KV 缓存块寿命", "vllm:kv_block_lifetime_seconds"),
        Histogram("infer.kv_block_idle_s", "s", Both, "idle time of KV cache blocks", "KV 缓存块闲置时间",
            "vllm:kv_block_idle_before_evict_seconds"),
        Histogram("infer.kv_block_reuse_s", "s", Both, "time until KV cache blocks are used again", "KV 缓存块复用间隔",
            "vllm:kv_block_reuse_gap_seconds"),
    ];
}
