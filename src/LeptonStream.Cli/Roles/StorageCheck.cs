using System.Data.Common;
using LeptonStream.Cli.CommandLine;
using LeptonStream.Storage;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace LeptonStream.Cli.Roles;

/// <summary>
/// Looks, before a role starts, for faults of its database that do not pass by themselves: a folder that is missing or may not be
/// written, a user, password or database that the server refuses. A server that does not answer yet is no such thing: the role waits for
/// it.
/// </summary>
internal static class StorageCheck
{
    private const string InvalidAuthorization = "28";
    private const string NoSuchDatabase = "3D000";

    /// <exception cref="WrongUsageException">Something is wrong, in one sentence.</exception>
    public static async Task Run(StorageOptions storage, bool writes, CancellationToken stop)
    {
        if (Database.KindOf(storage.ConnectionString) == DatabaseKind.Sqlite)
            CheckFile(new SqliteConnectionStringBuilder(storage.ConnectionString).DataSource, writes);
        else await CheckServer(storage, stop);
    }

    private static void CheckFile(string file, bool writes)
    {
        if (file.Length == 0 || file.StartsWith(':')) return;
        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        if (!Directory.Exists(folder))
            throw new WrongUsageException($"Storage:ConnectionString: there is no folder {folder} for the SQLite file");
        try
        {
            if (File.Exists(file))
                using (File.Open(file, FileMode.Open, writes ? FileAccess.ReadWrite : FileAccess.Read, FileShare.ReadWrite)) { }
            // SQLite makes files beside the database: the folder must be writable, too.
            if (writes) using (File.Create(Path.Combine(folder, $".lepton-{Guid.NewGuid():N}"), 1, FileOptions.DeleteOnClose)) { }
        }
        catch (Exception refused) when (refused is UnauthorizedAccessException or IOException)
        {
            var who = Environment.UserName;
            throw new WrongUsageException(
                $"Storage:ConnectionString: {who} may not {(writes ? "write" : "read")} {Path.GetFullPath(file)} "
                + $"({refused.Message.TrimEnd('.')})");
        }
    }

    private static async Task CheckServer(StorageOptions storage, CancellationToken stop)
    {
        await using var database = Database.Of(storage.ConnectionString);
        try
        {
            await using var connection = await database.Open(stop);
        }
        catch (PostgresException refused) when (
            refused.SqlState.StartsWith(InvalidAuthorization, StringComparison.Ordinal) || refused.SqlState == NoSuchDatabase)
        {
            throw new WrongUsageException($"Storage:ConnectionString: {database.Name} refuses: {refused.MessageText}");
        }
        catch (NpgsqlException refused) when (refused is not PostgresException && !refused.IsTransient && refused.InnerException is null)
        {
            // Nothing went wrong on the way: a password or an encryption that the server asks for is missing.
            throw new WrongUsageException($"Storage:ConnectionString: {database.Name} refuses: {refused.Message.TrimEnd('.')}");
        }
        catch (Exception absent) when (absent is DbException or TimeoutException or System.Net.Sockets.SocketException)
        {
            // The role says so and waits.
        }
    }
}
