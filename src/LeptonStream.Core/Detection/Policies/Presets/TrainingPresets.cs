using static LeptonStream.Detection.Policies.Direction;
using static LeptonStream.Detection.Policies.Presets.PresetEntry;

namespace LeptonStream.Detection.Policies.Presets;

/// <summary>The metrics that training frameworks log.</summary>
internal static class TrainingPresets
{
    public static readonly PresetEntry[] HfTrainer =
    [
        Gauge("train.loss", null, Up, "training loss", "训练 loss", "loss", "train/loss", "train_loss", "training_loss"),
        Gauge("train.eval_loss", null, Up, "evaluation loss", "验证 loss", "eval_loss", "eval_*_loss"),
        Gauge("train.grad_norm", null, Up, "gradient norm", "梯度范数", "grad_norm", "train/grad_norm"),
        Gauge("train.lr", null, Both, "learning rate", "学习率", "learning_rate", "train/learning_rate"),
        Ignored("train.epoch", "epoch", "轮次", "epoch", "train/epoch", "train/global_step", "total_flos", "train/total_flos"),
        Counter("train.tokens_per_s", "1/s", Down, "trained tokens", "训练 token 数", "num_input_tokens_seen",
            "train/num_input_tokens_seen").FollowingLoad(),
        Gauge("train.tokens_per_s", "1/s", Down, "tokens per second", "每秒 token 数", "train_tokens_per_second",
            "eval_tokens_per_second").FollowingLoad(),
        Gauge("train.samples_per_s", "1/s", Down, "samples per second", "每秒样本数", "train_samples_per_second", "eval_samples_per_second",
            "eval_*_samples_per_second").FollowingLoad(),
        Gauge("train.steps_per_s", "1/s", Down, "steps per second", "每秒步数", "train_steps_per_second", "eval_steps_per_second",
            "eval_*_steps_per_second"),
        Gauge("train.runtime_s", "s", Up, "run time", "运行时长", "train_runtime", "eval_runtime", "eval_*_runtime"),
    ];

    public static readonly PresetEntry[] Lightning =
    [
        Gauge("train.loss", null, Up, "training loss", "训练 loss", "train_loss_step", "train_loss_epoch"),
        Gauge("train.eval_loss", null, Up, "validation loss", "验证 loss", "val_loss", "val/loss", "val_loss_step", "val_loss_epoch"),
        Gauge("train.momentum", null, Both, "momentum", "动量", "lr-*-momentum"),
        Gauge("train.lr", null, Both, "learning rate", "学习率", "lr-*"),
        Gauge("train.grad_norm", null, Up, "gradient norm", "梯度范数", "grad_*_norm_total"),
        Gauge("train.param_grad_norm", null, Up, "gradient norm of one parameter", "单个参数的梯度范数", "grad_*_norm/*"),
        Gauge("train.mfu", "1", Down, "model FLOPS utilization", "模型算力利用率（MFU）", "device/mfu", "*/device/mfu").FollowingLoad(),
        Gauge("train.steps_per_s", "1/s", Down, "batches per second", "每秒批次数", "*/batches_per_sec", "device/batches_per_sec"),
        Gauge("train.samples_per_s", "1/s", Down, "samples per second", "每秒样本数", "*/samples_per_sec",
            "device/samples_per_sec").FollowingLoad(),
        Gauge("train.tokens_per_s", "1/s", Down, "items per second", "每秒条目数", "*/items_per_sec", "device/items_per_sec").FollowingLoad(),
        Gauge("train.flops", "1/s", Down, "floating point operations per second", "每秒浮点运算数", "*/flops_per_sec", "device/flops_per_sec"),
        Counter("train.ooms", "1/s", Up, "out-of-memory errors", "显存不足次数", "DeviceStatsMonitor.*/num_ooms",
            "DeviceStatsMonitor.*.num_ooms"),
        Counter("train.alloc_retries", "1/s", Up, "allocation retries", "显存分配重试次数", "DeviceStatsMonitor.*/num_alloc_retries"),
        Gauge("gpu.mem_used", "By", Up, "allocated GPU memory", "已分配显存", "DeviceStatsMonitor.*/allocated_bytes.all.current"),
    ];

    public static readonly PresetEntry[] Megatron =
    [
        Gauge("train.loss", null, Up, "training loss", "训练 loss", "lm loss", "lm loss vs samples"),
        Gauge("train.eval_loss", null, Up, "validation loss", "验证 loss", "lm loss validation", "* loss validation"),
        Gauge("train.eval_ppl", null, Up, "validation perplexity", "验证困惑度", "lm loss validation ppl", "* validation ppl"),
        Gauge("train.grad_norm", null, Up, "gradient norm", "梯度范数", "grad-norm", "grad-norm vs samples"),
        Gauge("train.lr", null, Both, "learning rate", "学习率", "learning-rate", "learning-rate vs samples"),
        Gauge("train.loss_scale", null, Down, "loss scale", "loss 缩放系数", "loss-scale", "loss-scale vs samples"),
        Gauge("train.param_norm", null, Both, "weight norm", "权重范数", "params-norm", "params-norm vs samples"),
        Gauge("train.zeros", null, Up, "zeros in the gradient", "梯度中的零", "num-zeros", "num-zeros vs samples"),
        Ignored("train.batch_size", "batch size", "批大小", "batch-size", "batch-size vs samples"),
        Gauge("train.world_size", null, Down, "world size", "并行规模", "world-size"),
        Gauge("train.step_time_s", "s", Up, "step time", "单步耗时", "iteration-time", "iteration-time vs samples"),
        Gauge("train.tflops", null, Down, "TFLOP/s per GPU", "单卡 TFLOP/s", "throughput", "throughput vs samples"),
        Counter("train.skipped", "1/s", Up, "skipped samples", "跳过的样本数", "skipped-train-samples"),
        Counter("train.nan_steps", "1/s", Up, "steps with NaN", "出现 NaN 的步数", "number of nan iterations"),
        Counter("train.skipped_steps", "1/s", Up, "skipped steps", "跳过的步数", "number of skipped iterations"),
        Gauge("train.max_logit", null, Up, "largest attention logit", "最大注意力 logit", "max_attention_logit"),
        Gauge("gpu.power_w", "W", Both, "GPU power", "GPU 功率", "power/gpu"),
        Gauge("train.step_energy", "J", Both, "energy per step", "单步能耗", "iter-energy/gpu"),
    ];

    public static readonly PresetEntry[] Torchtitan =
    [
        Gauge("train.loss", null, Up, "training loss", "训练 loss", "loss_metrics/global_avg_loss"),
        Gauge("train.max_loss", null, Up, "largest loss of any rank", "各 rank 中最大的 loss", "loss_metrics/global_max_loss"),
        Gauge("train.eval_loss", null, Up, "validation loss", "验证 loss", "validation_metrics/loss"),
        Gauge("train.grad_norm", null, Up, "gradient norm", "梯度范数", "grad_norm"),
        Gauge("train.lr", null, Both, "learning rate", "学习率", "lr"),
        Gauge("train.tokens_per_s", "1/s", Down, "tokens per second", "每秒 token 数", "throughput(tps)").FollowingLoad(),
        Gauge("train.tflops", null, Down, "TFLOP/s per GPU", "单卡 TFLOP/s", "tflops"),
        Gauge("train.mfu", "%", Down, "model FLOPS utilization", "模型算力利用率（MFU）", "mfu(%)").FollowingLoad(),
        Gauge("train.step_time_s", "s", Up, "step time", "单步耗时", "time_metrics/end_to_end(s)"),
        Gauge("train.data_wait_s", "s", Up, "data loading time", "数据加载时间", "time_metrics/data_loading(s)"),
        Gauge("train.data_wait_pct", "%", Up, "share of time spent loading data", "数据加载时间占比", "time_metrics/data_loading(%)"),
        Gauge("train.mem_gib", "GiBy", Up, "GPU memory", "GPU 显存", "memory/max_active(GiB)", "memory/max_reserved(GiB)"),
        Gauge("gpu.mem_used_pct", "%", Up, "share of GPU memory used", "GPU 显存占用率", "memory/max_active(%)",
            "memory/max_reserved(%)").Below(100, horizonHours: 4),
        Counter("train.alloc_retries", "1/s", Up, "allocation retries", "显存分配重试次数", "memory/num_alloc_retries"),
        Counter("train.ooms", "1/s", Up, "out-of-memory errors", "显存不足次数", "memory/num_ooms"),
    ];
}
