using System.Text.Json.Serialization;
using LeptonStream.Dashboard.Live;

namespace LeptonStream.Dashboard.Alerts;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AlertList))]
[JsonSerializable(typeof(AlertDetail))]
[JsonSerializable(typeof(LiveState))]
internal sealed partial class AlertJson : JsonSerializerContext;
