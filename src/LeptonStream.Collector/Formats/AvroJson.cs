using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using Avro;
using LeptonStream.Collector.Points;

namespace LeptonStream.Collector.Formats;

/// <summary>
/// Writes an Avro record as JSON. The walk over the bytes is ours: the library's reader takes memory for as many members as a block says
/// that it has, before it has seen one.
/// </summary>
internal sealed class AvroJson
{
    private const int MostBytesKept = 1 << 20;

    private ArrayBufferWriter<byte> _bytes = new();

    /// <summary>Reads one record.</summary>
    /// <param name="schema">Its schema.</param>
    /// <param name="record">Its bytes.</param>
    /// <param name="limits">How deep and how long it may be.</param>
    /// <param name="json">The same as JSON; valid until the next call.</param>
    public RefusalReason TryRead(Schema schema, ReadOnlySpan<byte> record, in FormatLimits limits, out ReadOnlySpan<byte> json)
    {
        json = default;
        if (_bytes.Capacity > MostBytesKept) _bytes = new();
        _bytes.ResetWrittenCount();
        using var writer = new Utf8JsonWriter(_bytes, new JsonWriterOptions { SkipValidation = true });
        var walk = new Walk(record, writer, limits);
        walk.Write(schema, limits.Depth);
        if (walk.Fault != RefusalReason.None) return walk.Fault;
        if (!walk.IsAtEnd) return RefusalReason.Malformed;
        writer.Flush();
        json = _bytes.WrittenSpan;
        return RefusalReason.None;
    }

    private ref struct Walk(ReadOnlySpan<byte> record, Utf8JsonWriter json, FormatLimits limits)
    {
        private readonly ReadOnlySpan<byte> _record = record;
        private readonly int _mostBytes = limits.DecompressedBytes;
        private ProtoReader _in = new(record);

        // Members may take no bytes at all (null), so that they are counted.
        private int _membersLeft = 32 * limits.Points;

        public RefusalReason Fault { get; private set; }

        public readonly bool IsAtEnd => !_in.IsFailed && _in.At == _record.Length;

        public void Write(Schema schema, int depth)
        {
            if (Fault != RefusalReason.None || IsTooMuch(depth)) return;
            switch (schema)
            {
                case LogicalSchema logical: Write(logical.BaseSchema, depth); break;
                case RecordSchema all: WriteRecord(all, depth); break;
                case ArraySchema array: WriteBlocks(array.ItemSchema, isMap: false, depth); break;
                case MapSchema map: WriteBlocks(map.ValueSchema, isMap: true, depth); break;
                case UnionSchema union: WriteUnion(union, depth); break;
                case EnumSchema symbols: WriteSymbol(symbols); break;
                case FixedSchema bytes: json.WriteBase64StringValue(Take(bytes.Size)); break;
                default: WritePrimitive(schema); break;
            }
        }

        private bool IsTooMuch(int depth)
        {
            if (_in.IsFailed) Fault = RefusalReason.Malformed;
            else if (depth == 0) Fault = RefusalReason.TooDeep;
            else if (--_membersLeft < 0) Fault = RefusalReason.TooManyPoints;
            else if (json.BytesCommitted + json.BytesPending > _mostBytes) Fault = RefusalReason.TooLargeDecompressed;
            return Fault != RefusalReason.None;
        }

        private void WriteRecord(RecordSchema schema, int depth)
        {
            json.WriteStartObject();
            foreach (var field in schema.Fields)
            {
                json.WritePropertyName(field.Name);
                Write(field.Schema, depth - 1);
                if (Fault != RefusalReason.None) return;
            }

            json.WriteEndObject();
        }

        // Blocks: how many members, the members, and so on until a block of none. A negative number has the block's bytes behind it.
        private void WriteBlocks(Schema member, bool isMap, int depth)
        {
            if (isMap) json.WriteStartObject();
            else json.WriteStartArray();
            for (var count = _in.ZigZag(); count != 0; count = _in.ZigZag())
            {
                if (count < 0)
                {
                    if (count == long.MinValue) _in.Fail();
                    count = Math.Abs(Math.Max(count, -long.MaxValue));
                    _in.ZigZag();
                }

                for (; count > 0; count--)
                {
                    if (isMap) json.WritePropertyName(TakeText());
                    Write(member, depth - 1);
                    if (Fault != RefusalReason.None) return;
                }
            }

            if (isMap) json.WriteEndObject();
            else json.WriteEndArray();
        }

        private void WriteUnion(UnionSchema union, int depth)
        {
            var branch = _in.ZigZag();
            if (branch >= 0 && branch < union.Count) Write(union[(int)branch], depth - 1);
            else Fault = RefusalReason.Malformed;
        }

        private void WriteSymbol(EnumSchema symbols)
        {
            var at = _in.ZigZag();
            if (at >= 0 && at < symbols.Count) json.WriteStringValue(symbols[(int)at]);
            else Fault = RefusalReason.Malformed;
        }

        private void WritePrimitive(Schema schema)
        {
            switch (schema.Tag)
            {
                case Schema.Type.Null: json.WriteNullValue(); break;
                case Schema.Type.Boolean: json.WriteBooleanValue(_in.Varint() != 0); break;
                case Schema.Type.Int or Schema.Type.Long: json.WriteNumberValue(_in.ZigZag()); break;
                case Schema.Type.Float:
                    var four = Take(sizeof(float));
                    AttributeJson.WriteNumber(json, four.Length == sizeof(float) ? BitConverter.ToSingle(four) : 0);
                    break;
                case Schema.Type.Double: AttributeJson.WriteNumber(json, _in.Double()); break;
                case Schema.Type.String: json.WriteStringValue(TakeText()); break;
                case Schema.Type.Bytes: json.WriteBase64StringValue(Take(_in.ZigZag())); break;
                default: Fault = RefusalReason.Unsupported; break;
            }
        }

        private ReadOnlySpan<byte> TakeText()
        {
            var text = Take(_in.ZigZag());
            if (Utf8.IsValid(text)) return text;
            Fault = RefusalReason.InvalidUtf8;
            return default;
        }

        private ReadOnlySpan<byte> Take(long length)
        {
            var at = _in.At;
            if (length < 0 || length > _record.Length - at)
            {
                _in.Fail();
                Fault = RefusalReason.Malformed;
                return default;
            }

            _in.SkipTo(at + (int)length);
            return _record.Slice(at, (int)length);
        }
    }
}
