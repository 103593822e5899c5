using System.Data.Common;
using System.Text.Json;
using LeptonStream.Alerting.Muting;
using LeptonStream.Alerting.Remediation;
using LeptonStream.Samples;
using LeptonStream.Series;
using LeptonStream.Storage;

namespace LeptonStream.Notifier.Journal;

/// <summary>
/// Reads, inside the transaction of a flush, what must not be sent now: the silences that hold, and the alerts of the whole journal that
/// inhibit others. What was read before is kept, so that a flush reads changes only. One flush at a time.
/// </summary>
/// <param name="rules">The inhibit rules in force.</param>
/// <param name="maintenance">The times of planned work.</param>
/// <param name="flaps">Knows which alerts flap.</param>
/// <param name="log">Says which silence can't be read.</param>
internal sealed class MuteStore(IReadOnlyList<InhibitRule> rules, IReadOnlyList<MaintenanceWindow> maintenance, FlapStore flaps,
    JournalLog log)
{
    private readonly Inhibitor _inhibitor = new(rules);
    private Dictionary<string, (string Text, IReadOnlyList<Matcher> Matchers)> _matchers = [];

    // Every change of an alert has a higher seq than all before it, in the order of commits.
    private long? _seen;

    public async Task<Mutes> Load(DbTransaction transaction, Timestamp now)
    {
        if (_inhibitor.HasRules) await ReadAlerts(transaction);
        return new Mutes(await Silences(transaction, now), _inhibitor)
        {
            Acknowledged = await Acknowledged(transaction, now),
            Maintenance = maintenance,
            Flapping = await flaps.Flapping(transaction, now),
            FailedActions = await FailedActions(transaction),
        };
    }

    private static async Task<IReadOnlyDictionary<string, CareTaken>> Acknowledged(DbTransaction transaction, Timestamp now) =>
        (await transaction.Query<(string AlertId, string Person, long At)>(
            $"""
            select c.alert_id, c.acknowledged_by, c.acknowledged_at from alert_care c join alert a on a.alert_id = c.alert_id
            where a.status = 'firing' and {Acknowledgements.Hold}
            """,
            new { now = now.UnixMilliseconds }))
        .ToDictionary(row => row.AlertId, row => new CareTaken(row.Person, Timestamp.FromUnixMilliseconds(row.At)));

    // Of several the newest one.
    private static async Task<IReadOnlyDictionary<string, FailedAction>> FailedActions(DbTransaction transaction) =>
        (await transaction.Query<(string AlertId, string Policy, string Reason)>(
            """
            select remediation.alert_id, policy, reason from remediation join alert on alert.alert_id = remediation.alert_id
            where state = 'failed' and alert.status = 'firing' order by changed_at desc, action_id
            """)).DistinctBy(row => row.AlertId).ToDictionary(row => row.AlertId, row => new FailedAction(row.Policy, row.Reason));

    private async Task ReadAlerts(DbTransaction transaction)
    {
        var before = _seen ?? (await transaction.Query<long>("select value from counter where name = 'alert_event'")).Single();
        var rows = await transaction.Query<LabelledAlert>(
            _seen is null
                ? $"select {LabelledAlert.Columns} from alert where status = 'firing'"
                : $"select {LabelledAlert.Columns} from alert where seq > @before order by seq",
            new { before });
        foreach (var row in rows)
        {
            if (row.Status == "firing") _inhibitor.Put(row.AlertId, row.LabelSet());
            else _inhibitor.Remove(row.AlertId);
        }

        _seen = rows.Select(row => row.Seq).Append(before).Max();
    }

    private async Task<IReadOnlyList<Silence>> Silences(DbTransaction transaction, Timestamp now)
    {
        var rows = await transaction.Query<SilenceRow>(
            $"{SilenceRow.Select} where ends_at > @now and starts_at <= @now order by id", new { now = now.UnixMilliseconds });
        var known = new Dictionary<string, (string Text, IReadOnlyList<Matcher> Matchers)>(rows.Count);
        foreach (var row in rows)
            known[row.Id] = _matchers.TryGetValue(row.Id, out var read) && read.Text == row.Matchers
                ? read
                : (row.Matchers, MatchersOf(row));
        _matchers = known;
        return [.. rows.Select(row => row.ToSilence(known[row.Id].Matchers))];
    }

    // A silence that can't be read silences nothing: better a notification too many than one too few.
    private IReadOnlyList<Matcher> MatchersOf(SilenceRow row)
    {
        try
        {
            return row.ReadMatchers();
        }
        catch (Exception wrong) when (wrong is JsonException or ArgumentException)
        {
            log.UnreadableSilence(row.Id, wrong.Message);
            return [];
        }
    }
}
