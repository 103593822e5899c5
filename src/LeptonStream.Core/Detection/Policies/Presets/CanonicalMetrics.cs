using System.Collections.Frozen;
using static LeptonStream.Detection.Policies.Presets.MetricKind;

namespace LeptonStream.Detection.Policies.Presets;

/// <summary>
/// The properties of a metric whatever its source calls it: its kind, and its bounds where they do not follow from its unit.
/// </summary>
internal static class CanonicalMetrics
{
    private static readonly FrozenDictionary<string, MetricKind> Kinds = Table(
        (TrainingHealth, """
            train.loss train.max_loss train.eval_loss train.eval_ppl train.grad_norm train.param_grad_norm train.lr train.momentum
            train.param_norm train.update_norm
            train.loss_scale train.zeros train.nan_steps train.skipped train.skipped_steps train.max_logit train.epoch train.batch_size
            """),
        (TrainingSpeed, """
            train.tokens_per_s train.samples_per_s train.steps_per_s train.runtime_s train.mfu train.flops train.tflops train.step_time_s
            train.data_wait_frac
            train.data_wait_s train.data_wait_pct train.world_size train.step_energy
            """),
        (Latency, """
            infer.ttft_s infer.ttft_ms infer.itl_s infer.itl_ms infer.e2e_s infer.e2e_us infer.queue_s infer.queue_us infer.queue_time
            infer.prefill_s infer.decode_s
            infer.inference_s infer.compute_us infer.compute_time infer.compute_input_us infer.compute_input_time infer.compute_output_us
            infer.compute_output_time
            infer.request_time infer.cache_time net.edge_ms
            """),
        (Queue, """
            infer.queue_depth infer.running infer.scheduled infer.context_requests infer.swapped infer.retracted infer.preemptions
            infer.tokens_in infer.prompt_length
            infer.answer_length infer.max_tokens infer.request_limit infer.requests
            """),
        (Output, """
            infer.tokens_out infer.finished infer.inferences infer.progress_steps infer.step_tokens infer.draft_tokens
            infer.accepted_tokens infer.acceptance_rate infer.truncated
            infer.lora_info
            """),
        (Cache, """
            infer.kv_usage infer.cpu_cache_usage infer.kv_tokens infer.kv_blocks_used infer.kv_blocks_free infer.kv_blocks_reused
            infer.kv_blocks_max
            infer.kv_block_tokens infer.kv_block_lifetime_s infer.kv_block_idle_s infer.kv_block_reuse_s infer.prefix_queries
            infer.prefix_hits infer.cache_hits
            infer.cache_misses infer.cache_hit_rate infer.cache_config
            """),
        (Errors, "infer.errors infer.error_rate infer.rejected"),
        (Quality, "infer.accuracy"),
        (DataPipeline, "data.rows data.null_fraction data.freshness_s "
            + "data.edge_dropped data.edge_spool data.edge_unsent_s data.target_up"),
        (GpuFault, """
            gpu.xid gpu.sxid gpu.xid_count gpu.health gpu.ecc_corr gpu.ecc_uncorr gpu.retired_pages gpu.rows_remapped gpu.row_remap_failure
            gpu.row_remap_pending
            gpu.vgpu_license
            """),
        (Link, "gpu.p2p gpu.pcie_replays gpu.nvlink_err gpu.nvlink_bytes gpu.nvlink_rate gpu.nvlink_on gpu.pcie_bytes net.link_down"),
        (Thermal, "gpu.temp_c gpu.mem_temp_c gpu.temp_margin_c gpu.temp_limit_c gpu.temp_used_pct gpu.throttled gpu.throttle_s "
            + "gpu.clock_events"),
        (GpuUse, """
            gpu.util gpu.mem_util gpu.enc_util gpu.dec_util gpu.power_w gpu.power_mw gpu.power_limit_w gpu.power_limit_mw
            gpu.power_used_pct gpu.energy gpu.sm_clock_mhz
            gpu.mem_clock_mhz gpu.low_util_s gpu.engine_active gpu.sm_active gpu.sm_occupancy gpu.tensor_active gpu.pipe_active
            gpu.dram_active gpu.processes
            """),
        (Memory, """
            gpu.mem_used gpu.mem_free gpu.mem_reserved gpu.mem_total gpu.mem_used_frac gpu.mem_used_pct train.mem_gib train.ooms
            train.alloc_retries host.mem_used
            host.mem_pct host.mem_total infer.pinned_used infer.pinned_total
            """),
        (Disk, "host.disk_free host.disk_used host.disk_pct host.disk_total"),
        (Host, "host.cpu_pct host.cpu_util host.zombies host.blocked host.clock_skew_s"),
        (DataQuality, "data.quality data.quality_part data.age_s data.targets_lost data.targets data.parts_silent data.parts_frozen "
            + "data.schema_changed data.unit_changed data.two_writers"),
        (DataDrift, "data.drift_psi data.drift_ks data.drift_js data.drift_w1 data.drift_mmd"));

    // A loss may be a log-likelihood or a reward, a margin may be used up, GPUs do run hotter and draw more than their limit, and a
    // distance without the part of chance is below 0 as often as above.
    private static readonly FrozenDictionary<string, ValueBounds> Bounds = new Dictionary<string, ValueBounds>
    {
        ["train.loss"] = ValueBounds.None,
        ["train.max_loss"] = ValueBounds.None,
        ["train.eval_loss"] = ValueBounds.None,
        ["train.max_logit"] = ValueBounds.None,
        ["train.momentum"] = ValueBounds.None,
        ["gpu.temp_used_pct"] = ValueBounds.FromZero,
        ["gpu.power_used_pct"] = ValueBounds.FromZero,
        ["host.clock_skew_s"] = ValueBounds.None,
        ["data.drift_psi"] = ValueBounds.None,
        ["data.drift_js"] = ValueBounds.None,
        ["data.drift_w1"] = ValueBounds.None,
        ["data.drift_mmd"] = ValueBounds.None,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The kind of a metric; the same for the sum and the count of a histogram.</summary>
    /// <param name="canonical">Its canonical name.</param>
    public static MetricKind KindOf(string canonical) =>
        Kinds.TryGetValue(canonical, out var kind) || Kinds.TryGetValue(canonical[..canonical.LastIndexOf('.')], out kind) ? kind : Other;

    /// <summary>The bounds of a metric: of rates, counts, sizes and durations from 0, of shares and percentages to their whole.</summary>
    /// <param name="canonical">Its canonical name.</param>
    /// <param name="unit">Its unit (UCUM), or null.</param>
    /// <param name="type">Type of its numbers: gauge, counter or code.</param>
    public static ValueBounds BoundsOf(string canonical, string? unit, MetricType type) =>
        type == MetricType.EventCode ? ValueBounds.None
        : type == MetricType.Counter ? ValueBounds.FromZero
        : Bounds.TryGetValue(canonical, out var own) ? own
        : unit is null ? ValueBounds.FromZero
        : MetricUnits.BoundsOf(unit);

    private static FrozenDictionary<string, MetricKind> Table(params (MetricKind Kind, string Names)[] rows) => rows
        .SelectMany(row => row.Names.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).Select(name =>
            KeyValuePair.Create(name, row.Kind)))
        .ToFrozenDictionary(StringComparer.Ordinal);
}
