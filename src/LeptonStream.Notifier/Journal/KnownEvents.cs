using System.Data.Common;
using LeptonStream.Alerting;
using LeptonStream.Alerts;
using LeptonStream.Storage;

namespace LeptonStream.Notifier.Journal;

/// <summary>Holds a batch against what the journal has: which events are new, which are there already, and which contradict it.</summary>
internal sealed class KnownEvents(Database database)
{
    /// <summary>
    /// Sorts the events of records. An event is known by its id; an alert's id stands for one series, whatever happens to the alert.
    /// </summary>
    public async Task<(IReadOnlyList<JournalRecord> Fresh, IReadOnlyList<EventConflict> Conflicts)> Sort(
        DbTransaction transaction, IReadOnlyList<JournalRecord> records)
    {
        var events = records.Where(record => record.Event is not null).ToArray();
        if (events.Length == 0) return ([], []);
        var payloads = await Payloads(transaction, events);
        var series = await Series(transaction, events);
        var (fresh, conflicts) = (new List<JournalRecord>(events.Length), new List<EventConflict>());
        foreach (var record in events)
        {
            var alert = record.Event!;
            if (payloads.TryGetValue(alert.Id, out var known))
            {
                if (known != record.Text) conflicts.Add(new(record, alert.Id));
            }
            else if (series.GetValueOrDefault(alert.AlertId) is { } other && other != SeriesOf(alert))
                conflicts.Add(new(record, alert.AlertId));
            else
            {
                payloads.Add(alert.Id, record.Text);
                series[alert.AlertId] = SeriesOf(alert);
                fresh.Add(record);
            }
        }

        return (fresh, conflicts);
    }

    /// <summary>The series that an alert is about, as the table of alerts has it.</summary>
    public static string SeriesOf(AlertEvent alert) =>
        Fingerprint.Of(alert.Labels.With(("model", alert.Model), ("metric", alert.Metric))).ToString();

    private async Task<Dictionary<string, string>> Payloads(DbTransaction transaction, JournalRecord[] events)
    {
        string[] ids = [.. events.Select(record => record.Event!.Id).Distinct()];
        var rows = await transaction.Query<(string Id, string Payload)>(
            $"select event_id, payload from alert_event where event_id {database.AnyOf("@ids")}", new { ids });
        return rows.ToDictionary(row => row.Id, row => row.Payload);
    }

    private async Task<Dictionary<string, string?>> Series(DbTransaction transaction, JournalRecord[] events)
    {
        string[] ids = [.. events.Select(record => record.Event!.AlertId).Distinct()];
        var rows = await transaction.Query<(string Id, string? Series)>(
            $"select alert_id, series from alert where alert_id {database.AnyOf("@ids")}", new { ids });
        return rows.ToDictionary(row => row.Id, row => row.Series);
    }
}
