using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Policies.Presets;
using LeptonStream.Series;

namespace LeptonStream.Core.Tests.Detection.Policies;

public sealed class PresetCatalogTests
{
    [TestCase("vllm:kv_cache_usage_perc", "infer.kv_usage")]
    [TestCase("vllm:gpu_cache_usage_perc", "infer.kv_usage")]
    [TestCase("vllm_kv_cache_usage_perc", "infer.kv_usage")]
    [TestCase("sglang:token_usage", "infer.kv_usage")]
    [TestCase("trtllm_kv_cache_utilization", "infer.kv_usage")]
    [TestCase("vllm:generation_tokens", "infer.tokens_out")]
    [TestCase("vllm:generation_tokens_total", "infer.tokens_out")]
    [TestCase("vllm:iteration_tokens_total_count", "infer.progress_steps")]
    [TestCase("vllm:iteration_tokens_total", "infer.step_tokens")]
    [TestCase("vllm:iteration_tokens_total_sum", "infer.step_tokens.sum")]
    [TestCase("vllm:inter_token_latency_seconds", "infer.itl_s")]
    [TestCase("vllm:time_per_output_token_seconds", "infer.itl_s")]
    [TestCase("vllm:time_to_first_token_seconds_p99", "infer.ttft_s")]
    [TestCase("vllm:time_to_first_token_seconds_bucket", "infer.ttft_s.bucket")]
    [TestCase("vllm:external_prefix_cache_hits", "infer.prefix_hits")]
    [TestCase("sglang:gen_throughput", "infer.tokens_out")]
    [TestCase("nv_inference_request_failure", "infer.errors")]
    [TestCase("nv_inference_request_summary_us", "infer.e2e_us")]
    [TestCase("nv_inference_request_summary_us_count", "infer.e2e_us.count")]
    [TestCase("nv_gpu_utilization", "gpu.util")]
    [TestCase("DCGM_FI_DEV_GPU_TEMP", "gpu.temp_c")]
    [TestCase("dcgm_fi_dev_gpu_temp", "gpu.temp_c")]
    [TestCase("DCGM_FI_DEV_ECC_DBE_VOL_TOTAL", "gpu.ecc_uncorr")]
    [TestCase("DCGM_FI_DEV_XID_ERRORS", "gpu.xid")]
    [TestCase("gpu.sxid", "gpu.sxid")]
    [TestCase("lepton.edge.dropped", "data.edge_dropped")]
    [TestCase("accelerator_nvidia_temperature_current_celsius", "gpu.temp_c")]
    [TestCase("accelerator_nvidia_xid_errors_total", "gpu.xid_count")]
    [TestCase("accelerator_nvidia_xid_errors", "gpu.xid_count")]
    [TestCase("accelerator_nvidia_gpm_gpu_sm_occupancy_percent", "gpu.sm_occupancy")]
    [TestCase("accelerator_nvidia_gpm_gpu_fp16_util_percent", "gpu.pipe_active")]
    [TestCase("nvidia_smi_temperature_gpu", "gpu.temp_c")]
    [TestCase("nvidia_smi_temperature_max_threshold", "gpu.temp_limit_c")]
    [TestCase("nvidia_smi_ecc_errors_volatile_sram_uncorrectable", "gpu.ecc_uncorr")]
    [TestCase("nvidia_smi_clocks_event_reasons_counters_hw_therm_slowdown", "gpu.throttle_s")]
    [TestCase("hw.gpu.utilization", "gpu.util")]
    [TestCase("hw_gpu_utilization_ratio", "gpu.util")]
    [TestCase("hw.gpu.memory.usage", "gpu.mem_used")]
    [TestCase("disk_free_bytes", "host.disk_free")]
    [TestCase("loss", "train.loss")]
    [TestCase("train/loss", "train.loss")]
    [TestCase("eval_loss", "train.eval_loss")]
    [TestCase("eval_wiki_loss", "train.eval_loss")]
    [TestCase("grad_norm", "train.grad_norm")]
    [TestCase("lr-AdamW", "train.lr")]
    [TestCase("lr-AdamW/pg1", "train.lr")]
    [TestCase("lr-SGD-momentum", "train.momentum")]
    [TestCase("grad_2.0_norm_total", "train.grad_norm")]
    [TestCase("grad_2.0_norm/layer.0.weight", "train.param_grad_norm")]
    [TestCase("train/device/mfu", "train.mfu")]
    [TestCase("validate/batches_per_sec", "train.steps_per_s")]
    [TestCase("DeviceStatsMonitor.on_train_batch_start/num_ooms", "train.ooms")]
    [TestCase("lm loss", "train.loss")]
    [TestCase("lm loss validation", "train.eval_loss")]
    [TestCase("mtp_1 loss validation", "train.eval_loss")]
    [TestCase("grad-norm", "train.grad_norm")]
    [TestCase("iteration-time", "train.step_time_s")]
    [TestCase("number of nan iterations", "train.nan_steps")]
    [TestCase("loss_metrics/global_avg_loss", "train.loss")]
    [TestCase("throughput(tps)", "train.tokens_per_s")]
    [TestCase("mfu(%)", "train.mfu")]
    [TestCase("time_metrics/data_loading(s)", "train.data_wait_s")]
    [TestCase("time_metrics/data_loading(%)", "train.data_wait_pct")]
    [TestCase("memory/num_alloc_retries", "train.alloc_retries")]
    [TestCase("ttft_p99_ms", "infer.ttft_ms")]
    public void Find_ByNameOrAlias_KnowsWhatItIs(string metric, string canonical) =>
        Assert.That(PresetCatalog.Default.Find(metric, LabelSet.Empty)?.Canonical, Is.EqualTo(canonical));

    [TestCase("")]
    [TestCase("_")]
    [TestCase("our_own_metric")]
    [TestCase("loss_p")]
    [TestCase("nv_inference_count_bucket")]
    [TestCase("nv_trt_llm_request_metrics")]
    [TestCase("grad_norm_of_something")]
    public void Find_AnyOtherName_KnowsNothing(string metric) =>
        Assert.That(PresetCatalog.Default.Find(metric, LabelSet.Empty), Is.Null);

    [TestCase("nv_trt_llm_kv_cache_block_metrics", "kv_cache_block_type", "fraction", "infer.kv_usage")]
    [TestCase("nv_trt_llm_kv_cache_block_metrics", "kv_cache_block_type", "free", "infer.kv_blocks_free")]
    [TestCase("nv_trt_llm_request_metrics", "request_type", "waiting", "infer.queue_depth")]
    [TestCase("nv_trt_llm_runtime_memory_metrics", "memory_type", "gpu", "gpu.mem_used")]
    [TestCase("vllm:request_success_total", "finished_reason", "abort", "infer.errors")]
    [TestCase("vllm:request_success", "finished_reason", "stop", "infer.finished")]
    public void Find_NameThatALabelTellsApart_AsksTheLabel(string metric, string label, string value, string canonical) =>
        Assert.That(PresetCatalog.Default.Find(metric, LabelSet.Of((label, value)))?.Canonical, Is.EqualTo(canonical));

    [TestCase("vllm:kv_cache_usage_perc", MetricType.Gauge, Direction.Up, 1.0, false)]
    [TestCase("memory_used_percent", MetricType.Gauge, Direction.Up, 100.0, false)]
    [TestCase("disk_free_bytes", MetricType.Gauge, Direction.Down, 0.0, true)]
    [TestCase("vllm:generation_tokens_total", MetricType.Counter, Direction.Down, null, null)]
    [TestCase("nv_inference_queue_duration_us", MetricType.Counter, Direction.Up, null, null)]
    [TestCase("accelerator_nvidia_nvlink_feature_enabled", MetricType.EventCode, Direction.Down, null, null)]
    [TestCase("vllm:e2e_request_latency_seconds_sum", MetricType.Counter, null, null, null)]
    public void Find_Preset_HasTypeDirectionAndLimit(string metric, MetricType type, Direction? direction, double? limit, bool? isFloor)
    {
        var settings = PresetCatalog.Default.Find(metric, LabelSet.Empty)!.Settings;
        Assert.That((settings.Type, settings.Direction, settings.Limit?.Value, settings.Limit?.IsFloor),
            Is.EqualTo((type, direction, limit, isFloor)));
    }

    [Test]
    public void Find_WithoutItsSource_KnowsNothing()
    {
        var catalog = new PresetCatalog([MetricSource.Vllm]);
        Assert.That(catalog.Find("DCGM_FI_DEV_GPU_TEMP", LabelSet.Empty), Is.Null);
        Assert.That(catalog.Find("vllm:prompt_tokens", LabelSet.Empty)?.Source, Is.EqualTo(MetricSource.Vllm));
    }

    [Test]
    public void Entries_OfAllTables_AreSound()
    {
        foreach (var (source, entry) in AllEntries())
        {
            var where = $"{source} {entry.Canonical}";
            Assert.That(entry.Canonical, Does.Match("^(train|infer|gpu|host|net|data)\\.[a-z0-9_]+$"), where);
            Assert.That(entry.English, Does.Match("^[\x20-\x7E]+$"), where);
            Assert.That(entry.Chinese, Does.Match(@"\p{IsCJKUnifiedIdeographs}|loss|TFLOP|token|GPU|P2P"), where);
            Assert.That(entry.Names, Is.Not.Empty.And.Unique, where);
            if (entry.Settings.Limit is { } limit)
                Assert.That(entry.Settings.Direction, Is.EqualTo(limit.IsFloor ? Direction.Down : Direction.Up), where);
        }
    }

    [Test]
    public void Entries_OfOneSource_NeverHideAnother()
    {
        foreach (var source in AllEntries().GroupBy(pair => pair.Source))
        {
            var catalog = new PresetCatalog([source.Key]);
            foreach (var (_, entry) in source)
            {
                foreach (var name in entry.Names)
                {
                    var labels = LabelSet.Of(entry.Labels.Select(label => KeyValuePair.Create(label.Name, label.Value)));
                    Assert.That(catalog.Find(name.Replace("*", "any"), labels)?.Canonical, Is.EqualTo(entry.Canonical),
                        $"{source.Key} {name}");
                }
            }
        }
    }

    [Test]
    public void Words_OfTheSources_AreAsManyAsThereAre() =>
        Assert.That(Enum.GetValues<MetricSource>().Select(MetricSources.WordOf), Is.EqualTo(MetricSources.Words).And.Unique);

    private static IEnumerable<(MetricSource Source, PresetEntry Entry)> AllEntries() =>
        Enum.GetValues<MetricSource>().SelectMany(source => PresetCatalog.TableOf(source).Select(entry => (source, entry)));
}
