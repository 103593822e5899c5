using System.Buffers;
using System.Text;
using System.Text.Json;
using LeptonStream.Samples;

namespace LeptonStream.Alerts;

/// <summary>
/// A record that travels the way of an alert and is none: notifiers send it to each partition of the metrics topic, whoever judges that
/// partition passes it on to the alerts topic, and the notifiers take note that it came back. It belongs to no series and moves no clock.
/// </summary>
/// <param name="SentAt">Time at which it set out, in whole milliseconds; all probes of one round have the same.</param>
public sealed record Probe(Timestamp SentAt)
{
    /// <summary>The key of its records, on both topics. No model may have this name.</summary>
    public const string Key = "lepton.probe";

    private const string SentAtField = "probeSentAt";
    private const int LargestValue = 256;

    private static readonly byte[] KeyBytes = Encoding.UTF8.GetBytes(Key);

    /// <summary>Whether a record is a probe, and which. Never throws on any bytes; of other keys it only compares the key.</summary>
    /// <param name="key">The record's key.</param>
    /// <param name="value">The record's value.</param>
    /// <returns>The probe; null where the record is anything else.</returns>
    public static Probe? Read(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) =>
        key.SequenceEqual(KeyBytes) && value.Length <= LargestValue ? Parse(value) : null;

    /// <summary>The value of its record on the metrics topic, UTF-8 JSON.</summary>
    public byte[] Write() => Write(null);

    /// <summary>The value of its record on the alerts topic, UTF-8 JSON.</summary>
    /// <param name="partition">The input partition that it came through, from 0.</param>
    /// <param name="offset">Its offset there, from 0.</param>
    public byte[] Write(int partition, long offset) => Write((partition, offset));

    private byte[] Write((int Partition, long Offset)? source)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber(SentAtField, SentAt.UnixMilliseconds);
            if (source is { } from)
            {
                json.WriteNumber("sourcePartition", from.Partition);
                json.WriteNumber("sourceOffset", from.Offset);
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static Probe? Parse(ReadOnlySpan<byte> value)
    {
        try
        {
            var json = new Utf8JsonReader(value);
            return json.Read() && json.TokenType == JsonTokenType.StartObject
                && json.Read() && json.TokenType == JsonTokenType.PropertyName && json.ValueTextEquals(SentAtField)
                && json.Read() && json.TokenType == JsonTokenType.Number && json.TryGetInt64(out var sentAt)
                ? new(Timestamp.FromUnixMilliseconds(sentAt))
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
