using LeptonStream.Detection.Cleaning;
using LeptonStream.Detection.Habits;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Policies.Presets;
using LeptonStream.Detectors;
using LeptonStream.Samples;

namespace LeptonStream.Explanations;

/// <summary>
/// The explanation of a series' alert in Chinese: the same facts as <see cref="EnglishText"/>, in sentences of their own.
/// </summary>
internal static class ChineseText
{
    public static Alerts.Explanation Explain(AlertFacts facts) => new(Summary(facts), Description(facts), ChineseAdvice.For(facts));

    /// <summary>The present state of an ended alert of one metric, to follow its name; null for an alert that is open.</summary>
    public static string? Ended(AlertChange change, string value, Samples.Timestamp last) => change switch
    {
        AlertChange.Recovered => $"已恢复正常，当前 {value}",
        AlertChange.Accepted => $"仍为 {value}，未恢复",
        AlertChange.Gone => $"自 {Numbers.Clock(last)} 起无数据，未见恢复",
        AlertChange.Superseded => $"未恢复即关闭（{value}）",
        AlertChange.PolicyChanged => $"按新策略不再监测，未见恢复（{value}）",
        AlertChange.Quieted => "不再上报新的错误，原因可能仍未消除",
        _ => null,
    };

    private static string Summary(AlertFacts facts)
    {
        var name = $"{facts.Key.Model} 的 {facts.Key.Metric}{LabelText.InChineseOrSpace(facts.Key.Labels)}";
        if (facts.Change.IsEnd()) return name + Ended(facts);
        var state = facts.Change == AlertChange.Progressed ? Continued(facts) : State(facts);
        return name + state + (facts.Agreeing.Count == 0
            ? ""
            : $"；{facts.Key.Model} 另有 {facts.Agreeing.Count} 项指标同时异常");
    }

    private static string Ended(AlertFacts facts) => facts.Change switch
    {
        AlertChange.Recovered when DataNotice.IsAbout(facts) => DataNotice.OverInChinese(facts),
        AlertChange.Recovered when facts.IsCode && facts.Sample.Value == 0 => "已回到 0，不再上报代码",
        AlertChange.Recovered when facts.IsCode => $"未再出现新代码，最近一次为{Code(facts)}",
        AlertChange.Recovered when facts.Detector == DetectorSet.Peers => $"与同类已无明显差异，当前 {Value(facts)}",
        AlertChange.Recovered when facts.IsHang => ChineseEngineText.Over,
        AlertChange.Recovered when facts.HasLostItsBurst => $"已无逾期的例行突增或突降：{Value(facts)}",
        AlertChange.Gone when facts.NothingOf is { } denominator => $"已无可统计的对象：{denominator} 为 0，未见恢复",
        _ => Ended(facts.Change, Value(facts), facts.LastSeen)!,
    };

    private static string Continued(AlertFacts facts) => facts.Detector switch
    {
        ErrorCodeTracker.RuleName when LostTargets.IsAbout(facts) && facts.Sample.Value > 0 => LostTargets.InChinese(facts, isStill: true),
        ErrorCodeTracker.RuleName when LostTargets.IsOne(facts) => LostTargets.OfOneInChinese(facts, isStill: true),
        ErrorCodeTracker.RuleName when DataNotice.IsAbout(facts) => DataNotice.InChinese(facts),
        ErrorCodeTracker.RuleName when facts.Sample.Value == 0 => "已回到 0，持续一段时间后告警关闭",
        ErrorCodeTracker.RuleName => $"仍在上报{Code(facts)}",
        DetectorSet.NonFinite when !IsFinite(facts) => $"仍为{Numbers.NonFiniteInChinese(facts.Sample.Value)}",
        DetectorSet.NonFinite => $"已恢复为有限数值，持续一段时间后告警关闭：{Value(facts)}",
        LostReadings.RuleName when !IsFinite(facts) => "仍无读数",
        LostReadings.RuleName => $"已恢复读数，持续一段时间后告警关闭：{Value(facts)}",
        BurstBook.RuleName when facts.Missed is { } missed => ChineseHabitText.Missed(missed, facts.Unit),
        DetectorSet.NoProgress => ChineseEngineText.Continued(facts),
        BurstBook.RuleName when !facts.IsInsideBand => $"例行的突增或突降已出现，结束后告警关闭：{Value(facts)}",
        _ when facts.IsStuck => $"仍停在 {Value(facts)}",
        DetectorSet.Peers when facts.Peers is { } peers => $"仍{ChinesePeerText.Standing(peers, facts.Unit)}",
        _ when facts.IsInsideBand => $"目前处于正常范围，持续一段时间后告警关闭：{Value(facts)}",
        _ => $"尚未恢复：{Seen(facts)}",
    };

    private static string State(AlertFacts facts) => facts.Detector switch
    {
        ErrorCodeTracker.RuleName when LostTargets.IsAbout(facts) => LostTargets.InChinese(facts, isStill: false),
        ErrorCodeTracker.RuleName when LostTargets.IsOne(facts) => LostTargets.OfOneInChinese(facts, isStill: false),
        ErrorCodeTracker.RuleName when DataNotice.IsAbout(facts) => DataNotice.InChinese(facts),
        DetectorSet.NonFinite when !IsFinite(facts) => $"变为{Numbers.NonFiniteInChinese(facts.Sample.Value)}",
        LostReadings.RuleName => "没有读数：采集器上报的是空值标记",
        BurstBook.RuleName when facts.Missed is { } missed => ChineseHabitText.Missed(missed, facts.Unit),
        ErrorCodeTracker.RuleName => $"上报{Code(facts)}",
        DetectorSet.NoProgress => ChineseEngineText.Hangs(facts),
        DetectorSet.Peers when facts.Peers is { } peers => ChinesePeerText.Standing(peers, facts.Unit),
        FrozenValueDetector.RuleName => $"停在 {Value(facts)} 不再变化",
        ConstantChangeDetector.RuleName => $"原本恒定，现已改变：{Seen(facts)}",
        NewExtremeDetector.RuleName or RecordDetector.RuleName or MeanRecordDetector.RuleName when facts.RecordSpan is { } span =>
            $"{Extreme(facts, span)}：{Seen(facts)}",
        MeanRecordDetector.RuleName or LevelShiftDetector.RuleName => $"已移至另一水平：{Seen(facts)}",
        TimeOfDayDetector.RuleName => $"在这个时段偏{Side(facts)}：{Seen(facts)}",
        SeasonalResidualDetector.RuleName => $"与每天这半小时的常态相比偏{Side(facts)}：{Seen(facts)}",
        NearestShapeDetector.RuleName => $"出现了从未有过的走势：{Seen(facts)}",
        VarianceChangeDetector.RuleName => $"波动幅度与平时不同：{Seen(facts)}",
        SpectralResidualDetector.RuleName => $"偏离近期走势：{Seen(facts)}",
        HalfSpaceTreesDetector.RuleName => $"落在近期很少出现的区间：{Seen(facts)}",
        AutoencoderDetector.RuleName => $"走势不符合一贯的规律：{Seen(facts)}",
        PageHinkleyDetector.RuleName => $"持续缓慢{(facts.IsHigh ? "上升" : "下降")}：{Seen(facts)}",
        _ when double.IsNaN(facts.Expected) => $"数值异常：{Value(facts)}",
        _ => $"偏{Side(facts)}：{Seen(facts)}",
    };

    private static string Description(AlertFacts facts)
    {
        var start = Course(facts) + Band(facts);
        if (facts.Change is AlertChange.Recovered or AlertChange.Quieted && facts.IsCode)
            return start
                + $"{(facts.Xid is null ? "代码" : "XID ")}只在变化时告警一次：告警关闭并不表示原因已消除。";
        if (facts.HasLostItsBurst) return start + ChineseHabitText.Over;
        if (facts.Change.IsEnd()) return start + Endings.InChinese(facts.Change, facts.Span);
        return start + Reason(facts) + ChineseDriftText.Moved(facts.Moves) + QualityText.InChinese(facts.Parts)
            + (facts.Agreeing.Count == 0 ? "" : $"同时异常的指标：{string.Join("、", facts.Agreeing)}。")
            + facts.Held?.InChinese + Returned(facts.Returned) + ChineseHabitText.Total(facts);
    }

    /// <summary>The sentence of a fault that returns; empty where none does.</summary>
    internal static string Returned(Timestamp? before) => before is { } ended
        ? $"同样的故障此前为严重告警，已于 {Numbers.Clock(ended)} 结束；现再次出现，立即按严重处理。"
        : "";

    private static string Reason(AlertFacts facts) => facts.Detector switch
    {
        DetectorSet.NonFinite when IsFinite(facts) => "此前上报方给出的值不是有限数值。",
        DetectorSet.NonFinite => "该值由上报方自己给出。",
        LostReadings.RuleName when IsFinite(facts) => "采集器已能重新读取设备。",
        LostReadings.RuleName => "采集器以空值标记表示无法读取设备；恢复读数之前无法判断。",
        ErrorCodeTracker.RuleName when facts.Xid is { } xid => XidCodes.Find(xid) is null
            ? "内置表中没有该 XID，请查阅 NVIDIA 的 XID 目录。XID 每次变化只告警一次。"
            : "XID 每次变化只告警一次；告警关闭并不表示原因已消除。",
        ErrorCodeTracker.RuleName when LostTargets.IsAbout(facts) => LostTargets.ReasonInChinese,
        ErrorCodeTracker.RuleName when LostTargets.IsOne(facts) => LostTargets.ReasonOfOneInChinese,
        ErrorCodeTracker.RuleName when DataNotice.IsAbout(facts) => DataNotice.ReasonInChinese(facts),
        ErrorCodeTracker.RuleName => "代码已变化，含义请查阅采集器的文档。",
        BurstBook.RuleName when facts.Missed is { } missed => ChineseHabitText.Reason(missed),
        DetectorSet.NoProgress => ChineseEngineText.Reason,
        FrozenValueDetector.RuleName when !facts.IsStuck => "该值停滞后已恢复变化。",
        FrozenValueDetector.RuleName =>
            "该值以往一直波动，现在完全重复：采集器或作业可能已卡住，仍在反复发送最后一次读数。",
        ConstantChangeDetector.RuleName => "该值自有记录以来几乎一直不变，现在的新值已持续存在。",
        DetectorSet.Peers when facts.Peers is { } peers => ChinesePeerText.Description(peers, facts.Unit),
        _ =>
            $"{Past(facts)}{Rarity.InChinese(facts.Score, facts.Line, facts.History)}"
                + (facts.Leading is { } leading
                    ? $"主要依据：{DetectorName(leading)}。"
                    : $"触发依据：{DetectorName(facts.Detector)}。")
                + ChinesePeerText.Besides(facts),
    };

    private static string Course(AlertFacts facts)
    {
        var step = facts.Sample.Step == Samples.Sample.NoStep ? ""
            : facts.Change.IsEnd() ? $"（最近训练步 {facts.Sample.Step}）" : $"（当前训练步 {facts.Sample.Step}）";
        if (!facts.HasCourse) return $"始于 {Numbers.Clock(facts.Onset)}{step}。";
        var (value, expected) = Numbers.Pair(facts.Sample.Value, facts.Expected, facts.Unit);
        var since = $"自 {Numbers.Clock(facts.Onset)}{(step.Length == 0 ? " " : step)}起";
        if (facts.IsStuck) return $"{since}为 {Value(facts)}。";
        return value == expected ? $"{since}为 {value}。" : $"{since}：{expected} → {value}。";
    }

    private static string Band(AlertFacts facts)
    {
        if (facts.IsMissed || facts.IsHang) return "";
        if (!double.IsFinite(facts.Lower) || !double.IsFinite(facts.Upper) || (facts.Change == AlertChange.Recovered
            && !facts.IsInsideBand)) return "";
        var (lower, upper) = Numbers.Pair(facts.Lower, facts.Upper, facts.Unit);
        if (facts.IsFarFromPeersOnly) return $"仅与自身历史相比并无异常（{lower} 至 {upper}）。";
        return lower == upper ? $"正常值：{lower}。" : $"正常范围：{lower} 至 {upper}。";
    }

    private static string Seen(AlertFacts facts)
    {
        if (!double.IsFinite(facts.Expected)) return Value(facts);
        var (value, expected) = Numbers.Pair(facts.Sample.Value, facts.Expected, facts.Unit);
        if (value == expected) return value;
        // Of a distance that is usually about 0, a multiple says nothing.
        return facts.Kind != MetricKind.DataDrift && DeviationText.Of(facts.Sample.Value, facts.Expected, facts.Unit) is { } away
            ? $"{value}，预期 {expected}（{away.InChinese()}）"
            : $"{value}，预期 {expected}";
    }

    private static string Code(AlertFacts facts) => facts.Xid is not { } xid ? $"代码 {Value(facts)}"
        : XidCodes.Find(xid) is { } known ? $" XID {xid}：{known.Chinese}" : $" XID {xid}";

    private static bool IsFinite(AlertFacts facts) => double.IsFinite(facts.Sample.Value);

    private static string Side(AlertFacts facts) => facts.IsHigh ? "高" : "低";

    private static string Value(AlertFacts facts) => Numbers.Show(facts.Sample.Value, facts.Unit);

    private static string Past(AlertFacts facts) => facts.RecordSpan is { } span ? $"该值{Extreme(facts, span)}。" : "";

    private static string Extreme(AlertFacts facts, Series.RecordSpan span)
    {
        var (most, length) = (facts.IsHigh ? "新高" : "新低", facts.LengthOf(span));
        return span.IsEver ? $"创有记录以来（{Rarity.AgeInChinese(length)}）{most}" : $"创近 {Durations.AtLeastInChinese(length)}{most}";
    }

    private static string DetectorName(string detector) => detector switch
    {
        ForecastResidualDetector.RuleName => $"偏离预测（{detector}）",
        MeanSigmaDetector.RuleName => $"偏离均值（{detector}）",
        NewExtremeDetector.RuleName => $"创新高或新低（{detector}）",
        RecordDetector.RuleName => $"创纪录（{detector}）",
        MeanRecordDetector.RuleName => $"均值创纪录（{detector}）",
        TimeOfDayDetector.RuleName => $"偏离该时段常态（{detector}）",
        NearestShapeDetector.RuleName => $"未曾见过的走势（{detector}）",
        LevelShiftDetector.RuleName => $"水平移动（{detector}）",
        _ => detector,
    };
}
