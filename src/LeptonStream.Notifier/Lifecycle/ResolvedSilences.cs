using System.Data.Common;
using System.Text.Json;
using Dapper;
using LeptonStream.Alerting.Muting;
using LeptonStream.Health;
using LeptonStream.Notifier.Journal;
using LeptonStream.Samples;
using LeptonStream.Series;
using LeptonStream.Storage;

namespace LeptonStream.Notifier.Lifecycle;

/// <summary>Ends silences whose alerts have been over for their quiet period (<see cref="ResolvedWatch"/>).</summary>
internal sealed class ResolvedSilences(Database database)
{
    private const string Waiting = "quiet_ms is not null and starts_at <= @now and ends_at > @now";

    /// <summary>Whether any silence that holds waits for its alerts.</summary>
    public async Task<bool> Any(Timestamp now, CancellationToken cancellation)
    {
        await using var connection = await database.Open(cancellation);
        return await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            $"select count(*) from silence where {Waiting}", new { now = now.UnixMilliseconds }, cancellationToken: cancellation)) > 0;
    }

    /// <summary>The labels of the alerts that fire.</summary>
    public async Task<IReadOnlyList<LabelSet>> Firing(CancellationToken cancellation)
    {
        await using var connection = await database.Open(cancellation);
        return [.. (await connection.QueryAsync<LabelledAlert>(new CommandDefinition(
            $"select {LabelledAlert.Columns} from alert where status = 'firing'", cancellationToken: cancellation)))
            .Select(alert => alert.LabelSet())];
    }

    /// <summary>Looks at each of them, and ends those whose time has come.</summary>
    /// <returns>Number of silences that ended.</returns>
    /// <param name="transaction">A transaction.</param>
    /// <param name="firing">The labels of the alerts that fire; read before, since there may be many.</param>
    /// <param name="now">The time.</param>
    public async Task<int> End(DbTransaction transaction, IReadOnlyList<LabelSet> firing, Timestamp now)
    {
        var rows = await transaction.Query<SilenceRow>(
            $"{SilenceRow.Select} where {Waiting} order by id {database.ForUpdate}", new { now = now.UnixMilliseconds });
        var ended = 0;
        foreach (var row in rows)
        {
            if (SilenceOf(row) is not { } silence || row.Watch() is not { } before) continue;
            var watch = before.Observe(firing.Any(silence.Covers), now);
            if (watch.IsOver(now))
            {
                await End(transaction, row, now);
                ended++;
            }
            else if (watch != before)
            {
                await transaction.Execute(
                    "update silence set has_matched = @matched, over_since = @since where id = @Id",
                    new { row.Id, matched = watch.HasMatched ? 1 : 0, since = watch.OverSince?.UnixMilliseconds });
            }
        }

        return ended;
    }

    private static async Task End(DbTransaction transaction, SilenceRow row, Timestamp now)
    {
        await transaction.Execute(
            "update silence set ends_at = @now, updated_at = @now where id = @Id", new { row.Id, now = now.UnixMilliseconds });
        await (AuditRecord.ByProgram(RoleNames.Notifier, now.UnixMilliseconds, "silence_expired") with
        {
            SilenceId = row.Id,
            Detail = [("reason", "resolved")],
        }).Add(transaction);
    }

    // One that can't be read mutes nothing and ends by its time; the flush says so in the log.
    private static Silence? SilenceOf(SilenceRow row)
    {
        try
        {
            return row.ToSilence(row.ReadMatchers());
        }
        catch (Exception wrong) when (wrong is JsonException or ArgumentException)
        {
            return null;
        }
    }
}
