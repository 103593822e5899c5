using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using NUnit.Framework;

namespace LeptonStream.Testing;

/// <summary>
/// A real PostgreSQL for tests, on a private port and in a folder of its own, from the binaries in /usr/lib/postgresql/*/bin or PATH.
/// PostgreSQL refuses to run as root, so there it runs as the account postgres (or nobody). Without binaries the test is skipped.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private static readonly SemaphoreSlim Gate = new(1);
    private static PostgresServer? _shared;

    private readonly string _binaries;
    private readonly Account? _account;
    private readonly string _folder;
    private readonly int _port;
    private Process? _process;

    private PostgresServer(string binaries, Account? account, string folder, int port)
    {
        _binaries = binaries;
        _account = account;
        _folder = folder;
        _port = port;
    }

    /// <summary>A connection string for the database <c>postgres</c> of this server.</summary>
    public string ConnectionString => Address("postgres");

    /// <summary>The one server of this test run, started when the first test asks. <see cref="StopShared"/> ends it.</summary>
    public static async Task<PostgresServer> Shared()
    {
        await Gate.WaitAsync();
        try
        {
            return _shared ??= await Start();
        }
        finally
        {
            Gate.Release();
        }
    }

    /// <summary>Ends the shared server, if one was started.</summary>
    public static async Task StopShared()
    {
        if (Interlocked.Exchange(ref _shared, null) is { } server) await server.DisposeAsync();
    }

    /// <summary>Starts a server for one test alone.</summary>
    public static async Task<PostgresServer> Start()
    {
        var binaries = FindBinaries();
        Requires.Component(binaries is not null, "no PostgreSQL: neither /usr/lib/postgresql/*/bin nor PATH holds initdb and postgres (Debian: apt-get install postgresql)");
        var account = Environment.IsPrivilegedProcess ? FindAccount() : null;
        var folder = Directory.CreateTempSubdirectory("lepton-postgres-").FullName;
        if (account is not null) await Run("chown", account.User, folder);

        var server = new PostgresServer(binaries, account, folder, FreePort());
        try
        {
            await Run(server.Command("initdb", "-D", folder, "-U", "lepton", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"));
            await server.Resume();
            OrphanWatch.Start(folder, $"[ -f '{folder}/postmaster.pid' ] && kill -QUIT $(head -1 '{folder}/postmaster.pid')");
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes an empty database that no other test has; returns its connection string.</summary>
    public async Task<string> CreateDatabase()
    {
        var name = $"test_{Guid.NewGuid():N}";
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"create database {name}", connection);
        await command.ExecuteNonQueryAsync();
        return Address(name);
    }

    /// <summary>Ends the server with SIGKILL, as a crash does.</summary>
    public async Task Kill()
    {
        if (_process is not { } process) return;
        _process = null;
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    /// <summary>Starts the server again after <see cref="Kill"/>, on the same port with the same files.</summary>
    public async Task Resume()
    {
        // Commits survive SIGKILL without fsync (the kernel has the pages), so tests need not wait for the disk.
        var command = Command("postgres", "-D", _folder, "-p", $"{_port}", "-k", _folder,
            "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "max_connections=200", "-c", "shared_buffers=32MB", "-c", "logging_collector=off");
        var output = new Queue<string>();
        for (var waited = Stopwatch.StartNew(); ; await Task.Delay(100))
        {
            if (_process is null or { HasExited: true }) _process = Launch(command, output);
            try
            {
                await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false;Timeout=5");
                await connection.OpenAsync();
                return;
            }
            catch (Exception notYet) when (notYet is NpgsqlException or SocketException)
            {
                if (waited.Elapsed > TimeSpan.FromSeconds(30))
                    lock (output) throw new AssertionException($"postgres did not start: {string.Join('\n', output)}", notYet);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Kill();
        Directory.Delete(_folder, recursive: true);
    }

    private static Process Launch(ProcessStartInfo command, Queue<string> output)
    {
        var process = new Process { StartInfo = command };
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;

        void Keep(object sender, DataReceivedEventArgs line)
        {
            lock (output)
            {
                if (output.Count == 50) output.Dequeue();
                if (line.Data is { } text) output.Enqueue(text);
            }
        }
    }

    private string Address(string database) => $"Host=127.0.0.1;Port={_port};Username=lepton;Database={database}";

    private ProcessStartInfo Command(string program, params string[] arguments)
    {
        var path = Path.Combine(_binaries, program);
        return new ProcessStartInfo(
            _account is null ? path : "setpriv",
            _account is null ? arguments : [$"--reuid={_account.User}", $"--regid={_account.Group}", "--clear-groups", path, .. arguments])
        {
            // The folder of the test run may be closed to the other account.
            WorkingDirectory = _folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
    }

    private static string? FindBinaries()
    {
        const string Packages = "/usr/lib/postgresql";
        var versions = Directory.Exists(Packages)
            ? Directory.GetDirectories(Packages).OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), out var version) ? version : 0).Select(folder => Path.Combine(folder, "bin"))
            : [];
        var paths = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        return versions.Concat(paths).FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")));
    }

    private static Account FindAccount()
    {
        var accounts = File.ReadLines("/etc/passwd").Select(line => line.Split(':')).ToDictionary(fields => fields[0], fields => new Account(fields[2], fields[3]));
        var account = accounts.GetValueOrDefault("postgres") ?? accounts.GetValueOrDefault("nobody");
        Requires.Component(account is not null, "PostgreSQL does not run as root, and this machine has neither the account postgres nor nobody to run it as");
        return account;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static Task Run(string program, params string[] arguments) =>
        Run(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true });

    private static async Task Run(ProcessStartInfo command)
    {
        using var process = Process.Start(command)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new AssertionException($"{command.FileName} {string.Join(' ', command.ArgumentList)} failed: {await output}{await error}");
    }

    private sealed record Account(string User, string Group);
}
