using System.Text.Json;
using System.Text.Json.Serialization;
using LeptonStream.Alerting.Muting;
using LeptonStream.Samples;
using LeptonStream.Series;
using LeptonStream.Storage;
using LeptonStream.Yaml;

namespace LeptonStream.Dashboard.Silences;

/// <summary>A matcher in Alertmanager's API.</summary>
/// <param name="Name">The label.</param>
/// <param name="Value">What it is compared with.</param>
/// <param name="IsRegex">Whether that is a regular expression.</param>
/// <param name="IsEqual">Whether it must match; false turns the matcher round.</param>
internal sealed record ApiMatcher(string Name, string Value, bool IsRegex, bool IsEqual = true)
{
    /// <summary>The matcher as code, to ask whom it mutes.</summary>
    /// <exception cref="ArgumentException">The value is no valid regular expression.</exception>
    public Matcher ToMatcher() => MatcherJson.Of(Name, Value, IsRegex, IsEqual);
}

/// <summary>A silence as <c>POST /api/v2/silences</c> takes it.</summary>
internal sealed record PostableSilence
{
    public string? Id { get; init; }

    public IReadOnlyList<ApiMatcher>? Matchers { get; init; }

    public DateTimeOffset? StartsAt { get; init; }

    public DateTimeOffset? EndsAt { get; init; }

    public string? CreatedBy { get; init; }

    public string? Comment { get; init; }

    /// <summary>
    /// An addition to Alertmanager's: the silence ends as soon as its alerts have been over for this duration, such as 15m, at
    /// <see cref="EndsAt"/> at the latest. Null or empty is an end by time alone.
    /// </summary>
    public string? QuietPeriod { get; init; }
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
    DateTimeOffset StartsAt)
{
    /// <summary>As <see cref="PostableSilence.QuietPeriod"/>; left out where it ends by time alone.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? QuietPeriod { get; init; }

    /// <summary>Number of open alerts that it mutes now; left out in Alertmanager's API.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Mutes { get; init; }

    /// <summary>The row as the API shows it.</summary>
    public static GettableSilence Of(SilenceRow row, Timestamp now) => new(
        row.Id, new(row.StateAt(now)), Time(row.UpdatedAt), row.Comment, row.CreatedBy, Time(row.EndsAt),
        JsonSerializer.Deserialize(row.Matchers, SilenceJson.Default.ApiMatcherArray)!, Time(row.StartsAt))
    {
        QuietPeriod = row.QuietMs is { } quiet ? DurationText.Of(TimeSpan.FromMilliseconds(quiet)) : null,
    };

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}

/// <summary>The answer of <c>/api/v1/silences</c>.</summary>
/// <param name="Silences">Those that hold or will hold, those that end last first.</param>
internal sealed record SilenceList(IReadOnlyList<GettableSilence> Silences);

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
[JsonSerializable(typeof(SilenceList))]
[JsonSerializable(typeof(SilenceMade))]
[JsonSerializable(typeof(SilencePreviewRequest))]
[JsonSerializable(typeof(SilencePreview))]
[JsonSerializable(typeof(ApiMatcher[]))]
[JsonSerializable(typeof(string))]
internal sealed partial class SilenceJson : JsonSerializerContext;
