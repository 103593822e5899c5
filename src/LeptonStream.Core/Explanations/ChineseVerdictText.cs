using System.Globalization;
using LeptonStream.Alerts;
using LeptonStream.Feedback;

namespace LeptonStream.Explanations;

/// <summary>The explanation of a change by a verdict in Chinese.</summary>
internal static class ChineseVerdictText
{
    public static Explanation Explain(VerdictChange change)
    {
        var given = change.Feedback;
        return new($"{given.Model}{LabelText.InChinese(given.Labels)}：{Summary(change)}", Description(change),
            [$"撤销：lepton verdict {given.AlertId} --undo"]);
    }

    private static string Summary(VerdictChange change)
    {
        var (metric, by) = (change.Feedback.Metric, change.Feedback.By);
        return change.Feedback switch
        {
            { Withdrawn: true } => $"{by} 撤回了对 {metric} 的判定；{Line(change)}",
            { Verdict: Verdict.False } => $"{by} 判定 {metric} 的一条告警为误报；{Line(change)}",
            { Verdict: Verdict.True } => $"{by} 确认了 {metric} 的一条告警；{Line(change)}",
            _ => $"{by} 将 {metric} 的当前水平认定为正常",
        };
    }

    private static string Line(VerdictChange change) => change.Feedback.IsOfRule ? "规则触发，不涉及告警线"
        : change.Line == change.LineBefore
        ? string.Create(CultureInfo.InvariantCulture, $"告警线不变，仍为策略告警线的 {change.Line:0.##} 倍")
        : string.Create(CultureInfo.InvariantCulture, $"告警线由策略告警线的 {change.LineBefore:0.##} 倍调整为 {change.Line:0.##} 倍");

    private static string Description(VerdictChange change) => change switch
    {
        { Accepts: true } => "该序列未结束的告警以“已接受”关闭，此后按当前水平判断。",
        { Feedback.Withdrawn: true } => "对该序列的其他判定仍然有效。",
        { Feedback.IsOfRule: true } => $"该告警由规则 {change.Feedback.Detector} 触发，与告警线无关，再次出现时仍会告警。"
            + "如需减少此类告警，请创建静默，或在策略文件中调整其限值或 `detectors_off`。",
        { Feedback.Verdict: Verdict.True } => "任何判定都不会使该序列的告警线高于这条已确认告警分数的一半。",
        _ => "此后只有超过该告警线的偏离才会触发该序列的告警。",
    };
}
