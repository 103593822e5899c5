using System.Data.Common;
using Dapper;
using LeptonStream.Alerting;
using LeptonStream.Samples;
using LeptonStream.Series;
using LeptonStream.Storage;

namespace LeptonStream.Cli.Config.Explain;

/// <summary>What the journal knows of one alert's way to people.</summary>
internal sealed record AlertStory(
    StoryAlert Alert, IReadOnlyList<StoryGroup> Groups, IReadOnlyList<StoryNotification> Notified, IReadOnlyList<StorySuppression> LeftOut)
{
    /// <summary>Reads it.</summary>
    /// <returns>The alerts whose id is, or begins with, what is given: none, one or several; a story where it is one.</returns>
    public static async Task<(IReadOnlyList<string> Ids, AlertStory? Story)> Read(DbConnection connection, string start)
    {
        string[] ids = [.. await connection.QueryAsync<string>(
            "select alert_id from alert where alert_id = @start or substr(alert_id, 1, @length) = @start order by alert_id limit 10",
            new { start, length = start.Length })];
        if (ids is not [var id]) return (ids, null);
        var alert = await connection.QuerySingleAsync<AlertRow>(
            "select alert_id, status, severity, model, metric, labels, onset, resolved_at, ended_reason from alert where alert_id = @id",
            new { id });
        var groups = await connection.QueryAsync<GroupRow>(
            """
            select g.receiver, g.route_key, g.group_key, g.next_flush from alert_group_member m
            join alert_group g on g.group_id = m.group_id where m.alert_id = @id order by g.receiver, g.route_key
            """,
            new { id });
        // A search through the whole outbox: this command may take its time, and rows of older versions are found, too.
        var notified = await connection.QueryAsync<NotificationRow>(
            """
            select receiver, channel, reason, status, attempts, created_at, sent_at, last_error, payload
            from notification where payload like @mention order by seq
            """,
            new { mention = $"%\"alertId\":\"{id}\"%" });
        var leftOut = await connection.QueryAsync<SuppressionRow>(
            "select receiver, cause, detail, since, until from suppression where alert_id = @id order by since, receiver", new { id });
        return (ids, new AlertStory(
            alert.ToStory(),
            [.. groups.Select(row => new StoryGroup(row.Receiver, row.RouteKey, row.GroupKey, At(row.NextFlush)))],
            [.. notified.SelectMany(row => row.ToStory(id))],
            [.. leftOut.Select(row => row.ToStory())]));
    }

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

    private sealed record GroupRow
    {
        public required string Receiver { get; init; }

        public required string RouteKey { get; init; }

        public required string GroupKey { get; init; }

        public required long NextFlush { get; init; }
    }

    private sealed record NotificationRow
    {
        public required string Receiver { get; init; }

        public required string Channel { get; init; }

        public required string Reason { get; init; }

        public required string Status { get; init; }

        public required int Attempts { get; init; }

        public required long CreatedAt { get; init; }

        public long? SentAt { get; init; }

        public string? LastError { get; init; }

        public required string Payload { get; init; }

        // Twice where a message ends the alert under its old labels and opens it under the new ones.
        public IEnumerable<StoryNotification> ToStory(string id) => AlertingJson.Read<Notification>(Payload).Alerts
            .Where(alert => alert.AlertId == id)
            .Select(alert => new StoryNotification(At(CreatedAt), Receiver, Channel, alert.IsResolved ? "resolved" : "firing", Reason,
                Status, Attempts, At(SentAt), LastError));
    }

    private sealed record SuppressionRow
    {
        public required string Receiver { get; init; }

        public required string Cause { get; init; }

        public required string Detail { get; init; }

        public required long Since { get; init; }

        public long? Until { get; init; }

        public StorySuppression ToStory() => new(At(Since), At(Until), Receiver, Cause, AlertingJson.Read<string[]>(Detail));
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

/// <summary>A stretch of time in which somebody was not notified.</summary>
internal sealed record StorySuppression(DateTimeOffset Since, DateTimeOffset? Until, string Receiver, string Cause,
    IReadOnlyList<string> By);
