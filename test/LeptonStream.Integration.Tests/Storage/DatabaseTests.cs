using System.Data.Common;
using Dapper;
using LeptonStream.Storage;
using LeptonStream.Testing;

namespace LeptonStream.Integration.Tests.Storage;

[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.PostgreSql)]
public sealed class DatabaseTests(DatabaseKind kind)
{
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
    public async Task Apply_NewerDatabase_RefusesAndSaysWhatToDo()
    {
        await DatabaseSchema.Apply(Database);
        await using (var connection = await Database.Open())
            await connection.ExecuteAsync("insert into schema_version (version, name, applied_at) values (9999, 'future', 0)");

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => DatabaseSchema.Apply(Database));

        Assert.That(refusal!.Message, Does.Contain("9999").And.Contain("Storage:ConnectionString"));
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

    private static Task<int> InsertPause(DbTransaction transaction, string receiver) => transaction.Connection!.ExecuteAsync(
        "insert into destination_pause (receiver, channel, until) values (@receiver, 'console', 0)", new { receiver }, transaction);
}
