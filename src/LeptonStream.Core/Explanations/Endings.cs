using LeptonStream.Detection.Lifecycle;
using LeptonStream.Samples;

namespace LeptonStream.Explanations;

/// <summary>The sentences about an ended alert. Only a recovery says that the trouble is over.</summary>
internal static class Endings
{
    /// <summary>The advice about an ended alert, in English; null for an alert that is open.</summary>
    public static string[]? AdviceInEnglish(AlertChange change) => change switch
    {
        AlertChange.Recovered => ["Nothing to do now; look at the chart if it comes back."],
        AlertChange.Accepted => ["If this level is not normal, act on the cause: this alert will not return by itself."],
        AlertChange.Gone => ["Check whether the job, pod or exporter was stopped on purpose.",
            "If not, restart it: the trouble may still be there."],
        AlertChange.Superseded => ["If the run goes on, watch it for a new alert.",
            "If it ended, check its last checkpoint before you use it."],
        AlertChange.PolicyChanged => ["Check the value yourself: nothing watches it under this policy."],
        AlertChange.Quieted => ["Check the device before it gets work again. Silence does not mean that it is sound."],
        _ => null,
    };

    /// <summary>The same in Chinese.</summary>
    public static string[]? AdviceInChinese(AlertChange change) => change switch
    {
        AlertChange.Recovered => ["目前无需处理；若再次出现请查看曲线。"],
        AlertChange.Accepted => ["若该水平并不正常，请处理根因：告警不会自行再次触发。"],
        AlertChange.Gone => ["确认作业、Pod 或采集器是否为主动停止。",
            "若不是，请重新拉起：问题可能仍然存在。"],
        AlertChange.Superseded => ["若训练仍在继续，留意新的告警。",
            "若已结束，使用最后的检查点前先检查。"],
        AlertChange.PolicyChanged => ["请自行确认当前数值：按现有策略不再监测。"],
        AlertChange.Quieted => ["重新投入使用前请先检查设备：不再报错并不表示设备正常。"],
        _ => null,
    };

    /// <summary>The end of an alert of one metric or of several, in English; empty for an alert that is open.</summary>
    /// <param name="change">The end.</param>
    /// <param name="span">When it began and ended.</param>
    public static string InEnglish(AlertChange change, in AlertSpan span) => change switch
    {
        AlertChange.Recovered when span.NormalSince is { } since =>
            $"It has been normal since {Numbers.Clock(since)}, {Durations.ExactInEnglish(span.Length)} after it began, "
                + "so this alert is closed.",
        AlertChange.Recovered => "It has stayed normal for a while. ",
        AlertChange.Accepted => "It did not recover, and counts as usual from now on. ",
        AlertChange.Gone when span.LastSeen is { } last => $"It did not recover before its data ended at {Numbers.Clock(last)}. ",
        AlertChange.Gone => "It did not recover before its data ended. ",
        AlertChange.Superseded => "It did not recover. The run ended, started over or declared a change. ",
        AlertChange.PolicyChanged => "It did not recover. The policy changed and no longer watches it. ",
        _ => "",
    } + (SaysItsLength(change, span) ? span.InEnglish : "");

    /// <summary>The same in Chinese.</summary>
    public static string InChinese(AlertChange change, in AlertSpan span) => change switch
    {
        AlertChange.Recovered when span.NormalSince is { } since =>
            $"自 {Numbers.Clock(since)} 起已恢复正常（共持续 {Durations.ExactInChinese(span.Length)}），告警关闭。",
        AlertChange.Recovered => "已持续一段时间恢复正常。",
        AlertChange.Accepted => "并未恢复，从此视为正常。",
        AlertChange.Gone when span.LastSeen is { } last => $"数据于 {Numbers.Clock(last)} 中断，未见恢复。",
        AlertChange.Gone => "数据中断，未见恢复。",
        AlertChange.Superseded => "并未恢复。训练已结束、重新开始或声明了变更。",
        AlertChange.PolicyChanged => "并未恢复。策略已变更，不再监测。",
        _ => "",
    } + (SaysItsLength(change, span) ? span.InChinese : "");

    private static bool SaysItsLength(AlertChange change, in AlertSpan span) =>
        change.IsEnd() && !(change == AlertChange.Recovered && span.NormalSince is not null);
}
