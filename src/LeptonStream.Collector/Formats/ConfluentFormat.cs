using System.Buffers.Binary;
using Avro;
using LeptonStream.Collector.Points;

namespace LeptonStream.Collector.Formats;

/// <summary>
/// Confluent's wire format: a zero, the id of a schema in four bytes, the payload. JSON needs no schema, nor does Protobuf, which is read
/// where it is OTLP; Avro's schemas come from <see cref="FormatCatalog.Schemas"/>, and its records are read as the JSON that they are.
/// </summary>
internal sealed class ConfluentFormat(FormatCatalog formats) : IPayloadFormat
{
    private const int HeaderBytes = 5;

    // Ids are few; a registry with more is asked again.
    private const int MostSchemas = 1000;

    private readonly Dictionary<int, Schema?> _schemas = [];
    private readonly AvroJson _avro = new();

    public string Name => "confluent";

    public FormatOutcome Read(ReadOnlySpan<byte> payload, PointBatch into, in FormatLimits limits)
    {
        if (into.Begin(payload, limits) is { } refused) return refused;
        if (payload.Length <= HeaderBytes || payload[0] != 0)
            return into.RefuseAll(RefusalReason.Malformed, "the payload has no magic byte with the id of a schema");
        var inner = payload[HeaderBytes..];
        var begin = inner.TrimStart(" \t\r\n"u8);
        if (!begin.IsEmpty && begin[0] is (byte)'{' or (byte)'[') return ReadInner(inner, into, limits);
        if (OfFirstMessage(inner) is { Length: > 0 } message && formats.ByLook(message).Format is OtlpProtoFormat otlp)
            return otlp.Read(message, into, limits);
        return ReadAvro(BinaryPrimitives.ReadInt32BigEndian(payload[1..]), inner, into, limits);
    }

    // Before a Protobuf message stand its indexes within its schema, with their number: [1, 0] is the first message, and a zero is short
    // for it. The number is zig-zag.
    private static ReadOnlySpan<byte> OfFirstMessage(ReadOnlySpan<byte> inner) =>
        inner[0] == 0 ? inner[1..] : inner.StartsWith((ReadOnlySpan<byte>)[2, 0]) ? inner[2..] : default;

    private FormatOutcome ReadAvro(int id, ReadOnlySpan<byte> record, PointBatch into, in FormatLimits limits)
    {
        if (SchemaOf(id) is not { } schema) return into.RefuseAll(RefusalReason.NoSchema, $"no Avro schema with the id {id} can be had");
        var reason = _avro.TryRead(schema, record, limits, out var json);
        return reason == RefusalReason.None ? ReadInner(json, into, limits)
            : into.RefuseAll(reason, $"no record of the Avro schema with the id {id}");
    }

    private FormatOutcome ReadInner(ReadOnlySpan<byte> inner, PointBatch into, in FormatLimits limits)
    {
        var choice = formats.ByLook(inner);
        return choice.Format is null or ConfluentFormat
            ? into.RefuseAll(RefusalReason.UnknownFormat, $"the payload behind the schema's id: {choice.Reason}")
            : choice.Format.Read(inner, into, limits);
    }

    // What could not be had is asked for again: a registry may be away.
    private Schema? SchemaOf(int id)
    {
        if (_schemas.TryGetValue(id, out var known)) return known;
        if (formats.Schemas?.Invoke(id) is not { } text) return null;
        if (_schemas.Count >= MostSchemas) _schemas.Clear();
        try
        {
            return _schemas[id] = Schema.Parse(text);
        }
        catch (Exception wrong) when (wrong is AvroException or Newtonsoft.Json.JsonException or ArgumentException)
        {
            return _schemas[id] = null;
        }
    }
}
