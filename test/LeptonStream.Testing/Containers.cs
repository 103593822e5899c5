using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Containers;
using Testcontainers.Kafka;
using Testcontainers.PostgreSql;

namespace LeptonStream.Testing;

/// <summary>Servers in containers, for a machine that has Docker and not the server itself. The images are those of compose.yaml.</summary>
public static class Containers
{
    /// <summary>The image of the Kafka.</summary>
    public const string KafkaImage = "apache/kafka:4.3.1";

    /// <summary>The image of the PostgreSQL.</summary>
    public const string PostgresImage = "postgres:17";

    /// <summary>A running Kafka, or null where no Docker answers.</summary>
    internal static Task<KafkaContainer?> Kafka() => Start(() => new KafkaBuilder(KafkaImage).Build());

    /// <summary>A running PostgreSQL that lets the user lepton in on this port of the host, or null where no Docker answers.</summary>
    internal static Task<PostgreSqlContainer?> Postgres(int port) => Start(() => new PostgreSqlBuilder(PostgresImage)
        .WithUsername("lepton")
        .WithEnvironment("POSTGRES_HOST_AUTH_METHOD", "trust")
        .WithPortBinding(port, PostgreSqlBuilder.PostgreSqlPort)
        .Build());

    private static async Task<T?> Start<T>(Func<T> build)
        where T : class, IContainer
    {
        try
        {
            var container = build();
            await container.StartAsync();
            return container;
        }
        catch (DockerUnavailableException)
        {
            return null;
        }
    }
}
