using LeptonStream.Alerting.Muting;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Storage;

/// <summary>One row of the journal's table <c>silence</c>: how the notifier and the dashboard read it.</summary>
public sealed class SilenceRow
{
    /// <summary>Selects whole rows.</summary>
    public const string Select =
        """
        select id, matchers, starts_at, ends_at, created_by, comment, created_at, updated_at, quiet_ms, has_matched, over_since
        from silence
        """;

    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Its matchers, as <see cref="MatcherJson"/> writes them.</summary>
    public required string Matchers { get; init; }

    /// <summary>Time from which it holds, in Unix milliseconds.</summary>
    public required long StartsAt { get; init; }

    /// <summary>Time from which it holds no more, at the latest, in Unix milliseconds.</summary>
    public required long EndsAt { get; init; }

    /// <summary>Who asked for it.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>Why.</summary>
    public required string Comment { get; init; }

    /// <summary>Time of its making, in Unix milliseconds.</summary>
    public required long CreatedAt { get; init; }

    /// <summary>Time of its last change, in Unix milliseconds.</summary>
    public required long UpdatedAt { get; init; }

    /// <summary>Milliseconds for which its alerts must be over before it ends; null where it ends by time alone.</summary>
    public long? QuietMs { get; init; }

    /// <summary>1 once an alert fired that it mutes.</summary>
    public required long HasMatched { get; init; }

    /// <summary>Time since which none of its alerts fires any more, in Unix milliseconds.</summary>
    public long? OverSince { get; init; }

    /// <summary>Its matchers as code.</summary>
    /// <exception cref="System.Text.Json.JsonException">They can't be read.</exception>
    /// <exception cref="ArgumentException">One is no valid regular expression.</exception>
    public IReadOnlyList<Matcher> ReadMatchers() => MatcherJson.Read(Matchers);

    /// <summary>The silence, with matchers that were read before.</summary>
    public Silence ToSilence(IReadOnlyList<Matcher> matchers) => new()
    {
        Id = Id,
        Matchers = matchers,
        StartsAt = Timestamp.FromUnixMilliseconds(StartsAt),
        EndsAt = Timestamp.FromUnixMilliseconds(EndsAt),
        CreatedBy = CreatedBy,
        Comment = Comment,
    };

    /// <summary>The watch over its alerts; null where it ends by time alone.</summary>
    public ResolvedWatch? Watch() => QuietMs is { } quiet
        ? new(TimeSpan.FromMilliseconds(quiet), HasMatched == 1,
            OverSince is { } since ? Timestamp.FromUnixMilliseconds(since) : null)
        : null;

    /// <summary>expired, active or pending, as Alertmanager counts.</summary>
    public string StateAt(Timestamp now) =>
        EndsAt <= now.UnixMilliseconds ? "expired" : StartsAt > now.UnixMilliseconds ? "pending" : "active";
}
