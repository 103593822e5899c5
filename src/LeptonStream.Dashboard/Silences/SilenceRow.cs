using System.Text.Json;
using LeptonStream.Alerting.Muting;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Dashboard.Silences;

/// <summary>One row of the journal's table <c>silence</c>.</summary>
internal sealed class SilenceRow
{
    public required string Id { get; init; }

    public required string Matchers { get; init; }

    public required long StartsAt { get; init; }

    public required long EndsAt { get; init; }

    public required string CreatedBy { get; init; }

    public required string Comment { get; init; }

    public required long CreatedAt { get; init; }

    public required long UpdatedAt { get; init; }

    public ApiMatcher[] ReadMatchers() => JsonSerializer.Deserialize(Matchers, SilenceJson.Default.ApiMatcherArray)!;

    /// <summary>expired, active or pending, as Alertmanager counts: both ends belong to it.</summary>
    public string StateAt(Timestamp now) =>
        EndsAt <= now.UnixMilliseconds ? "expired" : StartsAt > now.UnixMilliseconds ? "pending" : "active";

    public GettableSilence ToApi(Timestamp now) => new(
        Id, new(StateAt(now)), Time(UpdatedAt), Comment, CreatedBy, Time(EndsAt), ReadMatchers(), Time(StartsAt));

    /// <summary>The matchers as code, to ask whom they mute.</summary>
    public static Matcher ToMatcher(ApiMatcher matcher) =>
        MatcherJson.Of(matcher.Name, matcher.Value, matcher.IsRegex, matcher.IsEqual);

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
