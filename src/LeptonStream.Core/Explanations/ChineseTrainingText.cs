using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Training;

namespace LeptonStream.Explanations;

/// <summary>
/// The explanation of a training alert in Chinese: the same facts as <see cref="EnglishTrainingText"/>, in sentences of their own.
/// </summary>
internal static class ChineseTrainingText
{
    public static Explanation Explain(FindingFacts facts) => new(Summary(facts), Description(facts),
        Endings.AdviceInChinese(facts.Finding.Change) ?? ChineseAdvice.ForFinding(facts.Finding.Kind));

    private static string Summary(FindingFacts facts)
    {
        var (key, finding) = (facts.Key, facts.Finding);
        var where = LabelText.InChinese(key.Labels);
        var run = where.Length == 0 ? $"{key.Model} 第 {finding.Step} 步：" : $"{key.Model}{where}第 {finding.Step} 步：";
        return run + (finding.Change switch
        {
            AlertChange.Recovered when finding.Kind == TrainingKind.RunDead => "训练已恢复进展",
            AlertChange.Recovered when finding.Kind == TrainingKind.SharedName => "该训练已恢复为单一来源写入",
            AlertChange.Recovered => $"{Name(finding.Kind)}已结束，{key.Metric} 当前 {facts.Value}{Instead(facts)}",
            var end when end.IsEnd() => $"{Name(finding.Kind)}未恢复，告警关闭：" + (end switch
            {
                AlertChange.Superseded => "训练已结束、重新开始或声明了变更",
                AlertChange.Gone when facts.LastSeen is { } last => $"该训练自 {Numbers.Clock(last)} 起没有上报数据",
                AlertChange.Gone => "该训练不再上报数据",
                AlertChange.PolicyChanged => "按策略不再监测该训练",
                _ => $"{key.Metric} 仍为 {facts.Value}",
            }),
            _ => finding.Kind switch
            {
                TrainingKind.NonFinite when double.IsFinite(finding.Value) =>
                    $"{key.Metric} 已恢复为有限数值，持续一段时间后告警关闭：{facts.Value}",
                TrainingKind.NonFinite =>
                    $"{key.Metric} {(facts.IsStill ? "仍为" : "变为")}{Numbers.NonFiniteInChinese(finding.Value)}",
                _ when facts.IsStill => $"{Name(finding.Kind)}尚未结束，{key.Metric} 当前 {facts.Value}{Instead(facts)}",
                TrainingKind.LossSpike => $"{key.Metric} 突增至 {facts.Value}{Instead(facts)}",
                TrainingKind.LossHigh => $"{key.Metric} 持续偏高：{facts.Value}{Instead(facts)}",
                TrainingKind.LossDiverging => $"{key.Metric} 发散：{facts.Value}{Instead(facts)}",
                TrainingKind.GradientExplosion => $"{key.Metric} 爆炸：{facts.Value}{Instead(facts)}",
                TrainingKind.GradientVanishing => $"{key.Metric} 趋近于零（梯度消失）：{facts.Value}{Instead(facts)}",
                TrainingKind.FrozenWeights => "权重已停止更新",
                TrainingKind.OptimizerShock => $"单步权重变化远超梯度与学习率所能解释（{key.Metric} {facts.Value}{Instead(facts)}）",
                TrainingKind.WeightsJump => $"权重变化超过该步更新量（{key.Metric} {facts.Value}{Instead(facts)}）",
                TrainingKind.EvaluationBroken => $"训练照常，但 {key.Metric} 异常：{facts.Value}{Instead(facts)}",
                TrainingKind.Overfitting => $"训练 loss 下降而 {key.Metric} 变差：{facts.Value}{Instead(facts)}",
                TrainingKind.RepeatedData => $"{key.Metric} 失去波动，停在 {facts.Value} 附近：可能在反复使用同一批数据",
                TrainingKind.Plateau => $"{key.Metric} 长时间没有改善：{facts.Value}",
                TrainingKind.DataStall => $"多个训练步耗时达平时数倍（{key.Metric} {facts.Value}{Instead(facts)}）",
                TrainingKind.StepTimeDrift => $"训练步越来越慢（{key.Metric} {facts.Value}{Instead(facts)}）",
                TrainingKind.LossStuck => $"{key.Metric} 每一步都恰为 {facts.Value}{Instead(facts)}",
                TrainingKind.SharedName => $"有两个来源写入同一训练：步数每 {Length(finding.Value)}回退一次",
                _ => $"已 {Length(finding.Value)}没有进展，且未上报结束（finished）",
            },
        });
    }

    private static string Description(FindingFacts facts) =>
        $"自第 {facts.Finding.OnsetStep} 步（{Numbers.Clock(facts.Finding.Onset)}）起出现异常。" + (facts.Finding.Change switch
    {
        var end when end.IsEnd() => Endings.InChinese(end, facts.Span),
        _ when facts.IsStill => "一段时间内不再出现后，告警自动关闭。",
        _ => facts.Finding.Kind switch
        {
            TrainingKind.NonFinite when facts.Finding.Severity == AlertSeverity.Info =>
                "训练预热期间，loss scaling 正在寻找缩放系数，梯度可能溢出：仅作记录。",
            TrainingKind.NonFinite => "训练程序自己上报了该值。权重一旦变为 NaN/Inf，只能从检查点恢复。",
            TrainingKind.LossSpike => "能否回落尚不确定：回落则告警关闭，否则升级。",
            TrainingKind.LossHigh => "未回落，但尚未翻倍：训练可能已受影响。",
            TrainingKind.LossDiverging => "至少已翻倍，且没有回落。",
            TrainingKind.GradientExplosion or TrainingKind.GradientVanishing => "与本次训练此前的梯度和 loss 对比得出。",
            TrainingKind.FrozenWeights => "学习率计划并非如此：可能学习率为 0、优化器损坏，或全部参数被冻结。",
            TrainingKind.OptimizerShock => "常见于恢复训练时丢失优化器状态，或学习率偏离计划。",
            TrainingKind.WeightsJump => "优化器不会这样做：可能是内存损坏，或权重被外部改写。",
            TrainingKind.EvaluationBroken => "更可能是评估数据或代码的问题，而不是模型。",
            TrainingKind.Overfitting => "与迄今最佳评估结果对比得出。",
            TrainingKind.RepeatedData => "每批数据不同，loss 理应波动；现在的波动远小于以往。",
            TrainingKind.Plateau => "以当前学习率本应继续改善。",
            TrainingKind.DataStall => "常见于输入管线断供或文件系统变慢。",
            TrainingKind.StepTimeDrift => "与本次训练迄今最快的速度对比得出。",
            TrainingKind.LossStuck => "每批数据不同，loss 理应不同。loss 恰为 0 通常说明训练已溢出。",
            TrainingKind.SharedName => "各来源分别判断。它们可能互相覆盖检查点。",
            _ => "已长于本次训练以往能够恢复的停顿；重启、评估与保存检查点通常更短。",
        },
    });

    private static string Name(TrainingKind kind) => kind switch
    {
        TrainingKind.NonFinite => "NaN/Inf 异常",
        TrainingKind.LossSpike => "loss 突增",
        TrainingKind.LossHigh => "loss 偏高",
        TrainingKind.LossDiverging => "loss 发散",
        TrainingKind.GradientExplosion => "梯度爆炸",
        TrainingKind.GradientVanishing => "梯度消失",
        TrainingKind.FrozenWeights => "权重冻结",
        TrainingKind.OptimizerShock => "单步更新量异常",
        TrainingKind.WeightsJump => "权重跳变",
        TrainingKind.EvaluationBroken => "评估异常",
        TrainingKind.Overfitting => "过拟合",
        TrainingKind.RepeatedData => "数据重复",
        TrainingKind.Plateau => "停滞",
        TrainingKind.DataStall => "数据供给停顿",
        TrainingKind.StepTimeDrift => "单步耗时持续变长",
        TrainingKind.LossStuck => "loss 恒定不变",
        TrainingKind.SharedName => "同名写入",
        _ => "训练中断",
    };

    private static string Instead(FindingFacts facts) => facts.Expected is { } expected ? $"，预期 {expected}" : "";

    private static string Length(double seconds) =>
        double.IsFinite(seconds) ? Durations.ExactInChinese(TimeSpan.FromSeconds(Math.Clamp(seconds, 0, 1e9))) : "长时间";
}
