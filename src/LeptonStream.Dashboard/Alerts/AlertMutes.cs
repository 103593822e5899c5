using System.Data.Common;
using System.Text.Json;
using Dapper;
using LeptonStream.Alerting;
using LeptonStream.Samples;
using LeptonStream.Storage;

namespace LeptonStream.Dashboard.Alerts;

/// <summary>
/// Why nobody is notified of an alert that fires. Silences are asked as they are now; whatever else mutes, as the last flush found it.
/// </summary>
internal static class AlertMutes
{
    // Beyond these, all open alerts are asked at once.
    private const int FewRows = 200;

    /// <summary>Says of each row that fires what mutes it.</summary>
    public static async Task Set(
        Database journal, DbConnection connection, IReadOnlyList<AlertRow> rows, Timestamp now, CancellationToken stop)
    {
        AlertRow[] firing = [.. rows.Where(row => row.Status == "firing")];
        if (firing.Length == 0) return;
        var silences = (await connection.QueryAsync<SilenceRow>(new CommandDefinition(
            $"{SilenceRow.Select} where starts_at <= @at and ends_at > @at order by ends_at desc, id",
            new { at = now.UnixMilliseconds }, cancellationToken: stop))).Select(row => (Row: row, Silence: Readable(row)))
            .Where(pair => pair.Silence is not null).ToList();
        var left = await LeftOut(journal, connection, firing, stop);
        foreach (var row in firing)
        {
            row.Muted = left.GetValueOrDefault(row.AlertId);
            if (silences.Count == 0) continue;
            var labels = AlertSummary.LabelsOf(row, AlertDetail.Read(row.Payload));
            if (silences.Find(pair => pair.Silence!.Covers(labels)) is { Silence: not null } silence)
                row.Muted = new("silence", [silence.Row.CreatedBy], Timestamp.FromUnixMilliseconds(silence.Row.EndsAt).ToString());
        }
    }

    private static async Task<Dictionary<string, Muted>> LeftOut(
        Database journal, DbConnection connection, AlertRow[] firing, CancellationToken stop)
    {
        var these = firing.Length > FewRows ? "" : $" and s.alert_id {journal.AnyOf("@ids")}";
        var rows = await connection.QueryAsync<(string AlertId, string Cause, string Detail)>(new CommandDefinition(
            $"""
            select s.alert_id, s.cause, s.detail from suppression s join alert on alert.alert_id = s.alert_id
            where alert.status = 'firing' and s.until is null
              and s.cause in ('inhibition', 'maintenance', 'active_time_interval', 'mute_time_interval'){these}
            """,
            these.Length == 0 ? null : new { ids = firing.Select(row => row.AlertId).ToArray() }, cancellationToken: stop));
        var left = new Dictionary<string, Muted>();
        foreach (var (id, cause, detail) in rows) left[id] = new(cause, AlertingJson.Read<string[]>(detail), Until: null);
        return left;
    }

    // One that can't be read mutes nothing here; the notifier says so in its log.
    private static Alerting.Muting.Silence? Readable(SilenceRow row)
    {
        try
        {
            return row.ToSilence(row.ReadMatchers());
        }
        catch (Exception broken) when (broken is JsonException or ArgumentException)
        {
            return null;
        }
    }
}

/// <summary>The reason for which nobody is notified of an alert at present.</summary>
/// <param name="Cause">silence, inhibition, maintenance, active_time_interval or mute_time_interval.</param>
/// <param name="By">Who silenced it, the id of the inhibiting alert, or names of windows or intervals.</param>
/// <param name="Until">End of the silence at the latest, RFC 3339; null for other causes.</param>
internal sealed record Muted(string Cause, IReadOnlyList<string> By, string? Until);
