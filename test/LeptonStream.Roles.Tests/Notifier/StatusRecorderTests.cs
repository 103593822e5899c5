using System.Text;
using Dapper;
using LeptonStream.Health;
using LeptonStream.Kafka.Status;
using LeptonStream.Storage;
using LeptonStream.Testing;

namespace LeptonStream.Roles.Tests.Notifier;

/// <summary>What the notifier records of itself and of the detectors, for those who read SQL alone.</summary>
[Parallelizable]
public sealed class StatusRecorderTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    [Test]
    public async Task Run_TheDetectorsReportAndFallSilent_RecordsBoth()
    {
        await using var rig = await NotifierRig.Create(partitions: 1);
        // Anyone may write there: numbers that nobody can add up are no status.
        var forged = Encoding.UTF8.GetString(StatusNow()).Replace("\"recordsRefused\":{}",
            $"\"recordsRefused\":{{\"a\":{long.MaxValue},\"b\":{long.MaxValue}}}", StringComparison.Ordinal);
        rig.Probe.ProduceText(rig.Topics.Status, 0, Encoding.UTF8.GetString(StatusNow()), forged);
        rig.Start();

        await Eventually.True(() => Roles(rig).Result.ContainsKey("detector"), "the detector's first record", Patience);
        Assert.That((await Roles(rig))["detector"].Problems, Is.Empty);
        // Until it has joined its group, the notifier says so.
        await Eventually.True(() => Roles(rig).Result["notifier"].Problems == "", "the notifier is well", Patience);

        await Eventually.True(
            () =>
            Roles(rig).Result["detector"].Reported is [{ Code: "role_dead" }],
            "a detector that is silent for half a minute is dead",
            Patience);
    }

    [Test]
    public async Task Leave_OneOfTwo_IsMissedByNobody_AndTheLastOneIs()
    {
        await using var file = await TestDatabase.CreateWithSchema(DatabaseKind.Sqlite);
        var journal = new TestJournal(file.Database);
        foreach (var instance in (string[])["a/1", "b/1"]) await journal.ReportOf(instance, "notifier", TimeSpan.Zero);

        foreach (var instance in (string[])["a/1", "b/1"])
            await RoleStatus.Leave(file.Database, "notifier", instance, DateTimeOffset.UtcNow, default);

        Assert.That((await journal.Query<RoleStatus>(RoleStatus.Select)).Select(row => row.Instance), Is.EqualTo(new[] { "b/1" }));
    }

    [Test]
    public async Task Write_TwoNotifiers_EachHasItsRowAndTheRoleIsDeadWithTheLast()
    {
        await using var file = await TestDatabase.CreateWithSchema(DatabaseKind.Sqlite);
        var journal = new TestJournal(file.Database);
        var minute = TimeSpan.FromMinutes(1);
        await journal.ReportOf("old/1", "notifier", 12 * minute, RoleProblem.Plain("gone long ago"));
        await journal.ReportOf("a/1", "notifier", 2 * minute, RoleProblem.Plain("a's trouble"));
        await journal.ReportOf("b/1", "notifier", minute, RoleProblem.Plain("b's trouble"));
        Assert.That((await Problems()).Single().Code, Is.EqualTo("role_dead"), "none of them reports");

        await journal.ReportOf("a/1", "notifier", TimeSpan.Zero, RoleProblem.Plain("a's trouble"));
        Assert.That((await Problems()).Select(problem => problem.Text), Is.EqualTo(new[] { "a's trouble" }), "b is replaced by a");

        await journal.ReportOf("c/1", "notifier", TimeSpan.Zero);
        await journal.ReportOf("c/1", "detector", TimeSpan.Zero, RoleProblem.Plain("as c reads it"));
        await journal.ReportOf("a/1", "detector", TimeSpan.Zero);
        Assert.That((await Problems()).Select(problem => problem.Text), Is.EqualTo(new[] { "as c reads it", "a's trouble" }),
            "the second does not hide what the first says");
        Assert.That((await Rows()).Where(row => row.Role == "notifier").Select(row => row.Instance), Has.None.EqualTo("old/1")
            .And.EquivalentTo(new[] { "a/1", "b/1", "c/1" }), "processes that are no more are forgotten after a while");

        Task<IReadOnlyList<RoleStatus>> Rows() => journal.Query<RoleStatus>(RoleStatus.Select);
        async Task<IReadOnlyList<RoleProblem>> Problems() => RoleStatus.ProblemsOf([.. await Rows()], DateTimeOffset.UtcNow);
    }

    private static byte[] StatusNow() => new PartitionStatus
    {
        Role = "detector", Instance = "host/1", Topic = "lepton.metrics", Partition = 0, At = DateTimeOffset.UtcNow,
    }.Write();

    private static async Task<Dictionary<string, RoleStatus>> Roles(NotifierRig rig)
    {
        try
        {
            await using var connection = await rig.Database.Open();
            return (await connection.QueryAsync<RoleStatus>(RoleStatus.Select)).DistinctBy(role => role.Role)
                .ToDictionary(role => role.Role);
        }
        catch (System.Data.Common.DbException)
        {
            // The notifier is still making the tables.
            return [];
        }
    }
}
