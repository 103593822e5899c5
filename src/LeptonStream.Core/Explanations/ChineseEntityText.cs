using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Detection.Lifecycle;

namespace LeptonStream.Explanations;

/// <summary>The explanation of an entity's alert in Chinese: the same facts as <see cref="EnglishEntityText"/>, in sentences of their own.</summary>
internal static class ChineseEntityText
{
    public static Explanation Explain(EntityFacts story) => new(Summary(story), Description(story), ChineseText.Actions(story.Change, story.Kind));

    private static string Summary(EntityFacts story)
    {
        var where = LabelText.InChineseOrSpace(story.Key.Labels);
        var metrics = string.Join("，", story.Contributors.Take(EntityFacts.Named).Select(c => $"{c.Metric} {Numbers.Show(c.Value ?? double.NaN, c.Unit)}{Expected(c)}"));
        var list = story.Contributors.Count > EntityFacts.Named ? $"{metrics} 等" : metrics;
        return story.Change switch
        {
            AlertChange.Recovered => $"{story.Key.Model}{where}已恢复正常：{list}",
            AlertChange.Accepted => $"{story.Key.Model}{where}维持现状，已视为新常态：{list}",
            _ => $"{story.Key.Model}{where}有 {story.Contributors.Count} 项指标同时异常：{list}",
        };
    }

    private static string Description(EntityFacts story) => $"始于 {Numbers.Clock(story.Onset)}。" + (story.Change switch
    {
        AlertChange.Recovered => "各指标已连续多个采样恢复正常，告警关闭。",
        AlertChange.Accepted => "持续时间已足够长，现状被学习为常态；若并非如此，请处理根因，告警不会自行再次触发。",
        _ => $"单看每项指标未必异常，但它们同时偏离，{ChineseText.Rarity(story.Score)}。贡献最大：{story.Contributors[0].Metric}（{story.Contributors[0].Share * 100:F0}%）。",
    });

    private static string Expected(Contributor part) => part.Expected is { } expected ? $"（预期 {Numbers.Show(expected, part.Unit)}）" : "";
}
