using System.Buffers.Text;
using System.Text.Json;
using System.Text.Unicode;
using LeptonStream.Collector.Points;

namespace LeptonStream.Collector.Formats;

/// <summary>
/// A JSON object around a payload: a CloudEvent in structured mode (<c>data</c> or <c>data_base64</c>), or Kafka Connect's
/// <c>{"schema":…,"payload":…}</c>. The payload is read by the format that it looks like; an envelope within an envelope is refused.
/// </summary>
internal sealed class EnvelopeFormat(string name, FormatCatalog formats) : IPayloadFormat
{
    private byte[] _inner = [];

    public string Name => name;

    public FormatOutcome Read(ReadOnlySpan<byte> payload, PointBatch into, in FormatLimits limits)
    {
        if (into.Begin(payload, limits) is { } refused) return refused;
        if (!Utf8.IsValid(payload)) return into.RefuseAll(RefusalReason.InvalidUtf8, "the envelope is not UTF-8");
        var found = default(Content);
        try
        {
            var json = new Utf8JsonReader(payload, new JsonReaderOptions { MaxDepth = limits.Depth });
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
                return into.RefuseAll(RefusalReason.WrongType, "the envelope is no JSON object");
            found = Find(ref json);
            while (json.Read())
            {
            }
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            return into.RefuseAll(RefusalReason.Malformed, "the envelope is not JSON, nests too deep, or has an escape for no character");
        }

        if (found.Length == 0) return into.RefuseAll(RefusalReason.MissingField, "the envelope holds no payload");
        var inner = payload.Slice(found.Start, found.Length);
        if (found.IsEncoded && !TryDecode(ref inner)) return into.RefuseAll(RefusalReason.Malformed, "data_base64 is not Base64");
        return ReadInner(inner, into, limits);
    }

    private FormatOutcome ReadInner(ReadOnlySpan<byte> inner, PointBatch into, in FormatLimits limits)
    {
        var choice = formats.ByLook(inner);
        return choice.Format is null or EnvelopeFormat
            ? into.RefuseAll(RefusalReason.UnknownFormat, $"the payload of the envelope: {choice.Reason}")
            : choice.Format.Read(inner, into, limits);
    }

    // The last one counts, where there are several.
    private static Content Find(ref Utf8JsonReader json)
    {
        var found = default(Content);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isEncoded = json.ValueTextEquals("data_base64"u8);
            var isPlain = json.ValueTextEquals("data"u8) || json.ValueTextEquals("payload"u8);
            json.Read();
            var start = (int)json.TokenStartIndex;
            var isText = json.TokenType == JsonTokenType.String;
            json.Skip();
            if (!isEncoded && !isPlain) continue;
            var length = (int)json.BytesConsumed - start;
            if (json.TokenType == JsonTokenType.Null) continue;
            if (isText && isEncoded) found = new(start + 1, length - 2, true);
            else if (!isText && isPlain) found = new(start, length, false);
        }

        return found;
    }

    private bool TryDecode(ref ReadOnlySpan<byte> encoded)
    {
        var most = Base64.GetMaxDecodedFromUtf8Length(encoded.Length);
        if (_inner.Length < most || _inner.Length > MostBytesKept) _inner = new byte[most];
        if (Base64.DecodeFromUtf8(encoded, _inner, out _, out var written) != System.Buffers.OperationStatus.Done) return false;
        encoded = _inner.AsSpan(0, written);
        return true;
    }

    private const int MostBytesKept = 4 << 20;

    private readonly record struct Content(int Start, int Length, bool IsEncoded);
}
