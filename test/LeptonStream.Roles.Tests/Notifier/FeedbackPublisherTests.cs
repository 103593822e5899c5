using System.Text;
using LeptonStream.Feedback;
using LeptonStream.Kafka;
using LeptonStream.Series;
using LeptonStream.Storage;
using LeptonStream.Testing;

namespace LeptonStream.Roles.Tests.Notifier;

/// <summary>The way of verdicts from the journal to the feedback topic.</summary>
[Parallelizable]
public sealed class FeedbackPublisherTests
{
    [Test]
    public async Task Run_VerdictsInTheJournal_ArePublishedOnceInTheirOrderAndPartition()
    {
        await using var rig = await NotifierRig.Create();
        rig.Start();
        var (first, second) = (Of("01", Verdict.False, isWithdrawn: false), Of("02", Verdict.False, isWithdrawn: true));
        await Eventually.True(() => Add(rig, first).Result, "the journal has its tables");
        await Add(rig, second);

        var records = rig.Probe.Read(rig.Topics.Feedback, atLeast: 2);
        await Eventually.True(() => rig.Scalar<long>("select count(*) from feedback where published_at is null").Result == 0,
            "both are marked");

        Assert.That(records.Select(record => FeedbackEvent.Read(Encoding.UTF8.GetString(record.Message.Value!))!.Withdrawn),
            Is.EqualTo(new[] { false, true }));
        Assert.That(records.Select(record => record.Partition.Value), Is.All.EqualTo(1));
        Assert.That(Encoding.UTF8.GetString(records[0].Message.Key!), Is.EqualTo("llama"));
        Assert.That(Encoding.UTF8.GetString(records[0].Message.Headers.GetLastBytes("ce_type")), Is.EqualTo(FeedbackRecord.Type));
        Assert.That(rig.Probe.Read(rig.Topics.Feedback), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Run_OneCannotBePublished_OthersAreAndTheirOrderStays()
    {
        await using var rig = await NotifierRig.Create();
        rig.Start();
        // The topic has no such partition now.
        var (first, later) = (Of("01", Verdict.False, isWithdrawn: false) with { Partition = 77 },
            Of("02", Verdict.False, isWithdrawn: true) with { Partition = 77 });
        await Eventually.True(() => Add(rig, first).Result, "the journal has its tables");
        await Add(rig, later);
        for (var i = 0; i < 3; i++) await Add(rig, Of($"1{i}", Verdict.False, isWithdrawn: false) with { AlertId = $"b{i}" });
        await Add(rig, Of("03", Verdict.False, isWithdrawn: false) with { AlertId = "c", Metric = new('x', 3_000_000) });

        var records = rig.Probe.Read(rig.Topics.Feedback, atLeast: 3);
        await Eventually.True(() => rig.Scalar<long>("select count(*) from feedback where published_at is null").Result == 2,
            "all but those of the missing partition are settled, also the one that is too large");
        Assert.That(records.Select(record => FeedbackEvent.Read(Encoding.UTF8.GetString(record.Message.Value!))!.Id),
            Is.EqualTo(new[] { "10", "11", "12" }));
    }

    private static async Task<bool> Add(NotifierRig rig, FeedbackEvent feedback)
    {
        try
        {
            return await rig.Database.Write(transaction => transaction.Execute(
                "insert into feedback (feedback_id, alert_id, payload, created_at) values (@Id, @AlertId, @payload, 0)",
                new { feedback.Id, feedback.AlertId, payload = feedback.Write() })) == 1;
        }
        catch (System.Data.Common.DbException)
        {
            // The notifier is still making the tables.
            return false;
        }
    }

    private static FeedbackEvent Of(string id, Verdict verdict, bool isWithdrawn) => new()
    {
        Id = id,
        AlertId = "a",
        Model = "llama",
        Metric = "loss",
        Labels = LabelSet.Empty,
        Verdict = verdict,
        Withdrawn = isWithdrawn,
        By = "rosa",
        At = AlertEvents.At(0),
        Partition = 1,
    };
}
