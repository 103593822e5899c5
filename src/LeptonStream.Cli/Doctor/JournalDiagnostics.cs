using System.Data.Common;
using System.Globalization;
using System.Net.Sockets;
using Dapper;
using LeptonStream.Health;
using LeptonStream.Storage;

namespace LeptonStream.Cli.Doctor;

/// <summary>Looks at the journal: its tables, what its notifier says of itself, and what it could not record.</summary>
/// <param name="storage">The settings that name the database.</param>
/// <param name="alerts">The alerts topic where it holds events, which a notifier should have recorded; else null.</param>
internal sealed class JournalDiagnostics(StorageOptions storage, string? alerts)
{
    private const string Name = "journal";

    /// <summary>Time at which the watchers outside took a heartbeat last; null where they never did, or nobody knows.</summary>
    public DateTimeOffset? HeartbeatAt { get; private set; }

    /// <summary>
    /// The time by the database's clock, with which its records are compared; that of this host where it does not answer.
    /// </summary>
    public DateTimeOffset Now { get; private set; } = DateTimeOffset.UtcNow;

    public async Task<IReadOnlyList<Finding>> Run(CancellationToken stop)
    {
        await using var database = Database.Of(storage.ConnectionString);
        // Looking must not make the file.
        if (database.Kind == DatabaseKind.Sqlite && FileOf(storage.ConnectionString) is { } file && !File.Exists(file))
            return [new(Name, $"{database.Name}: no such file yet, the notifier makes it", Unrecorded(database))];
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

    private async Task<IReadOnlyList<Finding>> Look(Database database, DbConnection connection)
    {
        int version;
        try
        {
            version = await connection.QuerySingleAsync<int>("select max(version) from schema_version");
        }
        catch (DbException)
        {
            return [new(Name, $"{database.Name}: version {connection.ServerVersion}, no tables yet: the notifier makes them",
                Unrecorded(database))];
        }

        var tables = new Finding(
            Name,
            string.Create(CultureInfo.InvariantCulture,
                $"{database.Name}: version {connection.ServerVersion}, tables of version {version}"),
            await ProblemOf(database, connection, version));
        if (version < DatabaseSchema.Version) return [tables];
        Now = await database.Now(connection, TimeProvider.System);
        var beat = await connection.ExecuteScalarAsync<long?>("select succeeded_at from heartbeat where succeeded_at > 0");
        HeartbeatAt = beat is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;
        return [tables, await Notifier(database, connection), .. await Dead(connection), .. await Conflicts(connection)];
    }

    private string? Unrecorded(Database database) => alerts is null
        ? null
        : $"{alerts} holds alert events, and no notifier has reported in {database.Name}: start one with 'lepton notifier', or name the "
            + "database that it has in Storage:ConnectionString";

    private static async Task<string?> ProblemOf(Database database, DbConnection connection, int version)
    {
        if (version > DatabaseSchema.Version)
            return await DatabaseSchema.Refusal(connection) is { } refusal ? $"{database.Name} {refusal}" : null;
        return version == DatabaseSchema.Version ? null : string.Create(CultureInfo.InvariantCulture,
            $"the tables of {database.Name} have version {version}, this program wants {DatabaseSchema.Version}: "
            + $"starting this version's notifier brings them up");
    }

    private async Task<Finding> Notifier(Database database, DbConnection connection)
    {
        const string Role = RoleNames.Notifier;
        var own = (await connection.QueryAsync<RoleStatus>(RoleStatus.Select)).Where(role => role.Role == Role).ToList();
        if (own.Count == 0) return new(Role, "has not reported yet", Unrecorded(database), IsMissing: true);
        var problems = RoleStatus.ProblemsOf(own, Now);
        string[] alive = [.. own.Where(one => one.IsAlive(Now)).Select(one => one.Instance)];
        var running = alive.Length < 2 ? "is running" : $"{alive.Length} are running ({string.Join(", ", alive)})";
        var isDead = problems.Any(problem => problem.Code == RoleProblem.NameOf(ProblemCode.RoleDead));
        return new(Role, problems.Count == 0 ? running : isDead ? "not running" : $"not well: {problems[0]}", RoleProblem.Line(problems));
    }

    private async Task<IReadOnlyList<Finding>> Dead(DbConnection connection)
    {
        var dead = await DeadNotifications.Read(connection, Now - DeadNotifications.Window, CancellationToken.None);
        return DeadNotifications.ProblemOf(dead) is not { } lost ? []
            : [new("notifications", string.Create(CultureInfo.InvariantCulture, $"{dead.Sum(one => one.Count)} given up in the last hour"),
                $"{lost.Text}; 'lepton outbox list' shows them, 'lepton outbox retry' sends them again")];
    }

    // Events that contradict the journal are kept beside it until an operator has looked into them.
    private static async Task<IReadOnlyList<Finding>> Conflicts(DbConnection connection)
    {
        var count = await connection.QuerySingleAsync<long>("select count(*) from event_conflict");
        var words = string.Create(CultureInfo.InvariantCulture, $"{count} in the table event_conflict");
        return count == 0
            ? []
            : [new("event conflicts", words, $"{words}: these events were not recorded, as their ids are known with another content; "
                + $"delete the rows once looked into")];
    }

    public static string? FileOf(string connectionString)
    {
        var parts = new DbConnectionStringBuilder { ConnectionString = connectionString };
        return parts.TryGetValue("Data Source", out var file)
            || parts.TryGetValue("DataSource", out file)
            || parts.TryGetValue("Filename", out file)
            ? (string)file
            : null;
    }
}
