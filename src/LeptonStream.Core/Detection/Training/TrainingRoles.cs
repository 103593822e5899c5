using System.Collections.Frozen;

namespace LeptonStream.Detection.Training;

/// <summary>
/// Finds the role of a metric by its name: the names of Hugging Face Trainer, Lightning, Megatron-LM and torchtitan, and plain ones.
/// Capitals don't matter, and <c>-</c>, <c>.</c>, <c>/</c> and space count as <c>_</c>.
/// </summary>
public static class TrainingRoles
{
    /// <summary>Number of roles, <see cref="TrainingRole.None"/> among them.</summary>
    public const int Count = (int)TrainingRole.Finished + 1;

    private const int LongestName = 64;

    private static readonly FrozenDictionary<string, TrainingRole> Names = Table(
        (TrainingRole.Loss, "loss train_loss training_loss train_loss_step lm_loss loss_metrics_global_avg_loss"),
        (TrainingRole.GradientNorm, "grad_norm gradient_norm train_grad_norm global_grad_norm total_grad_norm gradnorm"),
        (TrainingRole.LearningRate, "lr learning_rate train_lr train_learning_rate"),
        (TrainingRole.ParameterNorm, "param_norm params_norm parameter_norm weight_norm train_param_norm"),
        (TrainingRole.UpdateNorm, "update_norm train_update_norm"),
        (TrainingRole.Throughput, """
            tokens_per_s tokens_per_sec tokens_per_second train_tokens_per_s train_tokens_per_sec train_tokens_per_second throughput
            throughput(tps) tps
            samples_per_s samples_per_sec samples_per_second train_samples_per_sec device_samples_per_sec
            items_per_sec train_items_per_sec device_items_per_sec
            """),
        (TrainingRole.StepTime, """
            step_time step_time_s step_time_ms step_duration train_step_time train_step_time_s train_step_time_ms iteration_time
            iteration_time_s iteration_time_ms seconds_per_step
            time_metrics_end_to_end(s)
            """),
        (TrainingRole.EvaluationLoss, "eval_loss val_loss valid_loss validation_loss test_loss lm_loss_validation validation_metrics_loss"),
        (TrainingRole.EvaluationAccuracy, "eval_accuracy eval_acc val_accuracy val_acc valid_accuracy validation_accuracy"),
        (TrainingRole.DataStage, "data_stage curriculum_stage train_data_stage"),
        (TrainingRole.BatchSize, "batch_size global_batch_size train_batch_size"),
        (TrainingRole.PlannedSteps, "planned_steps max_steps total_steps train_iters"),
        (TrainingRole.Finished, "finished train_finished training_finished run_finished"));

    private static readonly FrozenDictionary<string, TrainingRole>.AlternateLookup<ReadOnlySpan<char>> ByName =
        Names.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>
    /// The role of a metric, or <see cref="TrainingRole.None"/>. Where several metrics of an entity have one role, the first counts.
    /// </summary>
    /// <param name="metric">The metric's name.</param>
    public static TrainingRole Of(string metric)
    {
        ArgumentNullException.ThrowIfNull(metric);
        if (metric.Length > LongestName) return TrainingRole.None;
        Span<char> plain = stackalloc char[metric.Length];
        for (var i = 0; i < plain.Length; i++) plain[i] = metric[i] is '-' or '.' or '/' or ' ' ? '_' : char.ToLowerInvariant(metric[i]);
        if (ByName.TryGetValue(plain, out var role)) return role;
        // Lightning: lr-AdamW, lr-AdamW/pg1; its other entries of the optimizer carry a suffix.
        if (plain.StartsWith("lr_") && !plain.EndsWith("momentum") && !plain.EndsWith("weight_decay")) return TrainingRole.LearningRate;
        // Lightning: grad_2.0_norm_total; the p of the norm is part of the name.
        return plain.StartsWith("grad_") && plain.EndsWith("_norm_total") ? TrainingRole.GradientNorm : TrainingRole.None;
    }

    /// <summary>
    /// Whether only training mode may judge a metric of this role: what it does depends on step and schedule, of which the detectors of
    /// series know nothing. Pace (<see cref="TrainingRole.Throughput"/>, <see cref="TrainingRole.StepTime"/>) is judged by both.
    /// </summary>
    /// <param name="role">The role.</param>
    public static bool GoesByStep(this TrainingRole role) =>
        role is not (TrainingRole.None or TrainingRole.Throughput or TrainingRole.StepTime);

    private static FrozenDictionary<string, TrainingRole> Table(params (TrainingRole Role, string Names)[] rows) => rows
        .SelectMany(row => row.Names.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).Select(name =>
            KeyValuePair.Create(name, row.Role)))
        .ToFrozenDictionary(StringComparer.Ordinal);
}
