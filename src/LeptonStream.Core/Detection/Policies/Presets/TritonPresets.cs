using static LeptonStream.Detection.Policies.Direction;
using static LeptonStream.Detection.Policies.Presets.PresetEntry;

namespace LeptonStream.Detection.Policies.Presets;

/// <summary>Triton, and its TensorRT-LLM backend, where one name stands for several things that a label tells apart.</summary>
internal static class TritonPresets
{
    private const string Requests = "nv_trt_llm_request_metrics";
    private const string Cache = "nv_trt_llm_kv_cache_block_metrics";
    private const string Memory = "nv_trt_llm_runtime_memory_metrics";

    public static readonly PresetEntry[] Entries =
    [
        Counter("infer.finished", "1/s", Down, "finished requests", "完成的请求数", "nv_inference_request_success"),
        Counter("infer.errors", "1/s", Up, "failed requests", "失败的请求数", "nv_inference_request_failure"),
        Counter("infer.inferences", "1/s", Down, "inferences", "推理次数", "nv_inference_count"),
        Counter("infer.progress_steps", "1/s", Down, "executed batches", "执行的批次数", "nv_inference_exec_count"),
        Counter("infer.request_time", "us/s", Both, "time spent on requests", "请求耗时", "nv_inference_request_duration_us"),
        Counter("infer.queue_time", "us/s", Up, "time spent in the queue", "排队耗时", "nv_inference_queue_duration_us"),
        Counter("infer.compute_input_time", "us/s", Both, "time spent on inputs", "输入处理耗时", "nv_inference_compute_input_duration_us"),
        Counter("infer.compute_time", "us/s", Both, "time spent computing", "计算耗时", "nv_inference_compute_infer_duration_us"),
        Counter("infer.compute_output_time", "us/s", Both, "time spent on outputs", "输出处理耗时", "nv_inference_compute_output_duration_us"),
        Counter("infer.cache_hits", "1/s", Down, "cache hits", "缓存命中数", "nv_cache_num_hits_per_model", "nv_cache_num_hits"),
        Counter("infer.cache_misses", "1/s", Up, "cache misses", "缓存未命中数", "nv_cache_num_misses_per_model", "nv_cache_num_misses"),
        Counter("infer.cache_time", "us/s", Both, "time spent on the cache", "缓存耗时", "nv_cache_hit_duration_per_model",
            "nv_cache_miss_duration_per_model"),
        Gauge("infer.queue_depth", null, Up, "waiting requests", "排队的请求数", "nv_inference_pending_request_count"),

        Histogram("infer.ttft_ms", "ms", Up, "time to first response", "首次响应时延", "nv_inference_first_response_histogram_ms"),
        Histogram("infer.e2e_us", "us", Up, "request latency", "请求总时延", "nv_inference_request_summary_us"),
        Histogram("infer.queue_us", "us", Up, "queueing time", "排队时间", "nv_inference_queue_summary_us"),
        Histogram("infer.compute_input_us", "us", Up, "input time", "输入处理时间", "nv_inference_compute_input_summary_us"),
        Histogram("infer.compute_us", "us", Up, "compute time", "计算时间", "nv_inference_compute_infer_summary_us"),
        Histogram("infer.compute_output_us", "us", Up, "output time", "输出处理时间", "nv_inference_compute_output_summary_us"),

        Gauge("gpu.util", "1", Down, "GPU utilization", "GPU 利用率", "nv_gpu_utilization").Beyond(0.05),
        Gauge("gpu.mem_used", "By", Up, "GPU memory used", "GPU 显存占用", "nv_gpu_memory_used_bytes"),
        Ignored("gpu.mem_total", "GPU memory", "GPU 显存总量", "nv_gpu_memory_total_bytes"),
        Gauge("gpu.power_w", "W", Both, "GPU power", "GPU 功率", "nv_gpu_power_usage"),
        Ignored("gpu.power_limit_w", "GPU power limit", "GPU 功率上限", "nv_gpu_power_limit"),
        Counter("gpu.energy", "W", Both, "GPU energy", "GPU 能耗", "nv_energy_consumption"),
        Gauge("host.cpu_util", "1", Up, "CPU utilization", "CPU 利用率", "nv_cpu_utilization").Beyond(0.05),
        Gauge("host.mem_used", "By", Up, "memory used", "内存占用", "nv_cpu_memory_used_bytes"),
        Ignored("host.mem_total", "memory", "内存总量", "nv_cpu_memory_total_bytes"),
        Gauge("infer.pinned_used", "By", Up, "pinned memory used", "锁页内存占用", "nv_pinned_memory_pool_used_bytes"),
        Ignored("infer.pinned_total", "pinned memory", "锁页内存总量", "nv_pinned_memory_pool_total_bytes"),

        Gauge("infer.queue_depth", null, Up, "waiting requests", "排队的请求数", Requests).Where("request_type", "waiting"),
        Gauge("infer.running", null, Both, "active requests", "活动的请求数", Requests).Where("request_type", "active"),
        Gauge("infer.scheduled", null, Both, "scheduled requests", "已调度的请求数", Requests).Where("request_type", "scheduled"),
        Gauge("infer.context_requests", null, Both, "requests in their context phase", "处于上下文阶段的请求数",
            Requests).Where("request_type", "context"),
        Ignored("infer.request_limit", "request limit", "请求数上限", Requests).Where("request_type", "max"),
        Gauge("infer.kv_usage", "1", Up, "KV cache usage", "KV 缓存占用率", Cache).Where("kv_cache_block_type",
            "fraction").Below(1, horizonHours: 1),
        Gauge("infer.kv_blocks_used", null, Up, "KV cache blocks used", "已用 KV 缓存块", Cache).Where("kv_cache_block_type", "used"),
        Gauge("infer.kv_blocks_free", null, Down, "KV cache blocks free", "空闲 KV 缓存块", Cache).Where("kv_cache_block_type", "free"),
        Gauge("infer.kv_blocks_reused", null, Both, "KV cache blocks reused", "复用的 KV 缓存块", Cache).Where("kv_cache_block_type", "reused"),
        Ignored("infer.kv_blocks_max", "KV cache blocks", "KV 缓存块总数", Cache).Where("kv_cache_block_type", "max"),
        Ignored("infer.kv_block_tokens", "tokens per KV cache block", "每个 KV 缓存块的 token 数",
            Cache).Where("kv_cache_block_type", "tokens_per"),
        Gauge("gpu.mem_used", "By", Up, "GPU memory used", "GPU 显存占用", Memory).Where("memory_type", "gpu"),
        Gauge("host.mem_used", "By", Up, "memory used", "内存占用", Memory).Where("memory_type", "cpu"),
        Gauge("infer.pinned_used", "By", Up, "pinned memory used", "锁页内存占用", Memory).Where("memory_type", "pinned"),
        Gauge("infer.running", null, Both, "running requests", "运行中的请求数", "trtllm_num_requests_running"),
        Gauge("infer.queue_depth", null, Up, "waiting requests", "排队的请求数", "trtllm_num_requests_waiting"),
        Gauge("infer.kv_usage", "1", Up, "KV cache usage", "KV 缓存占用率", "trtllm_kv_cache_utilization").Below(1, horizonHours: 1),
    ];
}
