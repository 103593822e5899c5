using System.Data.Common;
using Dapper;

namespace LeptonStream.Storage;

/// <summary>
/// The clock of a database, by which times that one process writes and another reads are compared: those of two hosts may differ by hours.
/// </summary>
public static class DatabaseClock
{
    /// <summary>The time by the database's clock. A file has none of its own: that of its host.</summary>
    /// <param name="database">The database.</param>
    /// <param name="connection">A connection to it.</param>
    /// <param name="time">The clock of this host.</param>
    /// <param name="stop">Cancels.</param>
    public static async Task<DateTimeOffset> Now(
        this Database database, DbConnection connection, TimeProvider time, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(time);
        if (database.Kind != DatabaseKind.PostgreSql) return time.GetUtcNow();
        return DateTimeOffset.FromUnixTimeMilliseconds(await connection.ExecuteScalarAsync<long>(
            new("select (extract(epoch from clock_timestamp()) * 1000)::bigint", cancellationToken: stop)));
    }
}
