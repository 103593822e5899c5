using LeptonStream.Alerts;
using LeptonStream.Detection.Calibration;
using LeptonStream.Detection.Lifecycle;

namespace LeptonStream.Explanations;

/// <summary>
/// The explanation of an entity's alert in Chinese: the same facts as <see cref="EnglishEntityText"/>, in sentences of their own.
/// </summary>
internal static class ChineseEntityText
{
    public static Explanation Explain(EntityFacts facts) =>
        new(Summary(facts), Description(facts), Endings.AdviceInChinese(facts.Change) ?? ChineseAdvice.ForKind(facts.Kind));

    private static string Summary(EntityFacts facts)
    {
        var name = facts.Key.Model + LabelText.InChineseOrSpace(facts.Key.Labels);
        var metrics = string.Join("，", facts.Contributors.Take(EntityFacts.Named).Select(Part));
        var list = facts.Contributors.Count > EntityFacts.Named ? $"{metrics} 等" : metrics;
        return facts.Change switch
        {
            AlertChange.Recovered => $"{name}已恢复正常：{list}",
            AlertChange.Accepted => $"{name}并未恢复：{list}",
            AlertChange.Gone => $"{name}不再有数据，未见恢复：{list}",
            AlertChange.Superseded => $"{name}未恢复即关闭：{list}",
            AlertChange.PolicyChanged => $"{name}按新策略不再监测，未见恢复：{list}",
            AlertChange.Progressed => $"{name}仍有 {facts.Contributors.Count} 项指标同时异常：{list}",
            _ => $"{name}有 {facts.Contributors.Count} 项指标同时异常：{list}",
        };
    }

    private static string Description(EntityFacts facts) => $"始于 {Numbers.Clock(facts.Onset)}。" + (facts.Change.IsEnd()
        ? Endings.InChinese(facts.Change, facts.Span)
        : "单看每项指标未必异常，但它们同时偏离。"
            + Rarity.InChinese(facts.Score, AlarmLine.OfEntity(facts.Policy), facts.History, isEntity: true)
            + $"贡献最大：{facts.Contributors[0].Metric}（{Numbers.Show(facts.Contributors[0].Share, "1")}）。"
            + facts.Held?.InChinese + ChineseText.Returned(facts.Returned));

    private static string Part(Contributor part)
    {
        if (part.Expected is not { } expected || part.Value is not { } value)
            return $"{part.Metric} {Numbers.Show(part.Value ?? double.NaN, part.Unit)}";
        var (shown, other) = Numbers.Pair(value, expected, part.Unit);
        return $"{part.Metric} {shown}（预期 {other}）";
    }
}
