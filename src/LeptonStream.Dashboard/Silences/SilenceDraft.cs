using LeptonStream.Dashboard.Actions;
using LeptonStream.Samples;
using LeptonStream.Series;
using LeptonStream.Storage;
using LeptonStream.Yaml;

namespace LeptonStream.Dashboard.Silences;

/// <summary>A checked silence, on its way into the journal.</summary>
internal sealed record SilenceDraft(
    string? Id, IReadOnlyList<ApiMatcher> Matchers, Timestamp StartsAt, Timestamp EndsAt, string CreatedBy, string Comment,
    TimeSpan? QuietPeriod)
{
    /// <summary>Its matchers in Alertmanager's notation.</summary>
    public string Text => $"{{{string.Join(",", Matchers.Select(matcher => matcher.ToMatcher()))}}}";

    /// <summary>The quiet period as people write durations; null where it ends by time alone.</summary>
    public string? QuietText => QuietPeriod is { } quiet ? DurationText.Of(quiet) : null;

    /// <summary>Checks what somebody posted.</summary>
    /// <returns>The draft, or null and what is wrong.</returns>
    public static SilenceDraft? Of(PostableSilence posted, string actor, Timestamp now, out string? wrong)
    {
        wrong = WrongMatchers(posted.Matchers);
        if (wrong is not null) return null;
        if (posted.EndsAt is not { } ends)
        {
            wrong = "'endsAt' is missing";
            return null;
        }

        var startsAt = posted.StartsAt is { } given ? Timestamp.FromDateTimeOffset(given) : now;
        var endsAt = Timestamp.FromDateTimeOffset(ends);
        if (endsAt <= now) wrong = "'endsAt' lies in the past";
        else if (endsAt <= startsAt) wrong = "'endsAt' must lie after 'startsAt'";
        else if (posted.Comment?.Length > Change.LongestNote) wrong = $"'comment' may have {Change.LongestNote} characters";
        var quiet = posted.QuietPeriod is { Length: > 0 } text ? DurationText.Read(text) ?? TimeSpan.Zero : (TimeSpan?)null;
        if (quiet <= TimeSpan.Zero) wrong = $"'quietPeriod' is '{posted.QuietPeriod}': {DurationText.Form}, above 0s";
        if (wrong is not null) return null;
        var createdBy = string.IsNullOrWhiteSpace(posted.CreatedBy) ? actor : posted.CreatedBy;
        return new(string.IsNullOrEmpty(posted.Id) ? null : posted.Id, posted.Matchers!, startsAt, endsAt, SqlText.Clean(createdBy),
            SqlText.Clean(posted.Comment ?? ""), quiet);
    }

    /// <summary>What is wrong with the matchers of a silence; null where nothing is.</summary>
    public static string? WrongMatchers(IReadOnlyList<ApiMatcher>? matchers)
    {
        if (matchers is not { Count: > 0 }) return "'matchers' is missing: a silence needs at least one";
        foreach (var matcher in matchers)
        {
            if (matcher.Name.Length == 0) return "'matchers' has one without a label name";
            try
            {
                _ = matcher.ToMatcher();
            }
            catch (ArgumentException invalid)
            {
                return $"the matcher of '{matcher.Name}' is no valid regular expression: {invalid.Message}";
            }
        }

        // As in Alertmanager: one that would mute everything is a mistake.
        return matchers.All(matcher => matcher.ToMatcher().Accepts(LabelSet.Empty))
            ? "at least one matcher must not match the empty text, or the silence would mute every alert" : null;
    }
}
