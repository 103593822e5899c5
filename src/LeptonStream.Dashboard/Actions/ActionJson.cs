using System.Text.Json.Serialization;
using LeptonStream.Dashboard.Access;

namespace LeptonStream.Dashboard.Actions;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Person))]
[JsonSerializable(typeof(SignInRequest))]
[JsonSerializable(typeof(AcknowledgeRequest))]
[JsonSerializable(typeof(AssignRequest))]
[JsonSerializable(typeof(NoteRequest))]
[JsonSerializable(typeof(CloseRequest))]
[JsonSerializable(typeof(VerdictRequest))]
[JsonSerializable(typeof(ActionList))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class ActionJson : JsonSerializerContext;
