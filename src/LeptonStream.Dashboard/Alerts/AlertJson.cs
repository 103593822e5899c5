using System.Text.Json.Serialization;

namespace LeptonStream.Dashboard.Alerts;

// A score out of range in one event must not take the whole list down: it is written as "Infinity".
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(AlertList))]
[JsonSerializable(typeof(AlertDetail))]
internal sealed partial class AlertJson : JsonSerializerContext;
