namespace LeptonStream.Cli.Alerts;

/// <summary>The words of the table of alerts in one language.</summary>
internal sealed record AlertsWords
{
    private static readonly AlertsWords English = new()
    {
        Severity = "SEVERITY", Since = "SINCE", Ended = "ENDED", How = "END",
        Model = "MODEL", Metric = "METRIC", Who = "WHO", Summary = "SUMMARY", None = "no alerts",
        Comma = ", ",
        Seen = (total, seen) => $"of {total} alerts, the {seen} most urgent were looked at",
        SilencedUntil = until => $"silenced until {until}",
        Acknowledged = person => $"ack {person}",
        Assigned = person => $"for {person}",
        Terms = new()
        {
            ["inhibition"] = "inhibited", ["maintenance"] = "in maintenance",
            ["active_time_interval"] = "outside active times", ["mute_time_interval"] = "in a mute time",
        },
    };

    // The dashboard's terms.
    private static readonly AlertsWords Chinese = new()
    {
        Severity = "级别", Since = "开始时间", Ended = "结束时间", How = "结束原因", Model = "模型", Metric = "指标",
        Who = "处理状态", Summary = "摘要", None = "没有告警",
        Comma = "，",
        Seen = (total, seen) => $"共 {total} 条告警，仅查看了最紧急的 {seen} 条",
        SilencedUntil = until => $"静默至 {until}",
        Acknowledged = person => $"{person} 已确认",
        Assigned = person => $"负责人：{person}",
        Terms = new()
        {
            ["critical"] = "严重", ["warning"] = "警告", ["info"] = "提示",
            ["resolved"] = "已恢复", ["recovered"] = "已恢复", ["accepted"] = "已接受，未恢复",
            ["gone"] = "数据中断，未恢复", ["superseded"] = "已被取代", ["policy"] = "策略变更",
            ["closed"] = "已人工关闭", ["verdict"] = "判定", ["stale"] = "长时间无更新，已自动关闭",
            ["quiet"] = "不再报错，原因可能仍未消除", ["other"] = "已结束，原因见说明",
            ["inhibition"] = "被其他告警抑制", ["maintenance"] = "维护中",
            ["active_time_interval"] = "不在生效时段", ["mute_time_interval"] = "处于静音时段",
        },
    };

    public required string Severity { get; init; }

    public required string Since { get; init; }

    public required string Ended { get; init; }

    public required string How { get; init; }

    public required string Model { get; init; }

    public required string Metric { get; init; }

    public required string Who { get; init; }

    public required string Summary { get; init; }

    public required string None { get; init; }

    public required string Comma { get; init; }

    /// <summary>Says that the table has the most urgent alerts only: of how many, how many.</summary>
    public required Func<long, int, string> Seen { get; init; }

    public required Func<string, string> SilencedUntil { get; init; }

    public required Func<string, string> Acknowledged { get; init; }

    public required Func<string, string> Assigned { get; init; }

    private Dictionary<string, string> Terms { get; init; } = [];

    public static AlertsWords Of(string language) => language == "en" ? English : Chinese;

    /// <summary>A severity, a reason or a cause in words; one that is not known stays as the API has it.</summary>
    public string Term(string name) => Terms.GetValueOrDefault(name, name);
}
