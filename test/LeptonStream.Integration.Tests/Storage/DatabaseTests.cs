using System.Data.Common;
using Dapper;
using LeptonStream.Storage;
using LeptonStream.Testing;

namespace LeptonStream.Integration.Tests.Storage;

[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.PostgreSql)]
public sealed class DatabaseTests(DatabaseKind kind)
{
    private const string Addition =
        "^(create (table|index) |insert into |alter table \\w+ add column (?!.* not null(?!.* default )))";

    private TestDatabase _test = null!;

    private Database Database => _test.Database;

    [SetUp]
    public async Task CreateDatabase() => _test = await TestDatabase.Create(kind);

    [TearDown]
    public async Task DropDatabase()
    {
        if (_test is not null) await _test.DisposeAsync();
    }

    [Test]
    public async Task Apply_EmptyDatabase_CreatesEveryTableOnce()
    {
        var first = await DatabaseSchema.Apply(Database);
        var second = await DatabaseSchema.Apply(Database);

        Assert.That((first, second), Is.EqualTo((DatabaseSchema.Version, 0)));
        await using var connection = await Database.Open();
        foreach (var table in new[] { "alert_event", "alert", "alert_group", "alert_group_member", "notification", "destination_pause",
            "consumer_offset" })
            Assert.That(await connection.ExecuteScalarAsync<long>($"select count(*) from {table}"), Is.Zero, table);
    }

    [Test]
    public async Task Apply_SixStartersAtOnce_OneWorksAndNoneFails()
    {
        var starters = Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
        {
            await using var own = Database.Of(_test.ConnectionString);
            return await DatabaseSchema.Apply(own);
        }));

        var applied = await Task.WhenAll(starters);

        Assert.That(applied.Sum(), Is.EqualTo(DatabaseSchema.Version));
    }

    [Test]
    public async Task Apply_TablesOfALaterVersionThatChangedOthers_RefusesNamesBothVersionsAndSaysWhatToDo()
    {
        await DatabaseSchema.Apply(Database);
        await Later(9998, oldestProgram: null, program: null);
        await Later(9999, oldestProgram: 9999, program: "3.1.0");

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => DatabaseSchema.Apply(Database));

        Assert.That(refusal!.Message, Does.Contain("tables of version 9999, made by lepton 3.1.0").And.Contain("this program, lepton 0.")
            .And.Contain($"versions up to {DatabaseSchema.Version}").And.Contain("restore the backup")
            .And.Contain("Storage:ConnectionString"));
    }

    // After an upgrade that was taken back: what a later version has added is left alone.
    [Test]
    public async Task Apply_TablesOfALaterVersionThatOnlyAdded_RunsOnThem()
    {
        await DatabaseSchema.Apply(Database);
        await Later(9998, oldestProgram: 1, program: "3.0.0");
        await Later(9999, DatabaseSchema.Version, program: "3.1.0");

        Assert.That(await DatabaseSchema.Apply(Database), Is.Zero);
    }

    [Test]
    public async Task Apply_TablesOfALaterVersionThatAddedAfterItChanged_Refuses()
    {
        await DatabaseSchema.Apply(Database);
        await Later(9998, oldestProgram: null, program: "3.0.0");
        await Later(9999, oldestProgram: 1, program: "3.1.0");

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => DatabaseSchema.Apply(Database));

        Assert.That(refusal!.Message, Does.Contain("must know 9998"));
    }

    // Whoever writes a step that says that older programs may run on it must only add: tables, indexes, and columns that need no value.
    [Test]
    public void Steps_ThatOlderProgramsMayRunOn_OnlyAdd()
    {
        var folder = Path.Combine(SharedFolder.RepositoryRoot, "src", "LeptonStream.Infrastructure", "Storage", "Schema");
        foreach (var path in Directory.EnumerateFiles(folder, "*.sql"))
        {
            var text = File.ReadAllText(path);
            if (!text.Contains("-- Oldest program:", StringComparison.Ordinal)) continue;
            var statements = string.Join('\n', text.Split('\n').Where(line => !line.TrimStart().StartsWith("--", StringComparison.Ordinal)))
                .Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            foreach (var statement in statements)
                Assert.That(statement, Does.Match(Addition), Path.GetFileName(path));
        }
    }

    [Test]
    public async Task Apply_EachStep_KeepsWhoMayRunOnItAndWhoMadeIt()
    {
        await DatabaseSchema.Apply(Database);

        await using var connection = await Database.Open();
        var rows = (await connection.QueryAsync<(int Version, int OldestProgram, string Program)>(
            "select version, oldest_program, program from schema_version order by version")).AsList();
        Assert.That(rows, Has.Count.EqualTo(DatabaseSchema.Version));
        Assert.That(rows.Select(row => row.OldestProgram <= row.Version && row.Program.StartsWith("0.", StringComparison.Ordinal)),
            Is.All.True);
        Assert.That(rows[22].OldestProgram, Is.EqualTo(22));
    }

    [Test]
    public async Task Write_WorkThrows_LeavesNothing()
    {
        await DatabaseSchema.Apply(Database);

        await Assert.ThrowsAsync<TimeoutException>(() => Database.Write<int>(async transaction =>
        {
            await InsertPause(transaction, "a");
            throw new TimeoutException();
        }));

        await using var connection = await Database.Open();
        Assert.That(await connection.ExecuteScalarAsync<long>("select count(*) from destination_pause"), Is.Zero);
    }

    [Test]
    public async Task Write_TwentyWritersOfOneRow_LosesNoUpdate()
    {
        await DatabaseSchema.Apply(Database);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => Database.Write(async transaction =>
        {
            var value = await transaction.Connection!.ExecuteScalarAsync<long>(
                $"select value from counter where name = 'alert_event' {Database.ForUpdate}", transaction: transaction);
            return await transaction.Connection!.ExecuteAsync(
                "update counter set value = @value where name = 'alert_event'", new { value = value + 1 }, transaction);
        }))));

        await using var connection = await Database.Open();
        Assert.That(await connection.ExecuteScalarAsync<long>("select value from counter where name = 'alert_event'"), Is.EqualTo(20));
    }

    [Test]
    public async Task Clean_TextWithNul_CanBeStored()
    {
        await DatabaseSchema.Apply(Database);

        await Database.Write(transaction => InsertPause(transaction, SqlText.Clean("a\0b")));

        await using var connection = await Database.Open();
        Assert.That(await connection.ExecuteScalarAsync<string>("select receiver from destination_pause"), Is.EqualTo("a␀b"));
    }

    private async Task Later(int version, int? oldestProgram, string? program)
    {
        await using var connection = await Database.Open();
        await connection.ExecuteAsync(
            "insert into schema_version (version, name, applied_at, oldest_program, program) "
            + "values (@version, 'later', 0, @oldestProgram, @program)", new { version, oldestProgram, program });
    }

    private static Task<int> InsertPause(DbTransaction transaction, string receiver) => transaction.Connection!.ExecuteAsync(
        "insert into destination_pause (receiver, channel, until) values (@receiver, 'console', 0)", new { receiver }, transaction);
}
