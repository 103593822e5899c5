using static LeptonStream.Detection.Policies.Direction;
using static LeptonStream.Detection.Policies.Presets.PresetEntry;

namespace LeptonStream.Detection.Policies.Presets;

/// <summary>Plain names for producers of their own, those of the demo among them.</summary>
internal static class LeptonPresets
{
    public static readonly PresetEntry[] Entries =
    [
        Gauge("train.update_norm", null, Up, "update norm", "更新范数", "update_norm"),
        Gauge("train.tokens_per_s", "1/s", Down, "tokens per second", "每秒 token 数", "tokens_per_s", "train_tokens_per_s"),
        Gauge("train.mfu", "1", Down, "model FLOPS utilization", "模型算力利用率（MFU）", "mfu"),
        Gauge("train.step_time_s", "s", Up, "step time", "单步耗时", "step_time_s"),
        Gauge("train.data_wait_frac", "1", Up, "share of time spent waiting for data", "等待数据的时间占比",
            "data_wait_frac", "data_wait_fraction"),

        Gauge("infer.ttft_ms", "ms", Up, "time to first token", "首 token 时延", "ttft_ms"),
        Gauge("infer.itl_ms", "ms", Up, "time between tokens", "token 间时延", "inter_token_latency_ms", "itl_ms"),
        Gauge("infer.ttft_ms", "ms", Up, "time to first token", "首 token 时延", "ttft_*_ms"),
        Gauge("infer.itl_ms", "ms", Up, "time between tokens", "token 间时延", "inter_token_latency_*_ms", "itl_*_ms"),
        Gauge("infer.running", null, Both, "running requests", "运行中的请求数", "num_requests_running"),
        Gauge("infer.queue_depth", null, Up, "waiting requests", "排队的请求数", "num_requests_waiting", "queue_depth"),
        Gauge("infer.kv_usage", "1", Up, "KV cache usage", "KV 缓存占用率",
            "kv_cache_usage_perc", "kv_cache_usage").Below(1, horizonHours: 1),
        Gauge("infer.requests", "1/s", Both, "requests per second", "每秒请求数",
            "requests_per_s", "requests_per_second", "request_rate"),
        Gauge("infer.error_rate", "1", Up, "error rate", "错误率", "error_rate", "error_ratio").WeighedBy("infer.requests"),
        Gauge("infer.tokens_out", "1/s", Down, "generated tokens", "输出 token 数", "generation_tokens_per_s"),
        Gauge("infer.accuracy", "1", Down, "canary accuracy", "金丝雀准确率", "canary_accuracy"),

        Gauge("data.rows", "1/s", Both, "rows per second", "每秒行数", "rows_per_s"),
        Gauge("data.null_fraction", "1", Up, "share of empty values", "空值比例", "null_fraction"),
        Gauge("data.freshness_s", "s", Up, "age of the newest row", "最新数据的滞后时间", "freshness_lag_s"),

        // Made of distributions. What moves less is of no use to anybody, however many values show it.
        Gauge("data.drift_psi", null, Up, "population stability index", "群体稳定性指数（PSI）", "*.drift.psi").Beyond(0.02),
        Gauge("data.drift_ks", null, Up, "Kolmogorov-Smirnov distance", "KS 距离", "*.drift.ks").Beyond(0.5),
        Gauge("data.drift_js", null, Up, "Jensen-Shannon divergence", "JS 散度", "*.drift.js").Beyond(0.0025),
        Gauge("data.drift_w1", null, Up, "Wasserstein distance", "Wasserstein 距离", "*.drift.w1").Beyond(0.02),
        Gauge("data.drift_mmd", null, Up, "embedding discrepancy", "嵌入分布差异（MMD）", "*.drift.mmd").Beyond(0.0005),

        // Written by the collector. What gets better is no trouble. A hole in collection is one alert: that of the score, which names its
        // parts.
        EventCode("data.target_up", Down, "whether a target can be scraped", "抓取目标是否可用", "up"),
        EventCode("data.targets_lost", Up, "lost targets", "失联的抓取目标数", "lepton_quality_targets_lost"),
        EventCode("data.parts_silent", Up, "silent parts", "静默的成员数", "lepton_quality_parts_silent"),
        EventCode("data.parts_frozen", Up, "frozen parts", "数值停滞的成员数", "lepton_quality_parts_frozen"),
        EventCode("data.schema_changed", Up, "metrics that came or went", "同时出现或消失的指标数",
            "lepton_quality_schema_changed"),
        EventCode("data.unit_changed", Up, "changed unit", "单位变化的倍数", "lepton_quality_unit_changed"),
        EventCode("data.two_writers", Up, "series of two writers", "有两个上报方的序列数", "lepton_quality_two_writers"),
        Gauge("data.targets", null, Both, "targets of a scrape job", "抓取目标数", "lepton_quality_targets").Unjudged(),
        Gauge("data.quality", null, Down, "quality of the data", "数据质量得分", "lepton_quality_score").Beyond(10),
        Gauge("data.age_s", "s", Up, "age of the newest sample", "最新样本的时延", "lepton_quality_age_s").Unjudged(),
        Gauge("data.quality_part", "1", Down, "part of the data's quality", "数据质量分项", "lepton_quality_*").Unjudged(),

        // Written by the edge.
        EventCode("gpu.sxid", Up, "last SXID error", "NVSwitch 最近的 SXID 错误", "gpu_sxid"),
        Gauge("data.edge_dropped", null, Up, "records dropped by the edge", "边缘节点丢弃的记录数", "lepton_edge_dropped"),
        Gauge("data.edge_spool", "By", Up, "size of the edge's spool", "边缘节点缓存大小", "lepton_edge_spool_bytes"),
        Gauge("data.edge_unsent_s", "s", Up, "age of the oldest unsent record", "最早未发送记录的等待时间",
            "lepton_edge_unsent_age_s"),
        Gauge("host.clock_skew_s", "s", Both, "clock skew of the host", "主机时钟偏差", "lepton_edge_clock_skew").Beyond(0.5),
    ];
}
