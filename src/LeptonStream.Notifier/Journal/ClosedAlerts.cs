using System.Data.Common;
using Dapper;
using LeptonStream.Alerting;
using LeptonStream.Samples;
using LeptonStream.Storage;

namespace LeptonStream.Notifier.Journal;

/// <summary>
/// The alerts that people closed. The dashboard writes down that somebody did; ending the alert in its groups, so that whoever was notified
/// of it is notified of its end, is the notifier's. What the detector says of such an alert afterwards changes no group.
/// </summary>
internal sealed class ClosedAlerts(Database database)
{
    private const int MostAtOnce = 500;

    /// <summary>Whether anything was closed that still fires in groups.</summary>
    public async Task<bool> AnyPending(CancellationToken cancellation)
    {
        await using var connection = await database.Open(cancellation);
        return await connection.ExecuteScalarAsync<long>(
            new CommandDefinition("select count(*) from alert_care where close_pending = 1", cancellationToken: cancellation)) > 0;
    }

    /// <summary>Ends what was closed, in the transaction that loaded its groups; at most so many, the others the next time.</summary>
    public async Task<int> End(DbTransaction transaction, GroupStore groups)
    {
        var closed = await transaction.Query<ClosedRow>(
            $"select alert_id, closed_by, closed_at from alert_care where close_pending = 1 order by alert_id limit {MostAtOnce}");
        string[] alertIds = [.. closed.Select(row => row.AlertId)];
        var loaded = await groups.LoadFor(transaction, groupIds: [], alertIds, fingerprints: []);
        foreach (var row in closed)
            AlertPipeline.Close(loaded.Groups, row.AlertId, row.ClosedBy, Timestamp.FromUnixMilliseconds(row.ClosedAt));
        await groups.Save(transaction, loaded);
        await transaction.Execute(
            $"update alert_care set close_pending = 0 where alert_id {database.AnyOf("@alertIds")}", new { alertIds });
        return closed.Count;
    }

    /// <summary>Which of these alerts a person closed.</summary>
    public async Task<HashSet<string>> Among(DbTransaction transaction, string[] alertIds) =>
        [.. await transaction.Query<string>(
            $"select alert_id from alert_care where closed_at is not null and alert_id {database.AnyOf("@alertIds")}", new { alertIds })];

    private sealed class ClosedRow
    {
        public required string AlertId { get; init; }

        public required string ClosedBy { get; init; }

        public required long ClosedAt { get; init; }
    }
}
