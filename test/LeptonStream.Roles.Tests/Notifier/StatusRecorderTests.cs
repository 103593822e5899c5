using System.Text;
using Dapper;
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

    private static byte[] StatusNow() => new PartitionStatus
    {
        Role = "detector", Instance = "host/1", Topic = "lepton.metrics", Partition = 0, At = DateTimeOffset.UtcNow,
    }.Write();

    private static async Task<Dictionary<string, RoleStatus>> Roles(NotifierRig rig)
    {
        try
        {
            await using var connection = await rig.Database.Open();
            return (await connection.QueryAsync<RoleStatus>(RoleStatus.Select)).ToDictionary(role => role.Role);
        }
        catch (System.Data.Common.DbException)
        {
            // The notifier is still making the tables.
            return [];
        }
    }
}
