using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Alerting;

/// <summary>
/// The JSON form of the state of groups and of notifications, as stores keep it: camel case, labels as an object, times as RFC 3339.
/// </summary>
public static class AlertingJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new LabelSetConverter(), new FingerprintConverter(), new TimestampConverter(),
        new NotifyReasonConverter() },
    };

    /// <summary>Writes a label set, a group's member, a notification or a group's log (<see cref="AlertGroupState.Notified"/>).</summary>
    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Options);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="JsonException">It is not that.</exception>
    public static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, Options)
        ?? throw new JsonException($"{typeof(T).Name} is null");

    // One of a later version is no reason to lose the message.
    private sealed class NotifyReasonConverter : JsonConverter<NotifyReason>
    {
        private static readonly Dictionary<string, NotifyReason> ByName = Enum.GetValues<NotifyReason>().ToDictionary(NameOf);

        public override NotifyReason Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            ByName.GetValueOrDefault(reader.GetString() ?? "", NotifyReason.NewAlerts);

        public override void Write(Utf8JsonWriter writer, NotifyReason value, JsonSerializerOptions options) =>
            writer.WriteStringValue(NameOf(value));

        private static string NameOf(NotifyReason reason) => JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString());
    }

    private sealed class LabelSetConverter : JsonConverter<LabelSet>
    {
        public override LabelSet Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            LabelSet.Of(JsonSerializer.Deserialize<Dictionary<string, string>>(ref reader, options) ?? []);

        public override void Write(Utf8JsonWriter writer, LabelSet value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            foreach (var (name, text) in value) writer.WriteString(name, text);
            writer.WriteEndObject();
        }
    }

    private sealed class FingerprintConverter : JsonConverter<Fingerprint>
    {
        public override Fingerprint Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Fingerprint.Parse(reader.GetString() ?? "");

        public override void Write(Utf8JsonWriter writer, Fingerprint value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }

    private sealed class TimestampConverter : JsonConverter<Timestamp>
    {
        public override Timestamp Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Timestamp.FromDateTimeOffset(reader.GetDateTimeOffset());

        public override void Write(Utf8JsonWriter writer, Timestamp value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
