using LeptonStream.Detection.Cleaning;
using LeptonStream.Detection.Policies;

namespace LeptonStream.Explanations;

/// <summary>A scrape job whose targets are lost, in both languages.</summary>
internal static class LostTargets
{
    /// <summary>The canonical name of the metric: its values are numbers of targets, judged as codes are.</summary>
    public const string Canonical = "data.targets_lost";

    /// <summary>The canonical name of the metric of one target.</summary>
    public const string CanonicalOfOne = "data.target_up";

    /// <summary>The part that holds the number of all targets.</summary>
    public const string All = "targets";

    public const string ReasonInEnglish = "These targets failed together, so this is one alert, and their own up series are not sent until "
        + "they are back. Likely causes: an exporter rollout, the network, a credential. The collector's log names one target and its "
        + "error.";

    public const string ReasonInChinese = "这些目标同时失联，因此合并为一条告警，各目标的 up 在此期间不再上报：可能是采集器升级、网络或凭据问题。"
        + "lepton collector 的日志会给出其中一个目标及其错误。";

    public const string ReasonOfOneInEnglish = "At least three scrapes have failed. The collector's log has the error.";

    public const string ReasonOfOneInChinese = "至少三次抓取失败。lepton collector 的日志会给出错误。";

    public static readonly string[] AdviceInEnglish =
    [
        "Read the page of one target from the collector's host, with curl for instance.",
        "If that fails, check the exporter and the network between. If it works, check the job in collector.yaml: scheme, credentials, "
        + "limits.",
        "Nothing is known of these targets until they are back: open alerts of them may close as gone.",
    ];

    public static readonly string[] AdviceOfOneInEnglish =
    [
        "See whether its process or pod runs: it was restarted, deleted, or hangs. The collector's log has the error of the scrape.",
        "If it runs, read its page from the collector's host, with curl for instance: the port, the credentials, the limits of the job.",
        "Nothing is known of it until it is back: open alerts of it may close as gone.",
    ];

    public static readonly string[] AdviceOfOneInChinese =
    [
        "确认其进程或 Pod 是否在运行：可能已重启、被删除或卡死。lepton collector 的日志会给出抓取失败的原因。",
        "若仍在运行，在 lepton collector 所在主机上读取其页面，例如用 curl，并检查该任务的端口、凭据与限额。",
        "恢复之前该目标的状况未知：其未关闭的告警可能因无数据而关闭。",
    ];

    public static readonly string[] AdviceInChinese =
    [
        "在运行 lepton collector 的主机上直接读取其中一个目标的页面，例如用 curl。",
        "若读取失败，检查该目标的采集器及其间的网络；若成功，检查 collector.yaml 中该任务的协议、凭据与限额。",
        "恢复之前这些目标的状况未知：它们未关闭的告警可能因无数据而关闭。",
    ];

    /// <summary>Whether the alert is about one target that can't be scraped.</summary>
    public static bool IsOne(AlertFacts facts) => IsOne(facts.Policy);

    /// <summary>Whether the series is the <c>up</c> of one target.</summary>
    public static bool IsOne(SeriesPolicy policy) => policy.Preset?.Canonical == CanonicalOfOne;

    /// <summary>Whether the alert is about such a job.</summary>
    public static bool IsAbout(AlertFacts facts) =>
        facts.Detector == ErrorCodeTracker.RuleName && facts.Policy.Preset?.Canonical == Canonical;

    /// <summary>The state of one target, to follow the name of the metric.</summary>
    public static string OfOneInEnglish(AlertFacts facts, bool isStill) => facts.Sample.Value > 0
        ? ": the target can be scraped again, and the alert closes if that lasts"
        : isStill ? ": the target still can't be scraped" : ": the target can't be scraped";

    /// <summary>The same in Chinese.</summary>
    public static string OfOneInChinese(AlertFacts facts, bool isStill) => facts.Sample.Value > 0
        ? "：目标已可抓取，持续一段时间后告警关闭"
        : isStill ? "：目标仍无法抓取" : "：目标无法抓取";

    /// <summary>The state, to follow the name of the metric.</summary>
    public static string InEnglish(AlertFacts facts, bool isStill) =>
        $": {Numbers.Show(facts.Sample.Value, null)}{(AllOf(facts) is { } all ? $" of {all}" : "")} targets can{(isStill ? " still" : "")}"
        + $"{(isStill ? " not" : "'t")} be scraped";

    /// <summary>The same in Chinese.</summary>
    public static string InChinese(AlertFacts facts, bool isStill) =>
        $"：{(AllOf(facts) is { } all ? $"{all} 个抓取目标中" : "")}{(isStill ? "仍" : "")}有 {Numbers.Show(facts.Sample.Value, null)} 个无法抓取";

    private static string? AllOf(AlertFacts facts) => facts.Parts is [var all] ? Numbers.Show(all.Value, null) : null;
}
