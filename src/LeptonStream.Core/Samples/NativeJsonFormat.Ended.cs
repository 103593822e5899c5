using System.Text.Json;

namespace LeptonStream.Samples;

/// <content>The names of metrics that end with a message: nothing more comes of them.</content>
public sealed partial class NativeJsonFormat
{
    private RejectReason ReadEnded(ref Utf8JsonReader reader, SampleBatch batch)
    {
        if (reader.TokenType == JsonTokenType.Null) return RejectReason.None;
        if (reader.TokenType != JsonTokenType.StartArray)
            return Refuse(RejectReason.WrongType, $"'ended' is a JSON {Kind(reader.TokenType)}, not an array");
        var before = batch.EndedCount;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (batch.EndedCount - before == limits.Metrics)
                return Refuse(RejectReason.TooMany, $"'ended' has more than {limits.Metrics} entries");
            var reason = ReadText(ref reader, "ended (a name)", limits.NameBytes, batch, out var name);
            if (reason != RejectReason.None) return reason;
            batch.AddEnded(name);
        }

        return RejectReason.None;
    }
}
