using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using NUnit.Framework;

namespace LeptonStream.Testing;

/// <summary>
/// A real PostgreSQL for tests on a private port: from the binaries in /usr/lib/postgresql/*/bin or PATH, else in a container.
/// Where there is neither, the test is skipped with the reason.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private static readonly SemaphoreSlim Gate = new(1);
    private static PostgresServer? _shared;

    private readonly IPostgresHost _host;
    private readonly int _port;

    private PostgresServer(IPostgresHost host, int port)
    {
        _host = host;
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
        var port = FreePort();
        IPostgresHost? host = PostgresProcess.FindBinaries() is { } binaries
            ? await PostgresProcess.Create(binaries, port)
            : await PostgresContainer.Create(port);
        Requires.Component(host is not null,
            "no PostgreSQL: neither /usr/lib/postgresql/*/bin nor PATH holds initdb and postgres (Debian: apt-get install postgresql), "
            + "and no Docker answers");
        var server = new PostgresServer(host, port);
        try
        {
            await server.Resume();
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

    /// <summary>Ends the server at once, as a crash does.</summary>
    public Task Kill() => _host.Kill();

    /// <summary>Starts the server again after <see cref="Kill"/>, on the same port with the same files.</summary>
    public async Task Resume()
    {
        for (var waited = Stopwatch.StartNew(); ; await Task.Delay(100))
        {
            await _host.Run();
            try
            {
                await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false;Timeout=5");
                await connection.OpenAsync();
                return;
            }
            catch (Exception notYet) when (notYet is NpgsqlException or SocketException)
            {
                if (waited.Elapsed > TimeSpan.FromSeconds(30))
                    throw new AssertionException($"postgres did not start: {_host.Output}", notYet);
            }
        }
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private string Address(string database) => $"Host=127.0.0.1;Port={_port};Username=lepton;Database={database}";

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
