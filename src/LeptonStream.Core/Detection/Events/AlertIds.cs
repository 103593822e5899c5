using System.IO.Hashing;
using System.Text;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Detection.Events;

/// <summary>
/// The ids of alerts and events: of an alert, a function of topic id, partition, series, kind and onset; of an event, of the alert's id and
/// its number in the alert's life. So a replay makes the same ones, and no other alert ever has them.
/// </summary>
internal static class AlertIds
{
    /// <summary>The id of an alert.</summary>
    /// <param name="sink">Topic and partition.</param>
    /// <param name="subject">The series or entity.</param>
    /// <param name="kind">Kind of alert: a series, an entity or a run has at most one of each kind at a time.</param>
    /// <param name="onset">Event time at which the trouble began.</param>
    public static UInt128 OfAlert(in EventSink sink, SeriesId subject, string kind, Timestamp onset)
    {
        var series = SeriesId.Derive(subject.Value ^ sink.TopicId, sink.Position.Partition, 0, 0);
        return SeriesId.Derive(series ^ XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(kind)), onset.UnixNanoseconds, 0, 0);
    }

    /// <summary>The id of an event.</summary>
    /// <param name="alert">The alert's id.</param>
    /// <param name="number">Its number in the alert's life, from 0.</param>
    public static UInt128 OfEvent(UInt128 alert, long number) => SeriesId.Derive(alert, 1, number, 0);

    /// <summary>The id of the last event of an alert that ended because its state was lost: there is one at most.</summary>
    /// <param name="alert">The alert's id.</param>
    public static UInt128 OfLoss(UInt128 alert) => SeriesId.Derive(alert, 2, 0, 0);

    /// <summary>The id of the alert of a gap in the knowledge of a partition.</summary>
    /// <param name="sink">Topic and partition.</param>
    /// <param name="offset">Where the gap is.</param>
    /// <param name="cause">Its cause, as a number.</param>
    public static UInt128 OfGap(in EventSink sink, long offset, int cause) =>
        SeriesId.Derive(OfTopic("state_gap") ^ sink.TopicId, sink.Position.Partition, offset, cause);

    /// <summary>The id of the alert that tells of a change by a verdict.</summary>
    /// <param name="sink">Topic and partition.</param>
    /// <param name="verdict">The verdict's id.</param>
    public static UInt128 OfVerdict(in EventSink sink, string verdict) =>
        SeriesId.Derive(OfTopic("verdict") ^ sink.TopicId ^ OfTopic(verdict), sink.Position.Partition, 0, 0);

    /// <summary>The id of the alert that tells of a change of a model's version.</summary>
    /// <param name="sink">Topic and partition.</param>
    /// <param name="model">The model.</param>
    /// <param name="from">The version before.</param>
    /// <param name="to">The new version.</param>
    /// <param name="began">Event time at which it began.</param>
    public static UInt128 OfUpdate(in EventSink sink, string model, string from, string to, Timestamp began) =>
        SeriesId.Derive(OfTopic("model_update") ^ sink.TopicId ^ OfTopic($"{model}\0{from}\0{to}"), sink.Position.Partition,
            began.UnixNanoseconds, 0);

    /// <summary>A topic's own id.</summary>
    public static UInt128 OfTopic(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes);
        return new(BitConverter.ToUInt64(bytes[8..]), BitConverter.ToUInt64(bytes));
    }

    /// <summary>Stands for a topic's id where that is not known.</summary>
    /// <param name="topic">Its name.</param>
    public static UInt128 OfTopic(string topic) => XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(topic));
}
