using System.Text;
using Confluent.Kafka;
using LeptonStream.Alerts;
using LeptonStream.Explanations;
using LeptonStream.Series;

namespace LeptonStream.Kafka;

/// <summary>An alert event as a record of the alerts topic: CloudEvents 1.0 in binary mode (docs/events.md).</summary>
public static class AlertRecord
{
    private const int LongestSubject = 1024;

    private static readonly byte[] SpecVersion = "1.0"u8.ToArray();
    private static readonly byte[] Json = "application/json"u8.ToArray();

    /// <summary>The event's partition: the alerts partition of the input partition's number, so that one owner writes it.</summary>
    public static TopicPartition PlaceOf(AlertEvent alert, TopicNames topics) => new(topics.Alerts, alert.SourcePartition);

    /// <summary>The event as a record: key = model, attributes as headers, JSON value.</summary>
    public static Message<byte[]?, byte[]?> Of(AlertEvent alert) => new()
    {
        Key = Encoding.UTF8.GetBytes(alert.Model),
        Value = AlertEventJson.Write(alert),
        Headers = new Headers
        {
            { "ce_specversion", SpecVersion },
            { "ce_type", Text(TypeOf(alert.Type)) },
            { "ce_source", Text($"/leptonstream/detector/{Uri.EscapeDataString(alert.SourceTopic)}/{alert.SourcePartition}") },
            { "ce_id", Text(alert.Id) },
            { "ce_time", Text(alert.DetectedAt.ToString()) },
            { "ce_subject", Text(SubjectOf(alert)) },
            { "content-type", Json },
        },
    };

    /// <summary>The CloudEvents type, such as <c>io.leptonstream.alert.opened.v1</c>.</summary>
    public static string TypeOf(AlertEventType type) => $"io.leptonstream.alert.{AlertEventJson.NameOf(type)}.v1";

    /// <summary>The event's series, for tools that show headers; the whole of it is in the value.</summary>
    public static string SubjectOf(AlertEvent alert)
    {
        var subject = new SeriesKey(alert.Model, alert.Metric, alert.Labels).ToString();
        return subject.Length <= LongestSubject ? subject : ShortText.Begin(subject, LongestSubject);
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);
}
