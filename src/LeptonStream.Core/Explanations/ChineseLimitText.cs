using LeptonStream.Alerts;
using LeptonStream.Detection.EarlyWarning;

namespace LeptonStream.Explanations;

/// <summary>The explanation of an early warning in Chinese: the same facts as <see cref="EnglishLimitText"/>, in sentences of their own.</summary>
internal static class ChineseLimitText
{
    public static Explanation Explain(LimitFacts story) => new(Summary(story), Description(story), Actions(story));

    private static string Summary(LimitFacts story)
    {
        var where = LabelText.InChineseOrSpace(story.Key.Labels);
        var reach = story.Limit.IsFloor ? "降至" : "达到";
        return $"{story.Key.Model} 的 {story.Key.Metric}{where}" + (story.Change switch
        {
            LimitChange.Warned => $"预计约 {Durations.InChinese(story.Left)}后{reach}上限 {Limit(story)}，当前 {Value(story)}",
            LimitChange.Moved => $"现预计约 {Durations.InChinese(story.Left)}后{reach}上限 {Limit(story)}，当前 {Value(story)}",
            LimitChange.Reached => $"已{reach}上限 {Limit(story)}，当前 {Value(story)}",
            LimitChange.Receded => $"已离开上限 {Limit(story)}，当前 {Value(story)}",
            _ => $"不再朝上限 {Limit(story)} 发展，当前 {Value(story)}",
        }).Replace("上限", story.Limit.IsFloor ? "下限" : "上限", StringComparison.Ordinal);
    }

    private static string Description(LimitFacts story)
    {
        var what = story.Preset?.Chinese ?? "该指标";
        var course = $"{what}自 {Numbers.Clock(story.Onset)} 起持续{(story.Limit.IsFloor ? "下降" : "上升")}。";
        return story.Change switch
        {
            LimitChange.Warned or LimitChange.Moved => $"{course}若趋势不变，将于 {Numbers.Clock(story.Breach.At)} 触及限值；最可能介于 {Numbers.Clock(story.Breach.Earliest)} 与 {Numbers.Clock(story.Breach.Latest)} 之间。",
            LimitChange.Reached => $"{course}预警所述情况已经发生：已触及限值。",
            LimitChange.Receded => $"{what}已连续多个采样远离限值，预警关闭。",
            _ => $"{what}已不再朝限值变化或已回落，预警撤回。",
        };
    }

    private static string[] Actions(LimitFacts story) => story.Change is LimitChange.Withdrawn or LimitChange.Receded ? ["目前无需处理；若再次出现请查看曲线。"] : story.Kind switch
    {
        LimitKind.Memory => ["查看开始上升时的变化：流量、上下文长度，或从未释放的请求。", "在触及限值前扩容或切走流量。", "在触及限值前先重启一个副本，再定位泄漏。"],
        LimitKind.Disk => ["找出写入来源：检查点、日志、缓存或核心转储。", "删除或迁移旧检查点，或扩容磁盘。", "磁盘写满前先停止写入方：写入失败可能丢失检查点。"],
        LimitKind.Queue => ["对比每秒到达与完成的数量。", "扩容或限流。", "确认推理引擎仍有进展。"],
        LimitKind.Thermal => ["检查主机风扇、进风温度与功率上限。", "在降频之前调低功率上限或迁走负载。"],
        _ => ["确认开始时刻发生了什么变更。", "在预计时间之前腾出余量或提高限值。"],
    };

    private static string Value(LimitFacts story) => Numbers.Show(story.Sample.Value, story.Unit);

    private static string Limit(LimitFacts story) => Numbers.Show(story.Limit.Value, story.Unit);
}
