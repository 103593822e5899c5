using LeptonStream.Detection.Cleaning;

namespace LeptonStream.Explanations;

/// <summary>
/// A fault of a source's data that the collector says as a code, with a label <c>about</c> that names the culprit, in both languages.
/// </summary>
internal static class DataNotice
{
    private const string Silent = "data.parts_silent";
    private const string Frozen = "data.parts_frozen";
    private const string Schema = "data.schema_changed";
    private const string Unit = "data.unit_changed";
    private const string Writers = "data.two_writers";

    private const string NotTheModel = " This alert is about how the data arrive. It says nothing about the model itself.";
    private const string NotTheModelInChinese = "这反映的是数据采集，并不表示模型本身有问题。";

    /// <summary>Whether a canonical name is that of such a code.</summary>
    public static bool Names(string? canonical) => canonical is Silent or Frozen or Schema or Unit or Writers;

    /// <summary>Whether the alert is about such a fault.</summary>
    public static bool IsAbout(AlertFacts facts) =>
        facts.Detector == ErrorCodeTracker.RuleName && Names(facts.Policy.Preset?.Canonical);

    /// <summary>The state, to follow the name of the metric.</summary>
    public static string InEnglish(AlertFacts facts) => facts.Policy.Preset?.Canonical switch
    {
        _ when facts.Sample.Value == 0 => OverInEnglish(facts),
        Silent when facts.Sample.Value > 1 =>
            $": {Count(facts)} parts send nothing while the others go on; the first is {About(facts)}",
        Silent => $": {About(facts)} sends nothing while the others go on",
        Frozen when facts.Sample.Value > 1 =>
            $": {Count(facts)} parts go on sending, but none of their values changes; the first is {About(facts)}",
        Frozen => $": {About(facts)} goes on sending, but none of its values changes",
        Schema when facts.Sample.Value == 1 => $": a metric vanished for good: {About(facts)}",
        Schema => $": metrics came or went together: {About(facts)}",
        Unit when facts.Sample.Value >= 1 => $": {About(facts)} grew by a factor of {Count(facts)}: a changed unit?",
        Unit => $": {About(facts)} fell by a factor of {Factor(facts)}: a changed unit?",
        _ when facts.Sample.Value > 1 => $": two producers write {Count(facts)} totals; the first is {About(facts)}",
        _ => $": two producers write {About(facts)}",
    };

    /// <summary>The same in Chinese.</summary>
    public static string InChinese(AlertFacts facts) => facts.Policy.Preset?.Canonical switch
    {
        _ when facts.Sample.Value == 0 => OverInChinese(facts),
        Silent when facts.Sample.Value > 1 => $"：{Count(facts)} 个成员已无数据，其余仍在上报；首个为 {About(facts)}",
        Silent => $"：{About(facts)} 已无数据，其余仍在上报",
        Frozen when facts.Sample.Value > 1 =>
            $"：{Count(facts)} 个成员仍在上报，但数值都不再变化；首个为 {About(facts)}",
        Frozen => $"：{About(facts)} 仍在上报，但数值都不再变化",
        Schema when facts.Sample.Value == 1 => $"：一项指标已不再上报：{About(facts)}",
        Schema => $"：一组指标同时出现或消失：{About(facts)}",
        Unit when facts.Sample.Value >= 1 => $"：{About(facts)} 变为原来的 {Count(facts)} 倍：单位是否改变？",
        Unit => $"：{About(facts)} 变为原来的 1/{Factor(facts)}：单位是否改变？",
        _ when facts.Sample.Value > 1 => $"：有两个上报方同时写入 {Count(facts)} 个累计值，首个为 {About(facts)}",
        _ => $"：有两个上报方同时写入 {About(facts)}",
    };

    /// <summary>Its end.</summary>
    public static string OverInEnglish(AlertFacts facts) => facts.Policy.Preset?.Canonical switch
    {
        Silent => " is over: they send again, or have been silent for an hour",
        Frozen => " is over: values change again, or nothing more comes",
        Writers => " is over: one producer is left",
        _ => " is no longer reported: such a change is reported for ten minutes",
    };

    /// <summary>The same in Chinese.</summary>
    public static string OverInChinese(AlertFacts facts) => facts.Policy.Preset?.Canonical switch
    {
        Silent => "已结束：恢复上报，或已静默满一小时",
        Frozen => "已结束：数值恢复变化，或已不再上报",
        Writers => "已结束：只剩一个上报方",
        _ => "不再报告：此类变化只报告十分钟",
    };

    /// <summary>How it was found.</summary>
    public static string ReasonInEnglish(AlertFacts facts) => facts.Policy.Preset?.Canonical switch
    {
        Silent => "It sent regularly, said no end, and nothing new took its place.",
        Frozen =>
            "All of its metrics that usually change stopped at once, for longer than they ever paused. Constant metrics do not count.",
        Schema => "The source still sends. An exporter was upgraded, or its settings changed.",
        Unit => "The new values keep their usual spread at another scale, in most series of the metric.",
        _ => "Its total jumps between two courses, each of which rises by itself. None of its values are passed on while that lasts.",
    } + NotTheModel;

    /// <summary>The same in Chinese.</summary>
    public static string ReasonInChinese(AlertFacts facts) => facts.Policy.Preset?.Canonical switch
    {
        Silent => "此前它一直按时上报，没有声明结束，也没有新的成员接替。",
        Frozen => "平时会变化的指标同时停住，持续时间超过以往任何一次停顿；恒定不变的指标不计入。",
        Schema => "数据源仍在上报：可能是采集器升级，或其配置改变。",
        Unit => "该指标的多数序列在新的量级上保持了原有的波动幅度。",
        _ => "其累计值在两条各自递增的轨迹之间跳动；在此期间它的值不再下发。",
    } + NotTheModelInChinese;

    /// <summary>The next steps.</summary>
    public static string[] AdviceInEnglish(AlertFacts facts) => facts.Policy.Preset?.Canonical switch
    {
        Silent => ["See whether the device or rank still works, and whether its exporter lists it.",
            "If it was taken out on purpose, close the alert: nobody waits for it after an hour."],
        Frozen => ["Restart its exporter, and see whether a proxy or a cache serves an old page.",
            "Check whether the process behind the exporter hangs."],
        Schema => ["Compare the version and settings of the exporter with those of yesterday.",
            "Look for dashboards, policies and rules of collector.yaml that name a metric which is gone."],
        Unit => ["Compare the version of the producer with the one before: seconds, milliseconds, bytes, KiB?",
            "If the change is meant, set the unit in collector.yaml, or accept the new level."],
        _ => ["Give each producer a label of its own (instance, pod, rank), or stop one of them.",
            "Look for two replicas of a collector that scrape the same target."],
    };

    /// <summary>The same in Chinese.</summary>
    public static string[] AdviceInChinese(AlertFacts facts) => facts.Policy.Preset?.Canonical switch
    {
        Silent =>
        [
            "确认该设备或 rank 是否仍在工作，以及其采集器是否仍列出它。",
            "若是有意移除，直接关闭告警：一小时后不再等待它。",
        ],
        Frozen =>
        [
            "重启其采集器，并检查是否有代理或缓存在返回旧页面。",
            "确认该采集器所监测的进程是否卡死。",
        ],
        Schema =>
        [
            "将采集器的版本与配置同昨日对比。",
            "检查仪表盘、策略与 collector.yaml 规则中是否引用了已消失的指标。",
        ],
        Unit =>
        [
            "将上报方的版本与之前对比：秒与毫秒、字节与 KiB？",
            "若属有意改变，在 collector.yaml 中设置单位，或接受新的水平。",
        ],
        _ =>
        [
            "为每个上报方加上各自的标签（instance、pod、rank），或停掉其中一个。",
            "检查是否有两个 lepton collector 副本抓取同一目标。",
        ],
    };

    private static string About(AlertFacts facts) => facts.Key.Labels["about"] ?? "?";

    private static string Count(AlertFacts facts) => Numbers.Show(facts.Sample.Value, null);

    private static string Factor(AlertFacts facts) => Numbers.Show(1 / facts.Sample.Value, null);
}
