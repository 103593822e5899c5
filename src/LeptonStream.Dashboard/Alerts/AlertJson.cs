using System.Text.Json.Serialization;

namespace LeptonStream.Dashboard.Alerts;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AlertList))]
[JsonSerializable(typeof(AlertDetail))]
internal sealed partial class AlertJson : JsonSerializerContext;
