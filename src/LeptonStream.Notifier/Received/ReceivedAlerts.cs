using System.Data.Common;
using Dapper;
using LeptonStream.Alerting.Received;
using LeptonStream.Alerts;
using LeptonStream.Notifier.Journal;
using LeptonStream.Samples;
using LeptonStream.Storage;

namespace LeptonStream.Notifier.Received;

/// <summary>
/// The alerts that others posted, on their way into the journal: the dashboard wrote them down, and here they get their events. Who only
/// renews an alert makes no event.
/// </summary>
internal sealed class ReceivedAlerts(Database database)
{
    /// <summary>Alerts in one step, at most.</summary>
    public const int MostAtOnce = 500;

    // Texts of an alert that fires change with every evaluation of its rule where they hold a value.
    private static readonly TimeSpan TextsEvery = TimeSpan.FromMinutes(5);

    private const string Due =
        """
        (pending = 1 and (state <> 'firing' or taken_at <= @before or ends_at <= @now))
          or (state = 'firing' and ends_at <= @now) or (state = 'firing' and ends_at is null and renewed_at <= @lost)
        """;

    /// <summary>Whether anything is to be taken up.</summary>
    public async Task<bool> Any(TimeSpan timeout, Timestamp now, CancellationToken cancellation)
    {
        await using var connection = await database.Open(cancellation);
        return await connection.ExecuteScalarAsync<long?>(new CommandDefinition(
            $"select 1 from received_alert where {Due} limit 1", Parameters(timeout, now), cancellationToken: cancellation)) is not null;
    }

    /// <summary>Takes some up: their events, in the order in which they happened.</summary>
    /// <param name="transaction">The transaction that records them.</param>
    /// <param name="timeout">Time for which an alert without an end fires.</param>
    /// <param name="now">The time.</param>
    /// <returns>The events, and the number of alerts, with or without one.</returns>
    public async Task<(IReadOnlyList<JournalRecord> Events, int Alerts)> Take(DbTransaction transaction, TimeSpan timeout, Timestamp now)
    {
        var rows = await transaction.Query<ReceivedAlertRow>(
            $"{ReceivedAlertRow.Select} where {Due} order by taken_at, alert_id limit {MostAtOnce} {database.ForUpdateSkipLocked}",
            Parameters(timeout, now));
        var taken = rows.Select(row => (Row: row, Events: EventsOf(row, timeout, now))).ToArray();
        await transaction.ExecuteEach(
            "update received_alert set state = @state, events = @events, taken_at = @at, pending = 0 where alert_id = @AlertId",
            taken.Select(item => new
            {
                item.Row.AlertId,
                state = item.Row.ToAlert().EndsBy(timeout) <= now ? ReceivedAlertRow.Ended : ReceivedAlertRow.Firing,
                events = item.Row.Events + item.Events.Length,
                at = now.UnixMilliseconds,
            }));
        return ([.. taken.SelectMany(item => item.Events)], rows.Count);
    }

    private static JournalRecord[] EventsOf(ReceivedAlertRow row, TimeSpan timeout, Timestamp now)
    {
        var (alert, number) = (row.ToAlert(), row.Events);
        var end = alert.EndsBy(timeout);
        var isOver = end <= now;
        var wasFiring = row.State == ReceivedAlertRow.Firing;
        var events = new List<AlertEvent>(2);
        // One that fired and ended while no notifier was there did both.
        if (!wasFiring && (row.State == ReceivedAlertRow.New || !isOver))
            Add(AlertEventType.Opened, isOver && end < alert.RenewedAt ? end : alert.RenewedAt);
        else if (wasFiring && !isOver) Add(AlertEventType.Updated, alert.RenewedAt);
        if (isOver && (wasFiring || row.State == ReceivedAlertRow.New)) Add(AlertEventType.Resolved, end);
        // As with Alertmanager, waiting counts from the beginning that the sender names.
        return [.. events.Select(each => new JournalRecord(
            ReceivedAlertEvents.Source, ReceivedAlertEvents.Partition, each.SourceOffset, alert.StartsAt, each,
            AlertEventJson.Write(each)))];

        void Add(AlertEventType type, Timestamp at) => events.Add(ReceivedAlertEvents.Of(alert, type, number++, at));
    }

    private static object Parameters(TimeSpan timeout, Timestamp now) => new
    {
        now = now.UnixMilliseconds,
        lost = (now - timeout).UnixMilliseconds,
        before = (now - TextsEvery).UnixMilliseconds,
    };
}
