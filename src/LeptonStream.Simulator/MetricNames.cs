namespace LeptonStream.Simulator;

/// <summary>The models and metrics of the fleet, named as their exporters name them.</summary>
internal static class MetricNames
{
    public const string Training = "llama-70b-pretrain";
    public const string Chat = "chat-70b";
    public const string Code = "code-34b";
    public const string Features = "recsys-features";
    public const string Pool = "h100-pool";

    public const string Loss = "loss";
    public const string GradNorm = "grad_norm";
    public const string LearningRate = "learning_rate";
    public const string UpdateNorm = "update_norm";
    public const string TokensPerSecond = "tokens_per_s";
    public const string Mfu = "mfu";
    public const string StepTime = "step_time_s";

    public const string TimeToFirstToken = "ttft_p99_ms";
    public const string InterTokenLatency = "inter_token_latency_ms";
    public const string Running = "num_requests_running";
    public const string Waiting = "num_requests_waiting";
    public const string KvCacheUsage = "kv_cache_usage_perc";
    public const string ErrorRate = "error_rate";
    public const string TokensOut = "generation_tokens_per_s";
    public const string CanaryAccuracy = "canary_accuracy";

    public const string Rows = "rows_per_s";
    public const string NullFraction = "null_fraction";
    public const string Freshness = "freshness_lag_s";

    public const string Utilization = "DCGM_FI_DEV_GPU_UTIL";
    public const string Temperature = "DCGM_FI_DEV_GPU_TEMP";
    public const string Power = "DCGM_FI_DEV_POWER_USAGE";
    public const string MemoryUsed = "DCGM_FI_DEV_FB_USED";
    public const string SmClock = "DCGM_FI_DEV_SM_CLOCK";
    public const string EccSingleBit = "DCGM_FI_DEV_ECC_SBE_VOL_TOTAL";
    public const string Xid = "DCGM_FI_DEV_XID_ERRORS";
}
