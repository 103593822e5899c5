using LeptonStream.Alerts;
using LeptonStream.Detection.Events;
using LeptonStream.Detection.Gaps;
using LeptonStream.Detection.Lifecycle;

namespace LeptonStream.Explanations;

/// <summary>The explanation of a gap in a detector's knowledge in Chinese.</summary>
internal static class ChineseGapText
{
    public static Explanation Explain(RecordPosition place, StateGap gap, AlertChange change) =>
        new($"{place.Topic} [{place.Partition}]：{Summary(gap, change)}", Description(gap, change), Actions(gap, change));

    /// <summary>The end of an alert whose state was lost.</summary>
    public static Explanation Superseded(AlertEvent last) => new(
        $"{last.Model}{LabelText.InChineseOrSpace(last.Labels)}{last.Metric} 的告警未恢复即关闭，检测器已丢失其状态",
        "据目前所知并未恢复。检测器丢失了该分区的状态，也丢失了这条告警。"
            + "它会从当前数值重新学习该序列：持续存在的问题可能被视为正常。",
        ["请自行确认当前数值。", "若序列再次偏离正常范围，会有新的告警。"]);

    private static string Summary(StateGap gap, AlertChange change) => (gap.Cause, change) switch
    {
        (StateGapCause.Undecodable, _) => $"偏移量 {gap.From} 至 {gap.To} 之前的记录无法解码，已跳过",
        (StateGapCause.PartitionsAdded, _) => "主题增加了分区；移到其他分区的序列需重新学习",
        (StateGapCause.LogCut, _) => $"日志现在止于偏移量 {gap.From}，早于已读取的记录；从此处继续读取",
        (StateGapCause.ClockRanAhead, _) => "日志时钟已调回到记录的时间",
        (_, AlertChange.Recovered) => $"自偏移量 {gap.From} 的缺口以来，已重新掌握半小时的日志",
        (StateGapCause.RecordsGone, _) when gap.To > gap.From =>
            $"偏移量 {gap.From} 至 {gap.To} 之前的记录在读取前已被删除；序列重新学习",
        (StateGapCause.TopicReplaced, _) => "主题被删除并重新创建；序列重新学习",
        (StateGapCause.ClockSetBack, _) => "时钟被调回；序列重新学习",
        _ => $"序列状态已丢失；自偏移量 {gap.From} 起重新学习",
    };

    private static string Description(StateGap gap, AlertChange change) => Cause(gap.Cause) + (gap.LosesState
        ? change == AlertChange.Recovered
            ? "判断的置信度已恢复正常；以天为周期的规律需要一天。"
            : "在掌握半小时的日志之前，告警较少且置信度低。此前未结束的告警以 superseded 关闭。"
        : gap.Cause switch
        {
            StateGapCause.LogCut => "序列照常；仅由丢失的记录触发的告警以 superseded 关闭。",
            StateGapCause.ClockRanAhead => "序列及其告警照常；样本时间超前的序列重新学习。",
            _ => "其他序列及其告警照常。",
        }) + $"（{gap.Detail}）";

    private static string Cause(StateGapCause cause) => cause switch
    {
        StateGapCause.NoSnapshot => "原因：没有快照。",
        StateGapCause.SnapshotUnusable => "原因：快照无法使用。",
        StateGapCause.RecordsGone => "原因：记录已被保留策略删除。",
        StateGapCause.TopicReplaced => "原因：输入主题已更换。",
        StateGapCause.ClockSetBack => "原因：主机时钟被调回。",
        StateGapCause.LogCut => "原因：集群丢失了已读取的记录。",
        StateGapCause.ClockRanAhead => "原因：某条记录的时间远远超前。",
        StateGapCause.Undecodable => "原因：记录批次已损坏或压缩方式未知。",
        StateGapCause.PartitionsAdded => "原因：分区数增加。",
        _ => "原因：其他。",
    };

    private static string[] Actions(StateGap gap, AlertChange change) => gap.Cause switch
    {
        _ when change == AlertChange.Recovered && gap.LosesState => ["目前无需处理。"],
        StateGapCause.Undecodable => ["检查这些记录的生产者和 broker 的磁盘。", "死信记录了偏移量。"],
        StateGapCause.PartitionsAdded => ["无需处理：移动的序列需要预热。"],
        StateGapCause.LogCut => ["检查 broker：已确认的记录丢失。",
            "将 unclean.leader.election.enable 设为 false，min.insync.replicas 设为 2 或更大。"],
        StateGapCause.ClockRanAhead => ["查找时钟超前的生产者，或让主题使用 LogAppendTime。"],
        StateGapCause.RecordsGone => ["将主题的保留时间设为长于检测器可能停机的时间。"],
        StateGapCause.ClockSetBack => ["检查此前未结束的告警：它们已以 superseded 关闭。",
            "确认主机在检测器启动前已与时间服务器同步。"],
        StateGapCause.TopicReplaced => ["若为有意操作，则无需处理。"],
        _ => ["检查此前未结束的告警：它们已以 superseded 关闭。", "运行 lepton doctor 检查主题。"],
    };
}
