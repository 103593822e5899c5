using System.Data.Common;
using Dapper;
using LeptonStream.Alerting;
using LeptonStream.Alerts;
using LeptonStream.Notifier.Outbox;
using LeptonStream.Notifier.Routing;
using LeptonStream.Samples;
using LeptonStream.Storage;

namespace LeptonStream.Notifier.Journal;

/// <summary>
/// The notifier's memory in SQL. Each of its steps is one transaction, so that what was read, what is known, what is decided and what is to be
/// sent always agree, whenever the process dies.
/// </summary>
/// <remarks>
/// Several notifiers may work on one journal. Writers of events take turns (the counter's row is locked until the commit, which also makes
/// <c>seq</c> grow in commit order). The groups' flushes run beside them: whoever has locked a group's row makes its move. Every writer locks in
/// the order counter, positions, groups, and a flush skips what is locked, so no two can wait for each other.
/// </remarks>
internal sealed class AlertJournal
{
    private const int GroupsPerFlush = 64;

    private readonly Database _database;
    private readonly RouteTree _routes;
    private readonly AlertPipeline _pipeline;
    private readonly GroupStore _groups;

    public AlertJournal(Database database, NotifierRouting routing)
    {
        _database = database;
        _routes = routing.Routes;
        _pipeline = new AlertPipeline(routing.Routes);
        _groups = new GroupStore(database, routing.Routes.Version);
    }

    /// <summary>Makes the tables, and takes over the groups that were made under other routes.</summary>
    public async Task Prepare(Timestamp now, CancellationToken cancellation)
    {
        await DatabaseSchema.Apply(_database, cancellation);
        await _database.Write(async transaction =>
        {
            await LockCounter(transaction, "alert_event");
            var loaded = await _groups.LoadAllIfForeign(transaction);
            _pipeline.Reroute(loaded.Groups, now);
            await _groups.Save(transaction, loaded, adopt: true);
            return loaded.Before.Count;
        }, cancellation);
    }

    /// <summary>Where each partition of the topic is to be read on; partitions never read are absent.</summary>
    public async Task<IReadOnlyDictionary<int, long>> Positions(string topic, CancellationToken cancellation)
    {
        await using var connection = await _database.Open(cancellation);
        var rows = await connection.QueryAsync<(int Partition, long NextOffset)>("select kafka_partition, next_offset from consumer_offset where topic = @topic", new { topic });
        return rows.ToDictionary(row => row.Partition, row => row.NextOffset);
    }

    /// <summary>Moves a position to where the log is: its topic was made anew, or what was wanted is gone.</summary>
    public Task MovePosition(string topic, int partition, long offset, Timestamp now, CancellationToken cancellation) => _database.Write(async transaction =>
    {
        await LockCounter(transaction, "alert_event");
        await SavePositions(transaction, [(topic, partition, offset)], now);
        return true;
    }, cancellation);

    /// <summary>
    /// Records a batch: each event once, each alert as its last event leaves it, the groups they change, and the position behind them.
    /// What is below the stored position is left out, so that a batch may be applied again after a failure whose outcome is unknown.
    /// </summary>
    public Task<JournalOutcome> Apply(IReadOnlyList<JournalRecord> batch, Timestamp now, CancellationToken cancellation) => _database.Write(async transaction =>
    {
        var seq = await LockCounter(transaction, "alert_event");
        var ahead = await LeaveOutOld(transaction, batch);
        var fresh = await LeaveOutKnown(transaction, ahead);

        await transaction.ExecuteEach(InsertEvent, fresh.Select((record, index) => EventRow(record, seq + index + 1, now)));
        await transaction.ExecuteEach(UpsertAlert, fresh.Select((record, index) => (record, seq: seq + index + 1)).GroupBy(item => item.record.Event!.AlertId).Select(items => AlertRow(items.Last().record, items.Last().seq)));
        await ChangeGroups(transaction, fresh, now);

        await transaction.Execute("update counter set value = @value where name = 'alert_event'", new { value = seq + fresh.Count });
        await SavePositions(transaction, ahead.GroupBy(record => (record.Topic, record.Partition)).Select(records => (records.Key.Topic, records.Key.Partition, records.Max(record => record.Offset) + 1)), now);
        return new JournalOutcome(fresh.Count, ahead.Count(record => record.Event is not null) - fresh.Count, batch.Count - ahead.Count);
    }, cancellation);

    /// <summary>Flushes the groups that are due: what they tell goes into the outbox in the same transaction as their new state.</summary>
    /// <returns>How many notifications there are to send, and whether more groups may be due.</returns>
    public Task<(int Notifications, bool MayHaveMore)> Flush(Timestamp now, CancellationToken cancellation) => _database.Write(async transaction =>
    {
        var loaded = await _groups.LoadDue(transaction, now, _routes.LongestWait, GroupsPerFlush);
        var due = loaded.Before.Count;
        var notifications = _pipeline.OnTick(loaded.Groups, now);
        if (notifications.Count > 0)
        {
            var seq = await LockCounter(transaction, "notification");
            await NotificationOutbox.Add(transaction, notifications, seq, now);
            await transaction.Execute("update counter set value = @value where name = 'notification'", new { value = seq + notifications.Count });
        }

        await _groups.Save(transaction, loaded);
        return (notifications.Count, due == GroupsPerFlush);
    }, cancellation);

    /// <summary>When the next flush is due, or null without groups.</summary>
    public async Task<Timestamp?> NextFlush(CancellationToken cancellation)
    {
        await using var connection = await _database.Open(cancellation);
        return await _groups.NextFlush(connection);
    }

    private async Task<long> LockCounter(DbTransaction transaction, string name) =>
        (await transaction.Query<long>($"select value from counter where name = @name {_database.ForUpdate}", new { name })).Single();

    private async Task<IReadOnlyList<JournalRecord>> LeaveOutOld(DbTransaction transaction, IReadOnlyList<JournalRecord> batch)
    {
        string[] topics = [.. batch.Select(record => record.Topic).Distinct()];
        var rows = await transaction.Query<(string Topic, int Partition, long NextOffset)>($"select topic, kafka_partition, next_offset from consumer_offset where topic {_database.AnyOf("@topics")}", new { topics });
        var positions = rows.ToDictionary(row => (row.Topic, row.Partition), row => row.NextOffset);
        return [.. batch.Where(record => record.Offset >= positions.GetValueOrDefault((record.Topic, record.Partition)))];
    }

    private async Task<IReadOnlyList<JournalRecord>> LeaveOutKnown(DbTransaction transaction, IReadOnlyList<JournalRecord> records)
    {
        var events = records.Where(record => record.Event is not null).DistinctBy(record => record.Event!.Id).ToArray();
        string[] ids = [.. events.Select(record => record.Event!.Id)];
        var known = (await transaction.Query<string>($"select event_id from alert_event where event_id {_database.AnyOf("@ids")}", new { ids })).ToHashSet();
        return known.Count == 0 ? events : [.. events.Where(record => !known.Contains(record.Event!.Id))];
    }

    private async Task ChangeGroups(DbTransaction transaction, IReadOnlyList<JournalRecord> records, Timestamp now)
    {
        var events = records.Select(record => record.Event!).ToArray();
        var opened = events.Where(alert => alert.Type != AlertEventType.Resolved).ToArray();
        var loaded = await _groups.LoadFor(
            transaction,
            groupIds: [.. opened.SelectMany(alert => _pipeline.GroupsOf(alert.RoutingLabels)).Distinct()],
            alertIds: [.. events.Select(alert => alert.AlertId).Distinct()],
            fingerprints: [.. opened.Select(alert => Fingerprint.Of(alert.RoutingLabels).ToString()).Distinct()]);
        foreach (var record in records) _pipeline.OnAlert(loaded.Groups, record.Event!, record.PublishedAt, now);
        await _groups.Save(transaction, loaded);
    }

    private static Task SavePositions(DbTransaction transaction, IEnumerable<(string Topic, int Partition, long NextOffset)> positions, Timestamp now) => transaction.ExecuteEach(
        """
        insert into consumer_offset (topic, kafka_partition, next_offset, updated_at) values (@Topic, @Partition, @NextOffset, @at)
        on conflict (topic, kafka_partition) do update set next_offset = excluded.next_offset, updated_at = excluded.updated_at
        """,
        positions.Select(position => new { position.Topic, position.Partition, position.NextOffset, at = now.UnixMilliseconds }));

    private const string InsertEvent =
        """
        insert into alert_event (seq, event_id, alert_id, type, model, metric, severity, score, onset, detected_at, topic, kafka_partition, kafka_offset, recorded_at, payload)
        values (@seq, @id, @alertId, @type, @model, @metric, @severity, @Score, @onset, @detectedAt, @Topic, @Partition, @Offset, @recordedAt, @Payload)
        """;

    private const string UpsertAlert =
        """
        insert into alert (alert_id, status, severity, model, metric, score, onset, detected_at, resolved_at, seq, payload)
        values (@alertId, @status, @severity, @model, @metric, @Score, @onset, @detectedAt, @resolvedAt, @seq, @Payload)
        on conflict (alert_id) do update set status = excluded.status, severity = excluded.severity, score = excluded.score, onset = excluded.onset,
          detected_at = excluded.detected_at, resolved_at = excluded.resolved_at, seq = excluded.seq, payload = excluded.payload
        """;

    private static object EventRow(JournalRecord record, long seq, Timestamp now) => new
    {
        seq,
        id = record.Event!.Id,
        alertId = record.Event.AlertId,
        type = AlertEventJson.NameOf(record.Event.Type),
        model = SqlText.Clean(record.Event.Model),
        metric = SqlText.Clean(record.Event.Metric),
        severity = AlertEventJson.NameOf(record.Event.Severity),
        record.Event.Score,
        onset = record.Event.Onset.UnixMilliseconds,
        detectedAt = record.Event.DetectedAt.UnixMilliseconds,
        record.Topic,
        record.Partition,
        record.Offset,
        recordedAt = now.UnixMilliseconds,
        record.Payload,
    };

    private static object AlertRow(JournalRecord record, long seq)
    {
        var alert = record.Event!;
        var isResolved = alert.Type == AlertEventType.Resolved;
        return new
        {
            alertId = alert.AlertId,
            status = isResolved ? "resolved" : "firing",
            severity = AlertEventJson.NameOf(alert.Severity),
            model = SqlText.Clean(alert.Model),
            metric = SqlText.Clean(alert.Metric),
            alert.Score,
            onset = alert.Onset.UnixMilliseconds,
            detectedAt = alert.DetectedAt.UnixMilliseconds,
            resolvedAt = isResolved ? alert.DetectedAt.UnixMilliseconds : (long?)null,
            seq,
            record.Payload,
        };
    }
}
