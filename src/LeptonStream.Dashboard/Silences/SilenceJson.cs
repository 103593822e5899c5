using System.Text.Json;
using System.Text.Json.Serialization;

namespace LeptonStream.Dashboard.Silences;

/// <summary>A matcher in Alertmanager's API.</summary>
/// <param name="Name">The label.</param>
/// <param name="Value">What it is compared with.</param>
/// <param name="IsRegex">Whether that is a regular expression.</param>
/// <param name="IsEqual">Whether it must match; false turns the matcher round.</param>
internal sealed record ApiMatcher(string Name, string Value, bool IsRegex, bool IsEqual = true);

/// <summary>A silence as <c>POST /api/v2/silences</c> takes it.</summary>
internal sealed record PostableSilence
{
    public string? Id { get; init; }

    public IReadOnlyList<ApiMatcher>? Matchers { get; init; }

    public DateTimeOffset? StartsAt { get; init; }

    public DateTimeOffset? EndsAt { get; init; }

    public string? CreatedBy { get; init; }

    public string? Comment { get; init; }
}

/// <summary>A silence as Alertmanager's API shows it.</summary>
internal sealed record GettableSilence(
    string Id,
    SilenceStatus Status,
    DateTimeOffset UpdatedAt,
    string Comment,
    string CreatedBy,
    DateTimeOffset EndsAt,
    IReadOnlyList<ApiMatcher> Matchers,
    DateTimeOffset StartsAt);

/// <param name="State">expired, active or pending.</param>
internal sealed record SilenceStatus(string State);

/// <summary>The answer to a silence that was made or changed.</summary>
/// <param name="SilenceId">Its id; another one than was sent where the old one had to end.</param>
internal sealed record SilenceMade([property: JsonPropertyName("silenceID")] string SilenceId);

/// <summary>Matchers of which somebody wants to know what they would mute.</summary>
internal sealed record SilencePreviewRequest(IReadOnlyList<ApiMatcher>? Matchers);

/// <summary>The open alerts that a silence would mute.</summary>
/// <param name="Total">Number of them.</param>
/// <param name="AlertIds">Their ids, the most urgent first; at most 1000.</param>
internal sealed record SilencePreview(int Total, IReadOnlyList<string> AlertIds);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(PostableSilence))]
[JsonSerializable(typeof(IReadOnlyList<GettableSilence>))]
[JsonSerializable(typeof(SilenceMade))]
[JsonSerializable(typeof(SilencePreviewRequest))]
[JsonSerializable(typeof(SilencePreview))]
[JsonSerializable(typeof(ApiMatcher[]))]
[JsonSerializable(typeof(string))]
internal sealed partial class SilenceJson : JsonSerializerContext;
