using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace LeptonStream.Storage;

/// <summary>
/// The one door to SQL. Everything above it is written once, in the SQL that PostgreSQL and SQLite share; what differs is here:
/// how to open a connection, and how to lock rows (SQLite has one writer, so its write transaction already is the lock).
/// </summary>
public sealed class Database : IAsyncDisposable
{
    private const string Forms = "write 'Host=db;Database=lepton;Username=...;Password=...' for PostgreSQL or 'Data Source=lepton.db' for "
        + "SQLite.";

    // Waiting in the library is smoother than the driver's own 150 ms polling; beyond it the caller's retry takes over.
    private const string SqliteSession = "pragma busy_timeout = 10000; pragma journal_mode = wal; pragma synchronous = normal;";

    // A database that hangs must be told of within half a minute: connecting and one statement together take less.
    private const int ConnectSeconds = 8;
    private const int StatementSeconds = 10;

    // SQLITE_READONLY.
    private const int SqliteReadOnly = 8;

    // SQLITE_CANTOPEN.
    private const int SqliteCannotOpen = 14;

    // What Npgsql takes where the connection string says nothing.
    private static readonly NpgsqlConnectionStringBuilder Unset = [];

    private readonly DbDataSource _source;

    // The path of SQLite's file.
    private readonly string? _file;

    // Columns are snake_case, properties PascalCase.
    static Database() => DefaultTypeMap.MatchNamesWithUnderscores = true;

    private Database(DatabaseKind kind, DbDataSource source, string name, string? file = null)
    {
        Kind = kind;
        Name = name;
        (_source, _file) = (source, file);
    }

    public DatabaseKind Kind { get; }

    /// <summary>Description of the database for people; never holds a password.</summary>
    public string Name { get; }

    /// <summary>Ends a <c>select</c> whose rows the transaction is about to change.</summary>
    public string ForUpdate => Kind == DatabaseKind.PostgreSql ? "for update" : "";

    /// <summary>As <see cref="ForUpdate"/>, but leaves out the rows that another transaction holds.</summary>
    public string ForUpdateSkipLocked => Kind == DatabaseKind.PostgreSql ? "for update skip locked" : "";

    /// <summary>
    /// Compares a column with the elements of an array parameter: <c>where id {AnyOf("@ids")}</c>. PostgreSQL takes the array whole, SQLite
    /// one by one.
    /// </summary>
    public string AnyOf(string parameter) => Kind == DatabaseKind.PostgreSql ? $"= any({parameter})" : $"in {parameter}";

    /// <summary>Makes the seam for a connection string; nothing is opened yet.</summary>
    /// <exception cref="ArgumentException">It is neither for PostgreSQL nor for SQLite; the message says what is allowed.</exception>
    public static Database Of(string connectionString)
    {
        if (KindOf(connectionString) == DatabaseKind.PostgreSql)
        {
            var server = new NpgsqlConnectionStringBuilder(connectionString);
            server.ApplicationName ??= "lepton";
            // The same few statements all the time: prepared, they cost half.
            if (server.MaxAutoPrepare == 0) server.MaxAutoPrepare = 50;
            if (server.Timeout == Unset.Timeout) server.Timeout = ConnectSeconds;
            if (server.CommandTimeout == Unset.CommandTimeout) server.CommandTimeout = StatementSeconds;
            return new(DatabaseKind.PostgreSql, NpgsqlDataSource.Create(server),
                $"PostgreSQL {server.Host}:{server.Port}/{server.Database}");
        }

        var file = new SqliteConnectionStringBuilder(connectionString);
        // An address of SQLite's own, with settings in it.
        var path = file.DataSource.StartsWith("file:", StringComparison.Ordinal) ? null : Path.GetFullPath(file.DataSource);
        // Looking must not make the file: in a wrong folder it would stay there, empty.
        if (path is not null && file.Mode == SqliteOpenMode.ReadWriteCreate) file.Mode = SqliteOpenMode.ReadWrite;
        var source = SqliteFactory.Instance.CreateDataSource(file.ConnectionString);
        return new(DatabaseKind.Sqlite, source, $"SQLite {path ?? file.DataSource}", path);
    }

    /// <summary>Finds the kind by the keys of the connection string, and checks every key.</summary>
    /// <exception cref="ArgumentException">It is for neither, or a key is unknown; the message says what is allowed.</exception>
    public static DatabaseKind KindOf(string connectionString)
    {
        if (KeysOf(connectionString) is not { } keys)
            throw new ArgumentException($"It is no connection string, which has the form Key=value;Key=value: {Forms}");
        if (keys.ContainsKey("Host") || keys.ContainsKey("Server"))
        {
            _ = new NpgsqlConnectionStringBuilder(connectionString);
            return DatabaseKind.PostgreSql;
        }

        if (!keys.ContainsKey("Data Source") && !keys.ContainsKey("DataSource") && !keys.ContainsKey("Filename"))
            throw new ArgumentException($"It names no database: {Forms}");
        var file = new SqliteConnectionStringBuilder(connectionString);
        if (file.DataSource.Length == 0 || file.DataSource.Contains(":memory:",
            StringComparison.Ordinal) || file.Mode == SqliteOpenMode.Memory)
            throw new ArgumentException("SQLite needs a file here (Data Source=/path/lepton.db): a database in memory isn't shared "
                + "between connections.");
        return DatabaseKind.Sqlite;
    }

    // An address such as postgresql://…, or a name alone, has no keys. It may hold a secret, so nothing of it is repeated.
    private static DbConnectionStringBuilder? KeysOf(string connectionString)
    {
        try
        {
            return new() { ConnectionString = connectionString };
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Opens a connection; dispose it after use (it goes back to the pool).</summary>
    public async ValueTask<DbConnection> Open(CancellationToken cancellation = default)
    {
        var connection = await _source.OpenConnectionAsync(cancellation);
        if (Kind == DatabaseKind.PostgreSql) return connection;
        try
        {
            await using var command = connection.CreateCommand();
            command.CommandText = SqliteSession;
            await command.ExecuteNonQueryAsync(cancellation);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Runs <paramref name="work"/> in one transaction that may write, and commits it; on any exception nothing of it is left.
    /// </summary>
    public async Task<T> Write<T>(Func<DbTransaction, Task<T>> work, CancellationToken cancellation = default)
    {
        await using var connection = await Open(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var result = await work(transaction);
        // A cancelled commit would leave its outcome unknown.
        await transaction.CommitAsync(CancellationToken.None);
        return result;
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    /// <summary>Whether no notifier has started on it yet: it answers and has no tables, or SQLite's file is not there.</summary>
    public bool LacksTables(Exception failure) =>
        failure is PostgresException { SqlState: PostgresErrorCodes.UndefinedTable }
        || (failure is SqliteException && failure.Message.Contains("no such table", StringComparison.Ordinal))
        || (failure is SqliteException { SqliteErrorCode: SqliteCannotOpen } && _file is not null && !File.Exists(_file));

    /// <summary>Makes the file of SQLite where there is none yet; for whoever makes its tables.</summary>
    public void MakeFile()
    {
        if (_file is null || File.Exists(_file)) return;
        try
        {
            using var made = File.Open(_file, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // Whoever opens it next is refused in the same way, and says so.
        }
    }

    /// <summary>Whether the database is well and lets this program read only.</summary>
    public static bool ForbidsWriting(Exception failure) =>
        failure is PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.ReadOnlySqlTransaction }
            or SqliteException { SqliteErrorCode: SqliteReadOnly };

    /// <summary>Whether the database is well and refuses what it was given: the same again would fail again.</summary>
    public static bool RefusesContent(DbException failure) =>
        failure is PostgresException { SqlState: ['2', '2' or '3', ..] or ['5', '4', ..] };
}
