using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using System.Text.Unicode;
using LeptonStream.Collector.Points;

namespace LeptonStream.Collector.Formats;

/// <summary>
/// JSON objects around payloads, one, a list of them, or one a line: a CloudEvent in structured mode (<c>data</c> or
/// <c>data_base64</c>), or Kafka Connect's <c>{"schema":…,"payload":…}</c>. A payload may be a text, in Base64 where the schema says
/// <c>bytes</c>. It is read by the format that it looks like; an envelope within an envelope is refused.
/// </summary>
internal sealed class EnvelopeFormat(string name, FormatCatalog formats) : IPayloadFormat
{
    private const int MostBytesKept = 4 << 20;

    private byte[] _inner = [];

    public string Name => name;

    public FormatOutcome Read(ReadOnlySpan<byte> payload, PointBatch into, in FormatLimits limits)
    {
        if (into.Begin(payload, limits) is { } refused) return refused;
        if (!Utf8.IsValid(payload)) return into.RefuseAll(RefusalReason.InvalidUtf8, "the envelope is not UTF-8");
        var (points, faults) = (into.PointCount, into.FaultCount);
        var rest = payload.TrimStart(" \t\r\n"u8);
        if (rest.IsEmpty) return into.RefuseAll(RefusalReason.Empty, "the payload is blank");
        while (!rest.IsEmpty)
        {
            if (TryReadValue(rest, into, limits, points) is not { } end)
            {
                into.Refuse(RefusalReason.Malformed, "the envelope is not JSON, nests too deep, or has an escape for no character");
                break;
            }

            rest = rest[end..].TrimStart(" \t\r\n"u8);
        }

        return into.OutcomeSince(points, faults);
    }

    // An envelope or a list of them; null where it is none. Inner payloads are read once the reader is through with their envelope.
    private int? TryReadValue(ReadOnlySpan<byte> text, PointBatch into, in FormatLimits limits, int firstPoint)
    {
        var json = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = limits.Depth });
        try
        {
            json.Read();
            if (json.TokenType != JsonTokenType.StartArray)
            {
                ReadEnvelope(ref json, text, into, limits, firstPoint);
                return (int)json.BytesConsumed;
            }

            while (json.Read() && json.TokenType != JsonTokenType.EndArray) ReadEnvelope(ref json, text, into, limits, firstPoint);
            return (int)json.BytesConsumed;
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private void ReadEnvelope(ref Utf8JsonReader json, ReadOnlySpan<byte> text, PointBatch into, in FormatLimits limits, int firstPoint)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            into.Refuse(RefusalReason.WrongType, "the envelope is no JSON object");
            json.Skip();
            return;
        }

        var found = Find(ref json);
        if (found.Length == 0)
        {
            into.Refuse(RefusalReason.MissingField, "the envelope holds no payload");
            return;
        }

        var inner = text.Slice(found.Start, found.Length);
        if (found.IsText && !TryUnescape(ref inner)) into.Refuse(RefusalReason.Malformed, "the text has an escape for no character");
        else if (found.IsEncoded && !TryDecode(ref inner)) into.Refuse(RefusalReason.Malformed, "the payload is not Base64");
        else ReadInner(inner, into, limits with { Points = limits.Points - (into.PointCount - firstPoint) });
    }

    private void ReadInner(ReadOnlySpan<byte> inner, PointBatch into, in FormatLimits limits)
    {
        var choice = formats.ByLook(inner);
        if (choice.Format is null or EnvelopeFormat)
            into.Refuse(RefusalReason.UnknownFormat, $"the payload of the envelope: {choice.Reason}");
        else
            choice.Format.Read(inner, into, limits);
    }

    // The last one counts, where there are several.
    private static Content Find(ref Utf8JsonReader json)
    {
        var found = default(Content);
        var isBytes = false;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isEncoded = json.ValueTextEquals("data_base64"u8);
            var isPlain = json.ValueTextEquals("data"u8) || json.ValueTextEquals("payload"u8);
            var isSchema = json.ValueTextEquals("schema"u8);
            json.Read();
            if (isSchema && json.TokenType == JsonTokenType.StartObject)
            {
                isBytes = SaysBytes(ref json);
                continue;
            }

            var start = (int)json.TokenStartIndex;
            var isText = json.TokenType == JsonTokenType.String;
            json.Skip();
            if (!(isEncoded || isPlain) || json.TokenType == JsonTokenType.Null || (isEncoded && !isText)) continue;
            var length = (int)json.BytesConsumed - start;
            found = isText ? new(start + 1, length - 2, true, isEncoded) : new(start, length, false, false);
        }

        return found with { IsEncoded = found.IsEncoded || (isBytes && found.IsText) };
    }

    private static bool SaysBytes(ref Utf8JsonReader json)
    {
        var isBytes = false;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isType = json.ValueTextEquals("type"u8);
            json.Read();
            if (isType && json.TokenType == JsonTokenType.String) isBytes = json.ValueTextEquals("bytes"u8);
            json.Skip();
        }

        return isBytes;
    }

    // A text has at most as many bytes as its JSON.
    private bool TryUnescape(ref ReadOnlySpan<byte> text)
    {
        if (!text.Contains((byte)'\\')) return true;
        var quoted = new byte[text.Length + 2];
        (quoted[0], quoted[^1]) = ((byte)'"', (byte)'"');
        text.CopyTo(quoted.AsSpan(1));
        var json = new Utf8JsonReader(quoted);
        Grow(text.Length);
        try
        {
            json.Read();
            text = _inner.AsSpan(0, json.CopyString(_inner));
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private bool TryDecode(ref ReadOnlySpan<byte> encoded)
    {
        // Where the text was unescaped it lies there already.
        if (encoded.Overlaps(_inner))
        {
            if (Base64.DecodeFromUtf8InPlace(_inner.AsSpan(0, encoded.Length), out var bytes) != OperationStatus.Done) return false;
            encoded = _inner.AsSpan(0, bytes);
            return true;
        }

        Grow(Base64.GetMaxDecodedFromUtf8Length(encoded.Length));
        if (Base64.DecodeFromUtf8(encoded, _inner, out _, out var written) != OperationStatus.Done) return false;
        encoded = _inner.AsSpan(0, written);
        return true;
    }

    private void Grow(int bytes)
    {
        if (_inner.Length < bytes || _inner.Length > MostBytesKept) _inner = new byte[bytes];
    }

    private readonly record struct Content(int Start, int Length, bool IsText, bool IsEncoded);
}
