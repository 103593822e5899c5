using System.CommandLine;
using System.Data.Common;
using System.Net.Sockets;
using LeptonStream.Cli.Doctor;
using LeptonStream.Cli.Settings;
using LeptonStream.Storage;
using Microsoft.Extensions.Configuration;

namespace LeptonStream.Cli.CommandLine;

/// <summary>Reads the notifier's journal for a tool, and says in plain words where that fails.</summary>
internal static class JournalTool
{
    /// <exception cref="WrongUsageException">There is no journal by these settings, or it can't be read.</exception>
    public static async Task<T> Read<T>(ParseResult parsed, Func<Database, Task<T>> read)
    {
        var settings = LeptonSettings.Load(parsed);
        settings.Check(services => services.AddStorage(settings.Configuration));
        var storage = settings.Configuration.GetSection(StorageOptions.Section).Get<StorageOptions>() ?? new();
        await using var database = Database.Of(storage.ConnectionString);
        // Looking must not make the file.
        if (database.Kind == DatabaseKind.Sqlite && JournalDiagnostics.FileOf(storage.ConnectionString) is { } file && !File.Exists(file))
            throw new WrongUsageException($"{database.Name} is not there: --storage names the notifier's database");
        try
        {
            return await read(database);
        }
        catch (Exception failure) when (failure is DbException or SocketException or TimeoutException)
        {
            throw new WrongUsageException($"{database.Name} can't be read: {failure.Message.TrimEnd('.')}");
        }
    }
}
