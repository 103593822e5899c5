using System.Text;
using Confluent.Kafka;
using LeptonStream.Feedback;

namespace LeptonStream.Kafka;

/// <summary>A verdict as a record of the feedback topic: CloudEvents 1.0 in binary mode (docs/events.md).</summary>
public static class FeedbackRecord
{
    /// <summary>The CloudEvents type of all of them.</summary>
    public const string Type = "io.leptonstream.feedback.verdict.v1";

    /// <summary>Its partition: the number of the input partition whose detector raised the alert.</summary>
    public static TopicPartition PlaceOf(FeedbackEvent feedback, TopicNames topics) => new(topics.Feedback, feedback.Partition);

    /// <summary>The verdict as a record: key = model, attributes as headers, JSON value.</summary>
    public static Message<byte[]?, byte[]?> Of(FeedbackEvent feedback) => new()
    {
        Key = Encoding.UTF8.GetBytes(feedback.Model),
        Value = Encoding.UTF8.GetBytes(feedback.Write()),
        Headers = new Headers
        {
            { "ce_specversion", "1.0"u8.ToArray() },
            { "ce_type", Encoding.UTF8.GetBytes(Type) },
            { "ce_source", "/leptonstream/notifier"u8.ToArray() },
            { "ce_id", Encoding.UTF8.GetBytes(feedback.Id) },
            { "ce_time", Encoding.UTF8.GetBytes(feedback.At.ToString()) },
            { "ce_subject", Encoding.UTF8.GetBytes(feedback.AlertId) },
            { "content-type", "application/json"u8.ToArray() },
        },
    };
}
