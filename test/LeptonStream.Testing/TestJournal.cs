using System.Data.Common;
using System.Text;
using Dapper;
using LeptonStream.Alerts;
using LeptonStream.Health;
using LeptonStream.Storage;

namespace LeptonStream.Testing;

/// <summary>Writes events into the journal's tables, so that tests can put in what no notifier would.</summary>
public sealed class TestJournal(Database database)
{
    private long _offset;

    /// <summary>Records one event and returns its number.</summary>
    public Task<long> Record(AlertEvent alert) => Record(alert, Encoding.UTF8.GetString(AlertEventJson.Write(alert)));

    /// <summary>Records one event with a payload of any text.</summary>
    public Task<long> Record(AlertEvent alert, string payload) => database.Write(transaction => Record(transaction, alert, payload));

    /// <summary>Records many events in one transaction.</summary>
    public Task RecordAll(IEnumerable<AlertEvent> alerts) => database.Write(async transaction =>
    {
        foreach (var alert in alerts) await Record(transaction, alert, Encoding.UTF8.GetString(AlertEventJson.Write(alert)));
        return true;
    });

    /// <summary>Records what a role said of itself some time ago.</summary>
    public Task Report(string role, TimeSpan age, params RoleProblem[] problems) => ReportOf("host/1", role, age, problems);

    /// <summary>Records what one process of a role said some time ago.</summary>
    public Task ReportOf(string instance, string role, TimeSpan age, params RoleProblem[] problems) =>
        RoleStatus.Write(database, role, instance, problems, DateTimeOffset.UtcNow - age, CancellationToken.None);

    /// <summary>Runs a statement of the test's own.</summary>
    public Task Execute(string sql) => database.Write(transaction => transaction.Connection!.ExecuteAsync(sql, transaction: transaction));

    /// <summary>Reads rows by a question of the test's own.</summary>
    public async Task<IReadOnlyList<T>> Query<T>(string sql)
    {
        await using var connection = await database.Open();
        return (await connection.QueryAsync<T>(sql)).AsList();
    }

    private async Task<long> Record(DbTransaction transaction, AlertEvent alert, string payload)
    {
        var connection = transaction.Connection!;
        var seq = await connection.ExecuteScalarAsync<long>(
            "update counter set value = value + 1 where name = 'alert_event' returning value", transaction: transaction);
        var row = new
        {
            seq,
            alert.Id,
            alert.AlertId,
            Type = AlertEventJson.NameOf(alert.Type),
            Status = alert.Type == AlertEventType.Resolved ? "resolved" : "firing",
            Model = SqlText.Clean(alert.Model),
            Metric = SqlText.Clean(alert.Metric),
            Severity = AlertEventJson.NameOf(alert.Severity),
            alert.Score,
            Onset = alert.Onset.UnixMilliseconds,
            DetectedAt = alert.DetectedAt.UnixMilliseconds,
            ResolvedAt = alert.Type == AlertEventType.Resolved ? alert.DetectedAt.UnixMilliseconds : (long?)null,
            Offset = _offset++,
            Now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
            Payload = payload,
        };
        await connection.ExecuteAsync("""
            insert into alert_event (seq, event_id, alert_id, type, model, metric, severity, score, onset, detected_at, topic,
              kafka_partition, kafka_offset, recorded_at, payload)
            values (@seq, @Id, @AlertId, @Type, @Model, @Metric, @Severity, @Score, @Onset, @DetectedAt, 'lepton.alerts', 0, @Offset, @Now,
              @Payload);
            insert into alert (alert_id, status, severity, model, metric, score, onset, detected_at, resolved_at, seq, payload)
            values (@AlertId, @Status, @Severity, @Model, @Metric, @Score, @Onset, @DetectedAt, @ResolvedAt, @seq, @Payload)
            on conflict (alert_id) do update set status = excluded.status, severity = excluded.severity, score = excluded.score, onset =
              excluded.onset,
              detected_at = excluded.detected_at, resolved_at = excluded.resolved_at, seq = excluded.seq, payload = excluded.payload
            """, row, transaction);
        return seq;
    }
}
