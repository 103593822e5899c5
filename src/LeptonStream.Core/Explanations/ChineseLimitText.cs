using LeptonStream.Alerts;
using LeptonStream.Detection.EarlyWarning;
using LeptonStream.Detection.Lifecycle;

namespace LeptonStream.Explanations;

/// <summary>
/// The explanation of an early warning in Chinese: the same facts as <see cref="EnglishLimitText"/>, in sentences of their own.
/// </summary>
internal static class ChineseLimitText
{
    public static Explanation Explain(LimitFacts facts) => new(Summary(facts), Description(facts), Actions(facts));

    private static string Summary(LimitFacts facts)
    {
        var (reach, limit) = (facts.Limit.IsFloor ? "降至" : "达到", Limit(facts));
        var (value, at) = Numbers.Pair(facts.Sample.Value, facts.Limit.Value, facts.Unit);
        return $"{facts.Key.Model} 的 {facts.Key.Metric}{LabelText.InChineseOrSpace(facts.Key.Labels)}" + (facts.Change switch
        {
            LimitChange.Warned => $"预计约 {Durations.InChinese(facts.Left)}后{reach}{limit} {at}，当前 {value}",
            LimitChange.Moved => $"现预计约 {Durations.InChinese(facts.Left)}后{reach}{limit} {at}，当前 {value}",
            LimitChange.Going when facts.IsReached => $"仍{(facts.IsBeyond ? "处于" : "接近")}{limit} {at}，当前 {value}",
            LimitChange.Going => $"仍在朝{limit} {at} 发展，预计约 {Durations.InChinese(facts.Left)}后{reach}，当前 {value}",
            LimitChange.Reached => $"已{(facts.IsBeyond ? reach : "非常接近")}{limit} {at}，当前 {value}",
            LimitChange.Receded => $"已离开{limit} {at}，当前 {value}",
            LimitChange.Gone => ChineseText.Ended(AlertChange.Gone, value, facts.LastSeen),
            LimitChange.PolicyChanged => ChineseText.Ended(AlertChange.PolicyChanged, value, facts.LastSeen),
            _ => $"不再朝{limit} {at} 发展，当前 {value}",
        });
    }

    private static string Description(LimitFacts facts)
    {
        var (name, limit) = (facts.Preset?.Chinese ?? "该指标", Limit(facts));
        var course = $"{name}自 {Numbers.Clock(facts.Onset)} 起持续{(facts.Limit.IsFloor ? "下降" : "上升")}。";
        return facts.Change switch
        {
            LimitChange.Going when facts.IsReached => course + (facts.IsBeyond ? $"已触及{limit}。" : NearEnough(limit)),
            LimitChange.Warned or LimitChange.Moved or LimitChange.Going => $"{course}若趋势不变，将于 {Numbers.Clock(facts.Breach.At)} 触及{limit}；"
                + $"最可能介于 {Numbers.Clock(facts.Breach.Earliest)} 与 {Numbers.Clock(facts.Breach.Latest)} 之间。",
            LimitChange.Reached => course + (facts.IsBeyond ? $"如预警所示，已触及{limit}。" : NearEnough(limit)),
            LimitChange.Receded => $"{name}已持续一段时间远离{limit}。{facts.Span.InChinese}",
            LimitChange.Gone => course + Endings.InChinese(AlertChange.Gone, facts.Span),
            LimitChange.PolicyChanged => course + Endings.InChinese(AlertChange.PolicyChanged, facts.Span),
            _ => $"{name}已不再朝{limit}变化或已转向，预警撤回。{facts.Span.InChinese}",
        };
    }

    private static string Limit(LimitFacts facts) => facts.Limit.IsFloor ? "下限" : "上限";

    private static string NearEnough(string limit) => $"与{limit}的差距已很小，视为触及。";

    private static string[] Actions(LimitFacts facts) =>
        Endings.AdviceInChinese(facts.Change.InAlert()) ?? ChineseAdvice.ForLimit(facts.Kind);
}
