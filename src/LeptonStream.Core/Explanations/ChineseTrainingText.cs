using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Training;

namespace LeptonStream.Explanations;

/// <summary>The explanation of a training alert in Chinese: the same facts as <see cref="EnglishTrainingText"/>, in sentences of their own.</summary>
internal static class ChineseTrainingText
{
    public static Explanation Explain(FindingFacts story) => new(Summary(story), Description(story), Actions(story));

    private static string Summary(FindingFacts story)
    {
        var (key, finding) = (story.Key, story.Finding);
        var where = LabelText.InChinese(key.Labels);
        var run = $"{key.Model}{where} 第 {finding.Step} 步：";
        return run + (finding.Change switch
        {
            AlertChange.Recovered when finding.Kind == TrainingKind.RunDead => "训练已恢复",
            AlertChange.Recovered when finding.Kind == TrainingKind.SharedName => "该训练已恢复为单一来源写入",
            AlertChange.Recovered => $"{Name(finding.Kind)}已结束，{key.Metric} 恢复正常",
            var end when end.IsEnd() => $"{Name(finding.Kind)}未恢复，告警关闭：" + (end switch
            {
                AlertChange.Superseded => "训练已结束、重新开始或声明了变更",
                AlertChange.Gone => "该训练已一天没有上报数据",
                AlertChange.PolicyChanged => "按策略不再监测该训练",
                _ => $"持续时间过长，已视为 {key.Metric} 的正常水平",
            }),
            _ => finding.Kind switch
            {
                TrainingKind.NonFinite => $"{key.Metric} 出现非有限值（{story.Value}）",
                TrainingKind.LossSpike => $"{key.Metric} 突增至 {story.Value}{Instead(story)}",
                TrainingKind.LossHigh => $"{key.Metric} 持续偏高：{story.Value}{Instead(story)}",
                TrainingKind.LossDiverging => $"{key.Metric} 发散：{story.Value}{Instead(story)}",
                TrainingKind.GradientExplosion => $"{key.Metric} 爆炸：{story.Value}{Instead(story)}",
                TrainingKind.GradientVanishing => $"{key.Metric} 趋近于零（梯度消失）：{story.Value}{Instead(story)}",
                TrainingKind.FrozenWeights => "权重已停止更新",
                TrainingKind.OptimizerShock => $"单步权重变化远超梯度与学习率所能解释（{key.Metric} {story.Value}{Instead(story)}）",
                TrainingKind.WeightsJump => $"权重变化超过该步更新量（{key.Metric} {story.Value}{Instead(story)}）",
                TrainingKind.EvaluationBroken => $"训练照常，但 {key.Metric} 异常：{story.Value}{Instead(story)}",
                TrainingKind.Overfitting => $"训练 loss 下降而 {key.Metric} 变差：{story.Value}{Instead(story)}",
                TrainingKind.RepeatedData => $"{key.Metric} 失去波动，停在 {story.Value} 附近：可能在反复使用同一批数据",
                TrainingKind.Plateau => $"{key.Metric} 长时间没有改善：{story.Value}",
                TrainingKind.DataStall => $"多个训练步耗时达平时数倍（{key.Metric} {story.Value}{Instead(story)}）",
                TrainingKind.StepTimeDrift => $"训练步越来越慢（{key.Metric} {story.Value}{Instead(story)}）",
                TrainingKind.LossStuck => $"{key.Metric} 每一步都恰为 {story.Value}{Instead(story)}",
                TrainingKind.SharedName => $"有两个来源写入同一训练：步数每 {Numbers.Show(finding.Value)} 秒回退一次",
                _ => $"已 {Numbers.Show(finding.Value)} 秒没有进展，且未上报结束（finished）",
            },
        });
    }

    private static string Description(FindingFacts story) => $"自第 {story.Finding.OnsetStep} 步（{Numbers.Clock(story.Finding.Onset)}）起出现迹象。" + (story.Finding.Change switch
    {
        AlertChange.Recovered => "已有一段时间未再出现，告警关闭。",
        AlertChange.Accepted => "若并非正常，请处理根因：告警不会自行再次触发。",
        var end when end.IsEnd() => "关闭时尚未恢复。",
        _ => story.Finding.Kind switch
        {
            TrainingKind.NonFinite => "训练程序自己上报了该值。一旦权重不是有限数值，只能从检查点重启。",
            TrainingKind.LossSpike => "能否回落尚不确定：回落则告警关闭，否则升级。",
            TrainingKind.LossHigh => "既未回落也未翻倍：训练质量已受损。",
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

    private static string[] Actions(FindingFacts story) => story.Finding.Change is AlertChange.Recovered ? ["目前无需处理；若再次出现请查看曲线。"] : story.Finding.Kind switch
    {
        TrainingKind.SharedName => ["找出以同一名称上报的另一个作业，停止或改名。", "为每个作业设置各自的标签。"],
        TrainingKind.NonFinite or TrainingKind.LossDiverging or TrainingKind.WeightsJump or TrainingKind.LossStuck =>
            ["停止作业，从最近的正常检查点恢复。", "跳过出现迹象前后的批次，或降低学习率。", "若在同一主机上复现，检测其内存。"],
        TrainingKind.LossSpike or TrainingKind.LossHigh or TrainingKind.GradientExplosion =>
            ["对比出现迹象前后的 loss、梯度范数与学习率。", "检查这些步所用的数据。", "若不回落，从此前的检查点恢复。"],
        TrainingKind.GradientVanishing or TrainingKind.FrozenWeights => ["检查学习率、loss 缩放以及哪些参数参与训练。", "从出现迹象之前的检查点恢复。"],
        TrainingKind.OptimizerShock => ["确认优化器状态是否随权重一起恢复。", "对比学习率与其计划。"],
        TrainingKind.EvaluationBroken or TrainingKind.Overfitting => ["检查评估数据及其版本。", "保留最佳检查点。", "考虑停止训练或加强正则化。"],
        TrainingKind.RepeatedData => ["检查采样器，以及上次恢复后数据加载器的状态。", "以新的数据顺序从出现迹象之前恢复。"],
        TrainingKind.Plateau => ["与以往训练对比。", "考虑更换学习率或结束训练。"],
        TrainingKind.DataStall or TrainingKind.StepTimeDrift => ["横向比较各 rank 的单步耗时，找出慢的 rank 或主机。", "检查数据加载、网络与 GPU 时钟。", "若持续偏慢，隔离该主机。"],
        _ => ["查看作业状态及最后的日志。", "从最近的检查点重启。", "让作业在正常结束时上报 finished: 1。"],
    };

    private static string Name(TrainingKind kind) => kind switch
    {
        TrainingKind.NonFinite => "非有限值",
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

    private static string Instead(FindingFacts story) => story.Expected is { } expected ? $"，预期 {expected}" : "";
}
