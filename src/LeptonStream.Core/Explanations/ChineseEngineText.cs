using LeptonStream.Detection.Engines;

namespace LeptonStream.Explanations;

/// <summary>The sentences about engines that have work and make no progress, in Chinese.</summary>
internal static class ChineseEngineText
{
    /// <summary>Why that is an alert.</summary>
    public const string Reason = "输出 token、引擎步数、完成的请求与输入 token 均无变化，且持续时间超过该引擎处理请求时惯常的停顿。"
        + "长输入的预填充也会造成停顿，该规则已为以往见过的停顿留出余量。速率恢复后告警关闭。";

    /// <summary>The end of the alert, to follow the name of the metric.</summary>
    public const string Over = "恢复变化：引擎有了进展，或已重新启动";

    /// <summary>What is wrong, to follow the name of the metric.</summary>
    public static string Hangs(AlertFacts facts) => facts.Hang is { } hang
        ? $"自 {Numbers.Clock(hang.Since)} 起没有变化{Work(hang)}：引擎没有进展"
        : "没有变化：引擎没有进展";

    /// <summary>The same of an alert that goes on.</summary>
    public static string Continued(AlertFacts facts) => facts.Hang is { } hang
        ? $"自 {Numbers.Clock(hang.Since)} 起仍没有变化{Work(hang)}：引擎没有进展"
        : "已无卡死迹象；速率恢复后告警关闭";

    private static string Work(EngineHang hang) =>
        hang.Work is { } metric ? $"，而 {metric} 为 {Numbers.Show(hang.Requests, null)}" : "";
}
