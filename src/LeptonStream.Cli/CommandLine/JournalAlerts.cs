using System.Data.Common;
using Dapper;

namespace LeptonStream.Cli.CommandLine;

/// <summary>Alerts of the journal by the beginnings of their ids, for tools that read the journal itself.</summary>
internal static class JournalAlerts
{
    /// <summary>The whole id.</summary>
    /// <exception cref="WrongUsageException">It is too short, no alert begins so, or several do.</exception>
    public static async Task<string> IdOf(DbConnection connection, string start) => IdStart.Only("alert", start,
        await connection.QueryAsync<string>(
            "select alert_id from alert where alert_id = @start or substr(alert_id, 1, @length) = @start order by alert_id limit 10",
            new { start, length = start.Length }));
}
