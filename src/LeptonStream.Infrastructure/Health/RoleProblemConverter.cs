using System.Text.Json;
using System.Text.Json.Serialization;

namespace LeptonStream.Health;

/// <summary>Writes a problem as an object, and also reads the bare sentence that older programs wrote.</summary>
public sealed class RoleProblemConverter : JsonConverter<RoleProblem>
{
    public override RoleProblem Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String) return RoleProblem.Plain(reader.GetString()!);
        var parts = JsonSerializer.Deserialize(ref reader, ProblemJson.Default.ProblemParts)
            ?? throw new JsonException("a problem is null");
        return new(parts.Code, parts.Text, parts.Values, parts.Role);
    }

    public override void Write(Utf8JsonWriter writer, RoleProblem value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(value);
        var parts = new ProblemParts { Code = value.Code, Text = value.Text, Values = value.Values, Role = value.Role };
        JsonSerializer.Serialize(writer, parts, ProblemJson.Default.ProblemParts);
    }
}

/// <summary>A <see cref="RoleProblem"/> on the wire.</summary>
internal sealed record ProblemParts
{
    public required string Code { get; init; }

    public required string Text { get; init; }

    public required IReadOnlyDictionary<string, string> Values { get; init; }

    public string? Role { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ProblemParts))]
[JsonSerializable(typeof(RoleProblem[]))]
internal sealed partial class ProblemJson : JsonSerializerContext;
