using LeptonStream.Alerts;
using LeptonStream.Detection.Lifecycle;

namespace LeptonStream.Explanations;

/// <summary>The same as <see cref="EnglishUpdateText"/> in Chinese.</summary>
internal static class ChineseUpdateText
{
    public static Explanation Explain(string model, ModelUpdate update) =>
        new($"{model}：{Summary(update)}", Description(update), Actions(update));

    /// <summary>The end of the alert on a version that is worse.</summary>
    public static Explanation Ended(AlertEvent opened, AlertChange change)
    {
        var update = opened.ModelUpdate!;
        if (update.Verdict != UpdateVerdict.Worse) return opened.Chinese;
        return new($"{opened.Model}：{Summary(update)}；{End(update, change)}", opened.Chinese.Description,
            AdviceOnEnd(update, change));
    }

    private static string End(ModelUpdate update, AlertChange change) => change switch
    {
        AlertChange.Recovered => $"版本 {update.To} 已停用",
        AlertChange.Accepted => "告警已持续一天，按已接受关闭，并未恢复",
        AlertChange.Superseded => "此后已对另一个版本作出比较",
        _ => "该模型此后再无数据，未恢复",
    };

    private static string[] AdviceOnEnd(ModelUpdate update, AlertChange change) => change switch
    {
        AlertChange.Accepted => [$"若无法接受该差异，请回滚到 {update.From}：告警不会自行再次触发。"],
        AlertChange.Superseded => ["请查看此后那次比较的告警。"],
        _ => Endings.AdviceInChinese(change) ?? [],
    };

    private static string Summary(ModelUpdate update)
    {
        var (from, to) = (update.From, update.To);
        return update.Verdict switch
        {
            UpdateVerdict.Worse => $"版本 {to} 比 {from} 变差：{Most(update)}",
            UpdateVerdict.Better => $"版本 {to} 比 {from} 更好：{Most(update)}",
            UpdateVerdict.Changed => $"版本 {to} 与 {from} 不同：{Most(update)}",
            UpdateVerdict.Same => $"版本 {to} 与 {from} 相比，{UpdateText.Known(update).Count} 个指标均无差异",
            _ => $"版本已由 {from} 更新为 {to}，数据太少，无法比较",
        };
    }

    private static string Most(ModelUpdate update)
    {
        var all = UpdateText.Of(update, update.Verdict);
        var first = all[0];
        var (before, after) = Numbers.Pair(first.Before!.Value, first.After!.Value, first.Unit);
        return $"{first.Metric} {before} → {after}" + (all.Count == 1 ? "" : $"，另有 {all.Count - 1} 个指标");
    }

    private static string Description(ModelUpdate update)
    {
        var known = UpdateText.Known(update);
        var missing = UpdateText.Of(update, UpdateVerdict.Unknown);
        return $"版本 {update.To} 自 {Numbers.Clock(update.Began)} 起使用。"
            + string.Concat(known.Select(Line))
            + known.Count switch
            {
                0 => "",
                1 => "该区间成立的概率为 95%。",
                _ => "所有区间同时成立的概率为 95%。",
            }
            + (missing.Count == 0 ? "" : $"数据太少的指标：{string.Join("、", missing.Select(static metric => metric.Metric))}。")
            + (known.Any(static metric => metric.Method == UpdateMethod.Before)
                ? $"{update.From} 的历史数据不足，无法按同一时段比较，差异中也包含一天之内的规律变化。" : "")
            + "单个序列的偏离会另行告警。";
    }

    private static string Line(MetricUpdate metric)
    {
        var (before, after) = Numbers.Pair(metric.Before!.Value, metric.After!.Value, metric.Unit);
        var (lower, upper) = Numbers.Pair(metric.Lower!.Value, metric.Upper!.Value, metric.Unit);
        return $"{metric.Metric}：{before} → {after}，{Verdict(metric)}（差值的区间为 {lower} 至 {upper}；"
            + $"{Method(metric.Method)} {metric.SamplesBefore} 个值，新版本 {metric.SamplesAfter} 个值）。";
    }

    private static string Verdict(MetricUpdate metric) => metric.Verdict switch
    {
        UpdateVerdict.Worse => "变差",
        UpdateVerdict.Better => "更好",
        UpdateVerdict.Changed => "有变化",
        _ => "无差异",
    };

    private static string Method(UpdateMethod method) => method switch
    {
        UpdateMethod.SideBySide => "旧版本同一时段",
        UpdateMethod.DayBefore => "旧版本前一天同一时段",
        _ => "旧版本此前",
    };

    private static string[] Actions(ModelUpdate update) => update.Verdict switch
    {
        UpdateVerdict.Worse =>
        [
            $"回滚到 {update.From}，或停止发布 {update.To}。",
            "对比两个版本的提示词模板、配置和数据。",
            "若必须保留该版本，请微调或重新训练。",
        ],
        UpdateVerdict.Changed => ["确认该变化是否符合预期。"],
        UpdateVerdict.Unknown => ["让两个版本上报相同的指标，并持续至少两小时。"],
        _ => ["无需处理。"],
    };
}
