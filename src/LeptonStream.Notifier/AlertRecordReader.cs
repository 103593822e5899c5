using Confluent.Kafka;
using LeptonStream.Alerts;
using LeptonStream.Kafka;
using LeptonStream.Notifier.Journal;
using LeptonStream.Output;
using LeptonStream.Samples;
using Timestamp = LeptonStream.Samples.Timestamp;

namespace LeptonStream.Notifier;

/// <summary>Reads records of the alerts topic: an event, or the reason why it is none.</summary>
internal static class AlertRecordReader
{
    private const int LongestId = 200;
    private const int LongestDetail = 300;

    // The bound of the metrics topic: far above any event of ours (about 10 KB), far below what would burden the journal.
    private static readonly int LargestValue = FormatLimits.Default.MessageBytes;

    /// <summary>Never throws, whatever the bytes.</summary>
    public static JournalRecord Read(ConsumeResult<byte[]?, byte[]?> record, out (string Reason, string Detail)? refusal)
    {
        refusal = null;
        var probe = Probe.Read(record.Message.Key, record.Message.Value);
        var alert = probe is null ? Parse(record.Message.Value, out refusal) : null;
        return new JournalRecord(
            record.Topic, record.Partition.Value, record.Offset.Value,
            Timestamp.FromUnixMilliseconds(record.Message.Timestamp.UnixTimestampMs),
            alert, alert is null ? [] : record.Message.Value!) { Probe = probe };
    }

    /// <summary>The record without its event: only the position behind it counts.</summary>
    public static JournalRecord WithoutEvent(JournalRecord record) => record with { Event = null, Payload = [] };

    private static AlertEvent? Parse(byte[]? value, out (string Reason, string Detail)? refusal)
    {
        refusal = null;
        if (value is null or { Length: 0 }) refusal = (ReasonNames.Of(RejectReason.EmptyValue), "the record has no value");
        else if (value.Length > LargestValue)
            refusal = (ReasonNames.Of(RejectReason.TooLarge), $"the value has {value.Length} bytes, {LargestValue} are allowed");
        else if (!AlertEventJson.TryRead(value, out var alert, out var error)) refusal = ("no_alert_event", Plain(error ?? ""));
        else if (Wrong(alert!) is { } wrong) refusal = ("no_alert_event", wrong);
        else return alert;
        return null;
    }

    private static string? Wrong(AlertEvent alert)
    {
        if (!IsId(alert.Id)) return $"'id' must have 1 to {LongestId} characters, none of them a control character";
        if (!IsId(alert.AlertId)) return $"'alertId' must have 1 to {LongestId} characters, none of them a control character";
        return double.IsFinite(alert.Score) ? null : "'score' is not finite";
    }

    // The error may quote the record: it must not fill or forge the log.
    private static string Plain(string text) =>
        SafeText.OneLine(text.Length > LongestDetail ? text[..LongestDetail] : text);

    private static bool IsId(string text) => text.Length is > 0 and <= LongestId && !text.Any(char.IsControl);
}
