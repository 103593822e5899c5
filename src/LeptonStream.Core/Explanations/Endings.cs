using LeptonStream.Detection.Lifecycle;

namespace LeptonStream.Explanations;

/// <summary>What is said of an alert that ended: only of a recovery that the trouble is over.</summary>
internal static class Endings
{
    /// <summary>What a person does about an ended alert, in English; null for an alert that is open.</summary>
    public static string[]? AdviceInEnglish(AlertChange change) => change switch
    {
        AlertChange.Recovered => ["Nothing to do now; look at the chart if it comes back."],
        AlertChange.Accepted => ["If this level is not normal, act on the cause: this alert will not return by itself."],
        AlertChange.Gone => ["Check whether the job, pod or exporter was stopped on purpose.", "If not, restart it: the trouble may still be there."],
        AlertChange.Superseded or AlertChange.PolicyChanged => ["Look for a newer alert of the same model.", "Check the value yourself: this alert ended without a recovery."],
        _ => null,
    };

    /// <summary>The same in Chinese.</summary>
    public static string[]? AdviceInChinese(AlertChange change) => change switch
    {
        AlertChange.Recovered => ["目前无需处理；若再次出现请查看曲线。"],
        AlertChange.Accepted => ["若该水平并不正常，请处理根因：告警不会自行再次触发。"],
        AlertChange.Gone => ["确认作业、Pod 或采集器是否为主动停止。", "若不是，请重新拉起：问题可能仍然存在。"],
        AlertChange.Superseded or AlertChange.PolicyChanged => ["查看同一模型的新告警。", "请自行确认当前数值：该告警结束时并未恢复。"],
        _ => null,
    };

    /// <summary>Why an alert of a metric or of several ended, in English; empty for an alert that is open.</summary>
    public static string InEnglish(AlertChange change) => change switch
    {
        AlertChange.Recovered => "It has stayed normal for a while, so this alert is closed.",
        AlertChange.Accepted => "It did not recover. This alert is closed because a person accepted it or the time of the policy (accept_after) passed.",
        AlertChange.Gone => "It did not recover before its data ended, so this alert is closed as gone.",
        AlertChange.Superseded => "It did not recover. Another judgement took its place, so this alert is closed.",
        AlertChange.PolicyChanged => "It did not recover. The policy changed and no longer watches it, so this alert is closed.",
        _ => "",
    };

    /// <summary>The same in Chinese.</summary>
    public static string InChinese(AlertChange change) => change switch
    {
        AlertChange.Recovered => "已持续一段时间恢复正常，告警关闭。",
        AlertChange.Accepted => "并未恢复。因有人确认接受，或已超过策略设定的时间（accept_after），告警关闭。",
        AlertChange.Gone => "数据中断前并未恢复，告警以“数据消失”关闭。",
        AlertChange.Superseded => "并未恢复。已由新的判断取代，告警关闭。",
        AlertChange.PolicyChanged => "并未恢复。策略已变更，不再监测，告警关闭。",
        _ => "",
    };
}
