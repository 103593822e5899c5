using LeptonStream.Detection;
using LeptonStream.Detection.Cleaning;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Policies;

namespace LeptonStream.Explanations;

/// <summary>The explanation in Chinese: the same facts as <see cref="EnglishText"/>, in sentences of their own.</summary>
internal static class ChineseText
{
    public static Alerts.Explanation Explain(AlertFacts story) => new(Summary(story), Description(story), Actions(story.Change, story.Kind));

    private static string Summary(AlertFacts story)
    {
        var where = LabelText.InChineseOrSpace(story.Key.Labels);
        return $"{story.Key.Model} 的 {story.Key.Metric}{where}" + (story.Change switch
        {
            AlertChange.Recovered when story.IsCode => $"未再出现新代码，仍为 {Value(story)}",
            AlertChange.Recovered => $"已恢复正常，当前 {Value(story)}",
            AlertChange.Accepted => $"持续在 {Value(story)}，已视为新的常态",
            _ => story.Detector switch
            {
                "non-finite" => $"不是有限数值（{Value(story)}）",
                ErrorCodeTracker.Rule => $"上报代码 {Value(story)}",
                DetectorSet.Peers when story.Peers is { } peers => ChinesePeerText.Standing(peers, story.Unit),
                "frozen-value" => $"停在 {Value(story)} 不再变化",
                "new-extreme" or "record" or "mean-record" when story.RecordSpan is { } unseen => $"{Extreme(story, unseen)}：{Value(story)}",
                "mean-record" => $"已移至另一水平：{Value(story)}",
                "time-of-day" => $"在这个时段偏{(story.IsHigh ? "高" : "低")}：{Value(story)}，预期 {Numbers.Show(story.Expected, story.Unit)}",
                "nearest-shape" => $"出现了从未有过的走势：{Value(story)}，预期 {Numbers.Show(story.Expected, story.Unit)}",
                "variance-change" => $"波动幅度与平时不同：{Value(story)}，预期 {Numbers.Show(story.Expected, story.Unit)}",
                "seasonal-residual" => $"与每天这半小时的常态相比偏{(story.IsHigh ? "高" : "低")}：{Value(story)}，预期 {Numbers.Show(story.Expected, story.Unit)}",
                "spectral-residual" => $"在近期走势中显得突兀：{Value(story)}，预期 {Numbers.Show(story.Expected, story.Unit)}",
                "half-space-trees" => $"落在近期很少出现的区间：{Value(story)}，预期 {Numbers.Show(story.Expected, story.Unit)}",
                "autoencoder" => $"走势不符合一贯的规律：{Value(story)}，预期 {Numbers.Show(story.Expected, story.Unit)}",
                "page-hinkley" => $"持续缓慢{(story.IsHigh ? "上升" : "下降")}：{Value(story)}，预期 {Numbers.Show(story.Expected, story.Unit)}",
                "level-shift" => $"已移至另一水平：{Value(story)}",
                _ => $"偏{(story.IsHigh ? "高" : "低")}：{Value(story)}，预期 {Numbers.Show(story.Expected, story.Unit)}{Ratio(story)}",
            },
        });
    }

    private static string Description(AlertFacts story)
    {
        var expected = double.IsFinite(story.Lower)
            ? $"此刻的正常范围为 {Numbers.Show(story.Lower, story.Unit)} 至 {Numbers.Show(story.Upper, story.Unit)}，实际为 {Value(story)}。"
            : $"实际为 {Value(story)}。";
        var step = story.Sample.Step == Samples.Sample.NoStep ? "" : $"，训练步 {story.Sample.Step}";
        var since = $"始于 {Numbers.Clock(story.Onset)}{step}。";
        return expected + since + (story.Change switch
        {
            AlertChange.Recovered when story.IsCode => "代码只在变化时告警一次：告警关闭并不表示原因已消除。",
            AlertChange.Recovered => "数值已连续多个采样回到正常，告警关闭。",
            AlertChange.Accepted => "该水平持续已久，已被学习为新的常态。若并非如此，请处理根因：告警不会自行再次触发。",
            _ => story.Detector switch
            {
                "non-finite" => "上报方给出的就不是有限数值。",
                ErrorCodeTracker.Rule => "代码与之前不同，含义请查阅上报方的文档。",
                "frozen-value" => "该值以往一直波动，现在完全重复：采集器或作业可能已卡住，仍在反复发送最后一次读数。",
                DetectorSet.Peers when story.Peers is { } peers => ChinesePeerText.Description(peers),
                _ => $"{Past(story)}在该序列上，如此罕见的数值{Rarity(story.Score)}。贡献最大的检测器：{story.Detector}。{ChinesePeerText.Besides(story)}",
            },
        });
    }

    /// <summary>What to do about a metric of this kind.</summary>
    public static string[] Actions(AlertChange change, MetricKind kind) => change is AlertChange.Recovered ? ["目前无需处理；若再次出现请查看曲线。"] : kind switch
    {
        MetricKind.TrainingHealth => ["对比该步的 loss、梯度范数与学习率。", "若已发散，停止作业，从最近的正常检查点恢复并跳过该批数据。", "检查此前数据、学习率或精度是否有变更。"],
        MetricKind.TrainingSpeed => ["横向比较各 rank 的步时，找出慢的 rank 或主机。", "检查该主机的数据加载、网络与 GPU 时钟。", "若持续偏慢，隔离该主机。"],
        MetricKind.Latency => ["检查变更：模型版本、配置、流量结构。", "查看同一服务的排队深度与 KV 缓存占用。", "回滚最近一次发布或扩容。"],
        MetricKind.Traffic => ["确认请求是否仍能完成：对比输出 token 与运行中的请求数。", "若有请求排队却无输出，重启推理引擎。", "检查负载均衡与上游调用方。"],
        MetricKind.Memory => ["查看增长速度与预计占满的时间。", "排查未释放的请求。", "在触及上限前先重启一个副本，再定位泄漏。"],
        MetricKind.Errors => ["查看失败请求的日志。", "检查最近的部署及其依赖服务。", "定位期间先限流或切走流量。"],
        MetricKind.Quality => ["与昨日对比模型版本与提示词模板。", "检查金丝雀样本的输入数据。", "若质量持续偏低，回滚模型。"],
        MetricKind.Pipeline => ["检查上游任务及其最近一次运行。", "数据恢复之前，暂停使用该数据训练或建索引。", "源头修复后补数。"],
        MetricKind.GpuFault => ["在主机内核日志中查看 XID 与 ECC 信息。", "排空该 GPU；如故障要求则重启主机。", "重启后仍复现时，安排硬件检查。"],
        MetricKind.GpuThermal => ["检查主机风扇、进风温度与功率上限。", "与相邻 GPU 对比。", "若时钟已降频，先迁走负载。"],
        _ => ["查看曲线以及同一模型此刻的其他指标。", "确认开始时刻发生了什么变更。"],
    };

    private static string Value(AlertFacts story) => Numbers.Show(story.Sample.Value, story.Unit);

    private static string Past(AlertFacts story) => story.RecordSpan is { } unseen ? $"该值{Extreme(story, unseen)}。" : "";

    private static string Extreme(AlertFacts story, Series.RecordSpan unseen)
    {
        var (most, length) = (story.IsHigh ? "最高" : "最低", Durations.AtLeastInChinese(unseen.Length));
        return unseen.IsEver ? $"为有记录以来{most}（{length}）" : $"为近 {length}{most}";
    }

    private static string Ratio(AlertFacts story) => story.Ratio is { } ratio && Math.Abs(ratio - 1) >= 0.005 ? $"（{Numbers.Show(ratio)} 倍）" : "";

    /// <summary>How often so high a score is expected.</summary>
    public static string Rarity(double score) => score switch
    {
        >= 2 => "几乎不会出现",
        >= 1.3 => "一个季度不到一次",
        _ => "大约一周一次或更少",
    };
}
