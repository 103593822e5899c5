using LeptonStream.Storage;
using Microsoft.Data.Sqlite;

namespace LeptonStream.Testing;

/// <summary>An empty database for one test: a SQLite file of its own, or a database of its own on the shared PostgreSQL.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly string? _folder;

    private TestDatabase(string connectionString, string? folder)
    {
        ConnectionString = connectionString;
        _folder = folder;
        Database = Database.Of(connectionString);
    }

    public string ConnectionString { get; }

    public Database Database { get; }

    /// <summary>Makes one without tables.</summary>
    public static async Task<TestDatabase> Create(DatabaseKind kind)
    {
        if (kind == DatabaseKind.PostgreSql) return new TestDatabase(await (await PostgresServer.Shared()).CreateDatabase(), null);
        var folder = Directory.CreateTempSubdirectory("lepton-sqlite-").FullName;
        return new TestDatabase($"Data Source={Path.Combine(folder, "lepton.db")}", folder);
    }

    /// <summary>Makes one with the tables of this version.</summary>
    public static async Task<TestDatabase> CreateWithSchema(DatabaseKind kind)
    {
        var database = await Create(kind);
        await DatabaseSchema.Apply(database.Database);
        return database;
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        if (_folder is null) return;
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }
}
