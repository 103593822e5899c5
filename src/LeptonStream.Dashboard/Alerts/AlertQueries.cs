using Dapper;
using LeptonStream.Alerting;
using LeptonStream.Samples;
using LeptonStream.Series;
using LeptonStream.Storage;

namespace LeptonStream.Dashboard.Alerts;

/// <summary>The dashboard's questions about alerts. The notifier owns their tables.</summary>
internal sealed class AlertQueries(Database journal, TimeProvider time)
{
    private const int TimeoutSeconds = 5;

    // The first event says when it opened. Where that is not in the journal, the last one is all there is.
    private const string Columns = """
        alert.alert_id, seq, status, severity, model, metric, score, onset,
        coalesce((select first.detected_at from alert_event first where first.alert_id = alert.alert_id order by first.seq limit 1),
          detected_at) as opened_at,
        detected_at as updated_at, resolved_at, ended_reason, acknowledged_by, ask_again_at, assignee, verdict, verdict_by, payload
        """;

    private const string Table = "alert left join alert_care on alert_care.alert_id = alert.alert_id";

    private const string EventColumns =
        "seq, event_id, type, severity, score, detected_at, recorded_at, kafka_partition, kafka_offset, payload";

    private const string Urgency = "case severity when 'critical' then 0 when 'warning' then 1 else 2 end, onset desc";

    /// <summary>The journal that is asked.</summary>
    public Database Database => journal;

    /// <summary>The number of the journal's newest change, an event or an action of a person; 0 where there is none.</summary>
    public async Task<long> LastSeqAsync(CancellationToken stop) => await OneAsync<long>(
        "select coalesce(max(seq), 0) from (select max(seq) as seq from alert_event union all select max(seq) from alert) as newest",
        null, stop);

    /// <summary>The last status of each role, and the time of the clock by which they were written.</summary>
    public async Task<(IReadOnlyList<RoleStatus> Roles, DateTimeOffset Now)> RolesAsync(CancellationToken stop)
    {
        await using var connection = await journal.Open(stop);
        var roles = await connection.QueryAsync<RoleStatus>(new(RoleStatus.Select, cancellationToken: stop));
        return (roles.AsList(), await journal.Now(connection, time, stop));
    }

    /// <summary>
    /// Notifications that were decided since a time and given up, by receiver; those that fail for longer were decided before it.
    /// </summary>
    public async Task<IReadOnlyList<DeadNotifications>> DeadAsync(DateTimeOffset since, CancellationToken stop)
    {
        await using var connection = await journal.Open(stop);
        return await DeadNotifications.Read(connection, since, stop);
    }

    /// <summary>The alerts of a status, the most urgent first and among equals the newest first.</summary>
    public async Task<IReadOnlyList<AlertRow>> ListAsync(AlertStatus status, int limit, CancellationToken stop) =>
        await AlertsAsync($"""
            select {Columns} from {Table}
            {Where(status)}
            order by {(status == AlertStatus.Resolved ? "resolved_at desc" : Urgency)}, alert.alert_id
            limit @limit
            """, new { limit }, stop);

    /// <summary>All alerts that fire, in the same order, without their payloads.</summary>
    public async Task<IReadOnlyList<OpenAlertRow>> OpenAsync(CancellationToken stop) => await ManyAsync<OpenAlertRow>($"""
        select alert_id, seq, severity, model, metric, onset, detected_at as updated_at from alert
        {Where(AlertStatus.Firing)} order by {Urgency}, alert_id
        """, null, stop);

    /// <summary>The labels of the alerts that fire, as matchers see them; of an alert they are a hundredth of its bytes.</summary>
    public async Task<IReadOnlyList<(string AlertId, LabelSet Labels)>> OpenLabelsAsync(CancellationToken stop)
    {
        var rows = await ManyAsync<(string AlertId, string Model, string Metric, string Severity, string? Labels, string? Payload)>(
            """
            select alert_id, model, metric, severity, labels, case when labels is null then payload end as payload
            from alert where status = 'firing' order by alert_id
            """, null, stop);
        return [.. rows.Select(row => (row.AlertId, row.Labels is { } labels ? AlertingJson.Read<LabelSet>(labels)
            : AlertSummary.LabelsOf(AlertDetail.Read(row.Payload ?? ""), row.Severity, row.Model, row.Metric)))];
    }

    /// <summary>Number of alerts of a status.</summary>
    public async Task<long> CountAsync(AlertStatus status, CancellationToken stop) =>
        await OneAsync<long>($"select count(*) from alert {Where(status)}", null, stop);

    /// <summary>The alerts that changed after an event, in the order of their last change; each once, as it is now.</summary>
    public async Task<IReadOnlyList<AlertRow>> ChangedAsync(long after, int limit, CancellationToken stop) =>
        await AlertsAsync(
            $"select {Columns} from {Table} where seq > @after order by seq limit @limit", new { after, limit }, stop);

    public async Task<AlertRow?> FindAsync(string alertId, CancellationToken stop) =>
        (await AlertsAsync(
            $"select {Columns} from {Table} where alert.alert_id = @alertId", new { alertId }, stop)).SingleOrDefault();

    /// <summary>The alerts that a notification holds, the most urgent first.</summary>
    public async Task<IReadOnlyList<AlertRow>> OfNotificationAsync(string notificationId, CancellationToken stop) =>
        await AlertsAsync($"""
            select {Columns} from {Table}
            where alert.alert_id in (select alert_id from notification_alert where notification_id = @notificationId)
            order by {Urgency}, alert.alert_id
            """, new { notificationId }, stop);

    /// <summary>The events of one alert, the newest first.</summary>
    public async Task<IReadOnlyList<AlertEventRow>> HistoryAsync(string alertId, int limit, CancellationToken stop) =>
        await ManyAsync<AlertEventRow>($"""
            select {EventColumns} from alert_event
            where alert_id = @alertId
            order by seq desc
            limit @limit
            """, new { alertId, limit }, stop);

    /// <summary>The event that opened an alert; null where the journal has none of it.</summary>
    public async Task<AlertEventRow?> FirstAsync(string alertId, CancellationToken stop) =>
        (await ManyAsync<AlertEventRow>(
            $"select {EventColumns} from alert_event where alert_id = @alertId order by seq limit 1",
            new { alertId }, stop)).SingleOrDefault();

    /// <summary>The page of the program that posted an alert; null where it named none, or the alert is one of ours.</summary>
    public async Task<string?> GeneratorUrlAsync(string alertId, CancellationToken stop) =>
        (await ManyAsync<string>(
            "select generator_url from received_alert where alert_id = @alertId and generator_url <> ''", new { alertId }, stop))
        .SingleOrDefault();

    private static string Where(AlertStatus status) => status switch
    {
        AlertStatus.Firing => "where status = 'firing'",
        AlertStatus.Resolved => "where status = 'resolved'",
        _ => "",
    };

    private async Task<IReadOnlyList<AlertRow>> AlertsAsync(string sql, object? values, CancellationToken stop)
    {
        await using var connection = await journal.Open(stop);
        var rows = (await connection.QueryAsync<AlertRow>(Command(sql, values, stop))).AsList();
        await AlertMutes.Set(journal, connection, rows, Timestamp.FromDateTimeOffset(time.GetUtcNow()), stop);
        return rows;
    }

    private async Task<T> OneAsync<T>(string sql, object? values, CancellationToken stop)
    {
        await using var connection = await journal.Open(stop);
        return await connection.QuerySingleAsync<T>(Command(sql, values, stop));
    }

    private async Task<IReadOnlyList<T>> ManyAsync<T>(string sql, object? values, CancellationToken stop)
    {
        await using var connection = await journal.Open(stop);
        return (await connection.QueryAsync<T>(Command(sql, values, stop))).AsList();
    }

    private static CommandDefinition Command(string sql, object? values, CancellationToken stop) =>
        new(sql, values, commandTimeout: TimeoutSeconds, cancellationToken: stop);
}

/// <summary>The alerts that a list shows.</summary>
internal enum AlertStatus
{
    Firing = 0,
    Resolved = 1,
    All = 2,
}
