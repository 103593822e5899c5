using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using LeptonStream.Alerts;
using LeptonStream.Collector.Edge.Spooling;
using LeptonStream.Kafka;

namespace LeptonStream.Collector.Edge.Local;

/// <summary>
/// The alerts' spool: of one sample record that led to events, one record. Its key is the sequence of that record, its value the events as
/// CloudEvents 1.0, one a line.
/// </summary>
internal static class AlertRecords
{
    private static readonly JsonWriterOptions Writing = new()
        { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Appends the events of a record.</summary>
    /// <param name="spool">The alerts' spool.</param>
    /// <param name="events">The events, at least one.</param>
    /// <param name="source">The sequence of the record that led to them.</param>
    /// <param name="edge">The edge's id.</param>
    /// <param name="now">Now.</param>
    public static void Append(Spool spool, IReadOnlyList<AlertEvent> events, long source, Guid edge, DateTimeOffset now)
    {
        var lines = new ArrayBufferWriter<byte>(4 << 10);
        foreach (var each in events)
        {
            using (var json = new Utf8JsonWriter(lines, Writing)) Write(json, each, edge);
            lines.Write("\n"u8);
        }

        Span<byte> key = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(key, source);
        spool.Append(now.ToUnixTimeMilliseconds(), key, lines.WrittenSpan);
    }

    /// <summary>The sequence of the last sample record whose events were written; −1 where there is none.</summary>
    public static long LastSource(Spool spool)
    {
        var last = -1L;
        var records = new List<SpoolRecord>();
        for (var reader = spool.ReadFrom(0); reader.Read(records, 64) > 0; records.Clear())
            foreach (var record in records)
                if (record.Key.Length == sizeof(long)) last = Math.Max(last, BinaryPrimitives.ReadInt64LittleEndian(record.Key));
        return last;
    }

    /// <summary>The events of a record, each a CloudEvent in JSON.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> EventsOf(SpoolRecord record)
    {
        for (ReadOnlyMemory<byte> rest = record.Value; !rest.IsEmpty;)
        {
            var end = rest.Span.IndexOf((byte)'\n');
            yield return end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
        }
    }

    private static void Write(Utf8JsonWriter json, AlertEvent alert, Guid edge)
    {
        json.WriteStartObject();
        json.WriteString("specversion", "1.0");
        json.WriteString("type", AlertRecord.TypeOf(alert.Type));
        json.WriteString("source", $"/leptonstream/edge/{edge:N}");
        json.WriteString("id", alert.Id);
        json.WriteString("time", alert.DetectedAt.ToString());
        json.WriteString("subject", AlertRecord.SubjectOf(alert));
        json.WriteString("datacontenttype", "application/json");
        json.WriteString("host", Environment.MachineName);
        json.WritePropertyName("data");
        AlertEventJson.Write(json, alert);
        json.WriteEndObject();
    }
}
