using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Confluent.Kafka;

namespace LeptonStream.Kafka;

/// <summary>
/// A record that could not be used, as a record of the dead-letter topic: its own key, value, headers and time, and why, in the headers
/// that Kafka Connect uses (all text) and in <c>lepton.reason</c>. It is cut to a size that every topic takes: one too large to be
/// dead-lettered would stop its partition for good.
/// </summary>
public static class DeadLetter
{
    /// <summary>Most bytes kept of a value, of a key, and of all original headers together.</summary>
    public const int KeptBytes = 64 * 1024;

    /// <summary>The reason of a record that the broker refuses for good.</summary>
    public const string RefusedByBroker = "refused_by_broker";

    /// <summary>The reason of records that no client can decode.</summary>
    public const string Undecodable = "undecodable";

    /// <summary>The reason of records that retention removed before they were read.</summary>
    public const string RecordsGone = "records_gone";

    public const string FromHeader = "lepton.offset.from";
    public const string ToHeader = "lepton.offset.to";
    public const string ReasonHeader = "lepton.reason";
    public const string LengthHeader = "lepton.payload.length";
    public const string Sha256Header = "lepton.payload.sha256";
    public const string KeyLengthHeader = "lepton.key.length";
    public const string HeadersDroppedHeader = "lepton.headers.dropped";
    public const string TimestampHeader = "lepton.timestamp";

    private const int DetailCharacters = 1024;

    /// <param name="record">The record that could not be used.</param>
    /// <param name="reason">Reason as a fixed word such as <c>malformed_json</c>.</param>
    /// <param name="detail">Reason for people, naming the field.</param>
    /// <param name="stage">The stage that refused it, in Kafka Connect's words, such as <c>VALUE_CONVERTER</c>.</param>
    /// <param name="role">The program that refused it, such as <c>lepton-detector</c>.</param>
    /// <param name="now">The wall clock: a broker refuses records from the future, whatever their producer's clock said.</param>
    public static Message<byte[]?, byte[]?> Of(ConsumeResult<byte[]?, byte[]?> record, string reason, string detail, string stage,
        string role, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(record);
        var headers = Keep(record.Message.Headers);
        Add(headers, "__connect.errors.topic", record.Topic);
        Add(headers, "__connect.errors.partition", Number(record.Partition.Value));
        Add(headers, "__connect.errors.offset", Number(record.Offset.Value));
        Add(headers, "__connect.errors.connector.name", role);
        Add(headers, "__connect.errors.task.id", Number(record.Partition.Value));
        Add(headers, "__connect.errors.stage", stage);
        Add(headers, "__connect.errors.exception.message", Shorten(detail));
        Add(headers, ReasonHeader, reason);
        if (record.Message.Value is { } value) AddOriginal(headers, value);

        var key = record.Message.Key;
        if (key?.Length > KeptBytes) Add(headers, KeyLengthHeader, Number(key.Length));
        var logged = record.Message.Timestamp.UnixTimestampMs;
        var time = Math.Min(logged, now.ToUnixTimeMilliseconds());
        if (time != logged) Add(headers, TimestampHeader, Number(logged));

        // Here the producer sets the time, whichever side set that of the original.
        return new() { Key = Cut(key), Value = Cut(record.Message.Value), Headers = headers,
            Timestamp = new(time, TimestampType.CreateTime) };
    }

    /// <summary>A record of our own that the broker refuses for good, as a dead letter.</summary>
    /// <param name="refused">The record and the broker's answer.</param>
    /// <param name="role">The program that made it, such as <c>lepton-detector</c>.</param>
    public static Message<byte[]?, byte[]?> Of(RefusedRecord refused, string role)
    {
        ArgumentNullException.ThrowIfNull(refused);
        var message = refused.Message;
        var headers = Keep(message.Headers);
        Add(headers, "__connect.errors.topic", refused.To.Topic);
        Add(headers, "__connect.errors.partition", Number(refused.To.Partition.Value));
        Add(headers, "__connect.errors.connector.name", role);
        Add(headers, "__connect.errors.stage", "TASK_PUT");
        Add(headers, "__connect.errors.exception.message", Shorten(refused.Error.Reason));
        Add(headers, ReasonHeader, RefusedByBroker);
        if (message.Value is { } value) AddOriginal(headers, value);
        return new() { Key = Cut(message.Key), Value = Cut(message.Value), Headers = headers };
    }

    /// <summary>Records that are lost unread, as one dead letter without key and value.</summary>
    /// <param name="partition">Their partition.</param>
    /// <param name="range">Their offsets.</param>
    /// <param name="reason">Why, as a fixed word such as <see cref="Undecodable"/>.</param>
    /// <param name="detail">Why, for people.</param>
    /// <param name="role">Who lost them, such as <c>lepton-detector</c>.</param>
    public static Message<byte[]?, byte[]?> OfLost(TopicPartition partition, OffsetRange range, string reason, string detail, string role)
    {
        ArgumentNullException.ThrowIfNull(partition);
        ArgumentNullException.ThrowIfNull(detail);
        var headers = new Headers();
        Add(headers, "__connect.errors.topic", partition.Topic);
        Add(headers, "__connect.errors.partition", Number(partition.Partition.Value));
        Add(headers, "__connect.errors.offset", Number(range.From));
        Add(headers, "__connect.errors.connector.name", role);
        Add(headers, "__connect.errors.task.id", Number(partition.Partition.Value));
        Add(headers, "__connect.errors.stage", "TASK_POLL");
        Add(headers, "__connect.errors.exception.message", Shorten(detail));
        Add(headers, ReasonHeader, reason);
        Add(headers, FromHeader, Number(range.From));
        Add(headers, ToHeader, Number(range.To));
        return new() { Headers = headers };
    }

    /// <summary>A dead letter that is itself too large for its topic, without key and value.</summary>
    public static Message<byte[]?, byte[]?> WithoutPayload(Message<byte[]?, byte[]?> letter)
    {
        ArgumentNullException.ThrowIfNull(letter);
        var headers = new Headers();
        foreach (var header in letter.Headers)
            if (header.Key.StartsWith("__connect.errors.", StringComparison.Ordinal)
                || header.Key.StartsWith("lepton.", StringComparison.Ordinal)) headers.Add(header);
        return new() { Headers = headers, Timestamp = letter.Timestamp };
    }

    private static void AddOriginal(Headers headers, byte[] value)
    {
        Add(headers, LengthHeader, Number(value.Length));
        Add(headers, Sha256Header, Convert.ToHexStringLower(SHA256.HashData(value)));
    }

    private static Headers Keep(Headers? original)
    {
        var kept = new Headers();
        var dropped = 0;
        var room = KeptBytes;
        foreach (var header in original ?? [])
        {
            // Each header costs its framing too, so that ten thousand empty ones don't fit either.
            room -= Encoding.UTF8.GetByteCount(header.Key) + (header.GetValueBytes()?.Length ?? 0) + 10;
            if (room >= 0) kept.Add(header.Key, header.GetValueBytes());
            else dropped++;
        }

        if (dropped > 0) Add(kept, HeadersDroppedHeader, Number(dropped));
        return kept;
    }

    private static byte[]? Cut(byte[]? bytes) => bytes?.Length > KeptBytes ? bytes[..KeptBytes] : bytes;

    private static string Shorten(string text) => text.Length > DetailCharacters ? text[..DetailCharacters] : text;

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static void Add(Headers headers, string name, string value) => headers.Add(name, Encoding.UTF8.GetBytes(value));
}
