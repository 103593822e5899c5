using LeptonStream.Detection.Habits;
using LeptonStream.Detection.Policies;

namespace LeptonStream.Explanations;

/// <summary>The sentences about bursts that did not come and totals that nobody declared, in Chinese.</summary>
internal static class ChineseHabitText
{
    /// <summary>What is wrong, to follow the name of the metric.</summary>
    public static string Missed(MissedBurst missed, string? unit) =>
        $"未出现{(missed.IsDaily ? "每日" : "每周")}例行的突增或突降：{Numbers.Clock(missed.Due)} 本应达到约 {Numbers.Show(missed.Peak, unit)}";

    /// <summary>Why that is an alert.</summary>
    public static string Reason(MissedBurst missed) =>
        $"{(missed.IsDaily ? "最近三天每天" : "最近三周每周")}此时都会出现；对应的作业可能没有运行。再次出现后告警关闭，最迟一天后关闭。";

    /// <summary>The end of the alert.</summary>
    public const string Over = "例行的突增或突降已出现，或已过一天，告警关闭。";

    /// <summary>A sentence where the metric was taken as a counter; else nothing.</summary>
    public static string Total(AlertFacts facts) => facts.Policy.TypeOrigin == TypeOrigin.Found
        ? "该指标只增不减，曾从接近 0 处重新开始，因此按累计值处理，以速率判断；可在策略中用 type: gauge 或 type: counter 指定。"
        : "";
}
