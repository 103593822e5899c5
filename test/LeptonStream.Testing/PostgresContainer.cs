using Testcontainers.PostgreSql;

namespace LeptonStream.Testing;

/// <summary>A PostgreSQL in a container.</summary>
internal sealed class PostgresContainer : IPostgresHost
{
    private readonly PostgreSqlContainer _container;

    private PostgresContainer(PostgreSqlContainer container) => _container = container;

    public string Output => $"container {_container.Name}";

    /// <summary>Makes one on this port of the host, or none where no Docker answers.</summary>
    public static async Task<PostgresContainer?> Create(int port) =>
        await Containers.Postgres(port) is { } container ? new PostgresContainer(container) : null;

    public Task Run() =>
        _container.State == DotNet.Testcontainers.Containers.TestcontainersStates.Running ? Task.CompletedTask : _container.StartAsync();

    public Task Kill() => _container.StopAsync();

    public ValueTask DisposeAsync() => _container.DisposeAsync();
}
