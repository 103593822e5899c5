using System.Data.Common;
using Dapper;
using LeptonStream.Alerting;
using LeptonStream.Samples;
using LeptonStream.Series;
using LeptonStream.Storage;

namespace LeptonStream.Cli.Config.Explain;

/// <summary>What the journal knows of one alert's way to people.</summary>
internal sealed record AlertStory(
    StoryAlert Alert, IReadOnlyList<StoryGroup> Groups, IReadOnlyList<StoryNotification> Notified, IReadOnlyList<StorySuppression> LeftOut,
    IReadOnlyList<StoryAction> Actions)
{
    /// <summary>Reads it.</summary>
    public static async Task<AlertStory> Read(DbConnection connection, string id)
    {
        var alert = await connection.QuerySingleAsync<AlertRow>(
            "select alert_id, status, severity, model, metric, labels, onset, resolved_at, ended_reason from alert where alert_id = @id",
            new { id });
        var groups = await connection.QueryAsync<GroupRow>(
            """
            select g.receiver, g.route_key, g.group_key, g.next_flush from alert_group_member m
            join alert_group g on g.group_id = m.group_id where m.alert_id = @id order by g.receiver, g.route_key
            """,
            new { id });
        var (notified, leftOut) = await AlertNotifications.Read(connection, id);
        return new AlertStory(
            alert.ToStory(),
            [.. groups.Select(row => new StoryGroup(row.Receiver, row.RouteKey, row.GroupKey, At(row.NextFlush)))],
            [.. notified.Reverse().Select(StoryOf)],
            [.. leftOut.Reverse().Select(StoryOf)],
            [.. (await connection.QueryAsync<ActionRow>(
                "select policy, action, state, reason, changed_at from remediation where alert_id = @id order by action_id", new { id }))
                .Select(row => new StoryAction(At(row.ChangedAt), row.Policy, row.Action, row.State, row.Reason))]);
    }

    private static StoryNotification StoryOf(NotifiedRow row) => new(At(row.CreatedAt), row.Receiver, row.Channel, row.AlertStatus,
        row.Reason, row.Status, (int)row.Attempts, At(row.SentAt), row.LastError);

    private static StorySuppression StoryOf(SuppressedRow row)
    {
        var by = AlertingJson.Read<string[]>(row.Detail);
        return new(At(row.Since), At(row.Until), row.Receiver, row.Cause, by,
            [.. by.Select(id => row.Silences.FirstOrDefault(silence => silence.Id == id) is { } silence ? NameOf(silence) : id)]);
    }

    private static string NameOf(SilenceRow silence) =>
        $"{string.Join(' ', silence.ReadMatchers())} by {silence.CreatedBy} until {At(silence.EndsAt):yyyy-MM-dd HH:mm:ss'Z'}";

    private static DateTimeOffset At(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private static DateTimeOffset? At(long? milliseconds) => milliseconds is { } known ? At(known) : null;

    private sealed record AlertRow
    {
        public required string AlertId { get; init; }

        public required string Status { get; init; }

        public required string Severity { get; init; }

        public required string Model { get; init; }

        public required string Metric { get; init; }

        public string? Labels { get; init; }

        public required long Onset { get; init; }

        public long? ResolvedAt { get; init; }

        public string? EndedReason { get; init; }

        public StoryAlert ToStory() => new(AlertId, Status, Severity, Model, Metric,
            Labels is null ? null : AlertingJson.Read<LabelSet>(Labels).ToDictionary(), At(Onset), At(ResolvedAt), EndedReason);
    }

    private sealed record ActionRow
    {
        public required string Policy { get; init; }

        public required string Action { get; init; }

        public required string State { get; init; }

        public string? Reason { get; init; }

        public required long ChangedAt { get; init; }
    }

    private sealed record GroupRow
    {
        public required string Receiver { get; init; }

        public required string RouteKey { get; init; }

        public required string GroupKey { get; init; }

        public required long NextFlush { get; init; }
    }
}

/// <summary>The alert; its labels are null where it was recorded before they were.</summary>
internal sealed record StoryAlert(string AlertId, string Status, string Severity, string Model, string Metric,
    IReadOnlyDictionary<string, string>? Labels, DateTimeOffset Onset, DateTimeOffset? ResolvedAt, string? EndedReason);

/// <summary>A group that holds the alert now.</summary>
internal sealed record StoryGroup(string Receiver, string Route, string GroupKey, DateTimeOffset NextFlush);

/// <summary>A message about the alert.</summary>
internal sealed record StoryNotification(DateTimeOffset DecidedAt, string Receiver, string Channel, string AlertStatus, string Reason,
    string Status, int Attempts, DateTimeOffset? SentAt, string? LastError);

/// <summary>A stretch of time in which somebody was not notified; a silence has its matchers, person and end as its name.</summary>
internal sealed record StorySuppression(DateTimeOffset Since, DateTimeOffset? Until, string Receiver, string Cause,
    IReadOnlyList<string> By, IReadOnlyList<string> Names);

/// <summary>An action against the alert, as it is now.</summary>
internal sealed record StoryAction(DateTimeOffset ChangedAt, string Policy, string Action, string State, string? Reason);
