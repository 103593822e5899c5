using LeptonStream.Alerts;
using LeptonStream.Detection.Events;
using LeptonStream.Detection.Gaps;
using LeptonStream.Detection.Lifecycle;

namespace LeptonStream.Explanations;

/// <summary>The explanation of a gap in a detector's knowledge in English.</summary>
internal static class EnglishGapText
{
    public static Explanation Explain(RecordPosition place, StateGap gap, AlertChange change) =>
        new($"{place.Topic} [{place.Partition}]: {Summary(gap, change)}", Description(gap, change), Actions(gap, change));

    /// <summary>The end of an alert whose state was lost.</summary>
    public static Explanation Superseded(AlertEvent last) => new(
        $"{last.Model}{LabelText.InEnglish(last.Labels)}: alert on {last.Metric} closed without a recovery, the detector lost its state",
        "It did not recover as far as is known. The detector lost the state of the partition and with it this alert. It learns the series "
            + "again from its present values: a trouble that goes on may look normal to it.",
        ["Check the value yourself.", "A new alert comes if the series leaves its usual range again."]);

    private static string Summary(StateGap gap, AlertChange change) => (gap.Cause, change) switch
    {
        (StateGapCause.Undecodable, _) => $"the records from offset {gap.From} to before {gap.To} can't be decoded and were skipped",
        (StateGapCause.PartitionsAdded, _) => "the topic has more partitions now; series that moved to another one are learned again",
        (StateGapCause.LogCut, _) => $"the log ends at offset {gap.From} now, before records that were read; reading goes on there",
        (StateGapCause.ClockRanAhead, _) => "the clock of the log is set back to the times of its records",
        (_, AlertChange.Recovered) => $"half an hour of the log is known again since the gap at offset {gap.From}",
        (StateGapCause.RecordsGone, _) when gap.To > gap.From =>
            $"the records from offset {gap.From} to before {gap.To} were gone before they were read; its series are learned again",
        (StateGapCause.TopicReplaced, _) => "the topic was deleted and created again; its series are learned again",
        (StateGapCause.ClockSetBack, _) => "the clock was set back; its series are learned again",
        _ => $"the state of its series is lost; they are learned again from offset {gap.From}",
    };

    private static string Description(StateGap gap, AlertChange change) => $"Cause: {gap.Detail}. " + (gap.LosesState
        ? change == AlertChange.Recovered
            ? "Judgements are of usual confidence again; patterns of a day take a day."
            : "Until half an hour of the log is known there are few alerts, of low confidence. Alerts that were open are closed as "
                + "superseded."
        : gap.Cause switch
        {
            StateGapCause.LogCut => "Series go on as they were. Alerts that only the lost records had opened are closed as superseded.",
            StateGapCause.ClockRanAhead =>
                "Series and their alerts go on as they were. Series whose samples were ahead are learned again.",
            _ => "The other series and their alerts go on as they were.",
        });

    private static string[] Actions(StateGap gap, AlertChange change) => gap.Cause switch
    {
        _ when change == AlertChange.Recovered && gap.LosesState => ["Nothing to do now."],
        StateGapCause.Undecodable => ["Look at the producer of these records and at the brokers' disks.",
            "A dead letter names the offsets."],
        StateGapCause.PartitionsAdded => ["Nothing to do: the moved series need their warm-up."],
        StateGapCause.LogCut => ["Look at the brokers: records that were acknowledged are lost.",
            "Set unclean.leader.election.enable to false, and min.insync.replicas to 2 or more."],
        StateGapCause.ClockRanAhead => ["Find the producer whose clock is ahead, or let the topic use LogAppendTime."],
        StateGapCause.RecordsGone => ["Let the topic keep its records for longer than a detector may be away."],
        StateGapCause.ClockSetBack => ["Check the alerts that were open: they are closed as superseded.",
            "See that the host finds its time server before the detector begins."],
        StateGapCause.TopicReplaced => ["Nothing to do, if this was on purpose."],
        _ => ["Check the alerts that were open: they are closed as superseded.", "Run 'lepton doctor': it looks at the topics."],
    };
}
