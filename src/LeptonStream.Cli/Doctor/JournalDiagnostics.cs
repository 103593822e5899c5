using System.Data.Common;
using System.Globalization;
using System.Net.Sockets;
using Dapper;
using LeptonStream.Health;
using LeptonStream.Storage;

namespace LeptonStream.Cli.Doctor;

/// <summary>Looks at the journal: its tables, what its notifier says of itself, and what it could not record.</summary>
internal sealed class JournalDiagnostics(StorageOptions storage)
{
    private const string Name = "journal";

    public async Task<IReadOnlyList<Finding>> Run(CancellationToken stop)
    {
        await using var database = Database.Of(storage.ConnectionString);
        // Looking must not make the file.
        if (database.Kind == DatabaseKind.Sqlite && FileOf(storage.ConnectionString) is { } file && !File.Exists(file))
            return [new(Name, $"{database.Name}: no such file yet, the notifier makes it")];
        try
        {
            await using var connection = await database.Open(stop);
            return await Look(database, connection);
        }
        catch (Exception failure) when (failure is DbException or SocketException or TimeoutException)
        {
            return [new(Name, $"{database.Name}: no answer", $"{database.Name} can't be opened: {failure.Message.TrimEnd('.')}")];
        }
    }

    private static async Task<IReadOnlyList<Finding>> Look(Database database, DbConnection connection)
    {
        int version;
        try
        {
            version = await connection.QuerySingleAsync<int>("select max(version) from schema_version");
        }
        catch (DbException)
        {
            return [new(Name, $"{database.Name}: version {connection.ServerVersion}, no tables yet: the notifier makes them")];
        }

        var tables = new Finding(
            Name,
            string.Create(CultureInfo.InvariantCulture,
                $"{database.Name}: version {connection.ServerVersion}, tables of version {version}"),
            ProblemOf(database, version));
        return version < DatabaseSchema.Version ? [tables] : [tables, await Notifier(connection), .. await Conflicts(connection)];
    }

    private static string? ProblemOf(Database database, int version)
    {
        if (version == DatabaseSchema.Version) return null;
        var remedy = version < DatabaseSchema.Version ? "starting this version's notifier brings them up" : "a newer program has been here";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"the tables of {database.Name} have version {version}, this program wants {DatabaseSchema.Version}: {remedy}");
    }

    private static async Task<Finding> Notifier(DbConnection connection)
    {
        const string Role = RoleNames.Notifier;
        var own = (await connection.QueryAsync<RoleStatus>(RoleStatus.Select)).Where(role => role.Role == Role).ToList();
        if (own.Count == 0) return new(Role, "has not reported yet");
        var problems = RoleStatus.ProblemsOf(own, DateTimeOffset.UtcNow);
        return new(Role, problems.Count == 0 ? "is running" : "not well", problems.Count == 0 ? null : string.Join("; ", problems));
    }

    // Events that contradict the journal are kept beside it until somebody has looked into them.
    private static async Task<IReadOnlyList<Finding>> Conflicts(DbConnection connection)
    {
        var count = await connection.QuerySingleAsync<long>("select count(*) from event_conflict");
        var words = string.Create(CultureInfo.InvariantCulture, $"{count} in the table event_conflict");
        return count == 0
            ? []
            : [new("event conflicts", words, $"{words}: these events were not recorded, as their ids are known with another content; "
                + $"delete the rows once looked into")];
    }

    private static string? FileOf(string connectionString)
    {
        var parts = new DbConnectionStringBuilder { ConnectionString = connectionString };
        return parts.TryGetValue("Data Source", out var file)
            || parts.TryGetValue("DataSource", out file)
            || parts.TryGetValue("Filename", out file)
            ? (string)file
            : null;
    }
}
