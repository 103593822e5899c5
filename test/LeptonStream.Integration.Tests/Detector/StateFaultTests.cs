using System.Text;
using System.Text.Json.Nodes;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using LeptonStream.Alerts;
using LeptonStream.Feedback;
using LeptonStream.Kafka;
using LeptonStream.Testing;

namespace LeptonStream.Integration.Tests.Detector;

/// <summary>
/// The next owner of a partition judges as the one before did: by the policies of each record's time, and whatever became of topics.
/// </summary>
[Parallelizable(ParallelScope.All)]
public sealed class StateFaultTests
{
    [Test]
    public async Task Kill_AfterPoliciesChanged_ReplaysEachRecordUnderThePoliciesOfItsTime()
    {
        using var rig = await DetectorOnKafka.On(await RealKafka.Shared(), partitions: 1);
        var policies = Path.Combine(Path.GetTempPath(), $"lepton-{Guid.NewGuid():n}.yaml");
        try
        {
            await File.WriteAllTextAsync(policies, "rules: []\n");
            string[] settings = [$"Detector:PoliciesFile={policies}", "Detector:SnapshotSeconds=3600"];
            var first = rig.StartDetector(settings);
            FleetStory.Serve(rig, 0, 300);
            await rig.AllCommitted();
            // All that is anomalous from here on is no anomaly any more.
            await File.WriteAllTextAsync(policies, "rules:\n  - matchers: ['metric = \"queue_depth\"']\n    ignore: true\n");
            await first.Says("in force", TimeSpan.FromSeconds(20));
            FleetStory.Serve(rig, 300, 300);
            await rig.AllCommitted();
            var before = Contents(rig);
            first.Kill();

            rig.StartDetector(settings);
            FleetStory.Serve(rig, 600, 100);
            await rig.AllCommitted();
            Assert.That(Contents(rig).Take(before.Count), Is.EqualTo(before));
            Assert.That(rig.PublishedIds(), Is.Unique);
            Assert.That(before, Is.Not.Empty);
        }
        finally
        {
            File.Delete(policies);
        }
    }

    [Test]
    public async Task Kill_AfterVerdicts_ReplaysEachRecordUnderTheLineOfItsTime()
    {
        using var rig = await DetectorOnKafka.On(await RealKafka.Shared(), partitions: 1);
        const string Once = "Detector:SnapshotSeconds=3600";
        var first = rig.StartDetector(Once);
        FleetStory.Serve(rig, 0, 300);
        await rig.AllCommitted();
        var alert = Events(rig).First(made => made.Type == AlertEventType.Opened);
        (Verdict Verdict, bool Withdrawn)[] all =
            [(Verdict.False, false), (Verdict.Normal, false), (Verdict.Normal, true), (Verdict.True, false)];
        for (var i = 0; i < all.Length; i++)
        {
            var feedback = SampleFeedback.Of(alert, all[i].Verdict, all[i].Withdrawn);
            rig.Probe.Produce(rig.Topics.Feedback, 0, [FeedbackRecord.Of(feedback)]);
            await Eventually.True(() => Events(rig).Count(made => made.RoutingLabels["alertname"] == VerdictNames.AlertName) == 2 * (i + 1),
                "a change opens and ends an alert of its own", TimeSpan.FromSeconds(60));
            FleetStory.Serve(rig, 300 + (50 * i), 50);
            await rig.AllCommitted();
        }

        var before = Contents(rig);
        first.Kill();

        rig.StartDetector(Once);
        FleetStory.Serve(rig, 600, 100);
        await rig.AllCommitted();
        Assert.That(Contents(rig).Take(before.Count), Is.EqualTo(before));
        Assert.That(rig.PublishedIds(), Is.Unique);
        var reference = ReferenceDetector.Run(rig).Single();
        Assert.That(rig.PublishedIds(), Is.EquivalentTo(reference.Events.Select(made => made.Id)));
    }

    [Test]
    public async Task Recreation_OfTheAlertsTopic_LeavesNothingToMiss()
    {
        using var rig = await DetectorOnKafka.On(await RealKafka.Shared(), partitions: 1);
        var first = rig.StartDetector();
        FleetStory.Serve(rig, 0, 300);
        await rig.AllCommitted();
        Assert.That(rig.PublishedIds(), Is.Not.Empty);
        Assert.That(await first.Stop(), Is.Zero, first.ToString());

        await rig.Recreate(rig.Topics.Alerts, 1);
        var second = rig.StartDetector("Detector:SnapshotSeconds=3600");
        FleetStory.Serve(rig, 300, 300);
        await rig.AllCommitted();
        second.Kill();
        var third = rig.StartDetector();
        FleetStory.Serve(rig, 600, 10);
        await rig.AllCommitted();

        Assert.That(Contents(rig), Is.Unique);
        Assert.That(second.Error + third.Error, Does.Not.Contain("did not make"));
    }

    [Test]
    public async Task Restart_TransactionsWereWrittenAndRetentionRemovedThemAll_TheStateIsKept()
    {
        using var rig = await DetectorOnKafka.On(await RealKafka.Shared(), partitions: 1);
        var first = rig.StartDetector();
        using (var producer = rig.TransactionalProducer())
            for (var batch = 0; batch < 5; batch++)
            {
                producer.BeginTransaction();
                for (var i = 0; i < 10; i++)
                    producer.Produce(new TopicPartition(rig.Topics.Metrics, 0), new() { Key = "m", Value = Sample() });
                producer.CommitTransaction(TimeSpan.FromSeconds(30));
            }

        await rig.AllCommitted();
        Assert.That(await first.Stop(), Is.Zero, first.ToString());
        var end = rig.Probe.Ends(rig.Topics.Metrics)[0].High;
        await rig.DeleteRecords(0, end);
        var second = rig.StartDetector();
        rig.Probe.ProduceText(rig.Topics.Metrics, 0, Sample());
        await rig.AllCommitted();

        await second.Says("restored 1 series", TimeSpan.FromSeconds(30));
        Assert.That(await second.Stop(), Is.Zero, second.ToString());
        Assert.That(second.Error, Does.Not.Contain("begins with empty state").And.Not.Contain("no longer exists"));

        static string Sample() => $$"""{"model":"m","ts":{{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}},"metrics":{"x":1} }""";
    }

    [Test]
    public async Task Restart_TheLogHasLostItsEnd_TheStateIsKeptAndTheGapIsSaid()
    {
        using var rig = await DetectorOnKafka.On(await RealKafka.Shared(), partitions: 1);
        var first = rig.StartDetector();
        FleetStory.Serve(rig, 0, 300);
        await rig.AllCommitted();
        Assert.That(await first.Stop(), Is.Zero, first.ToString());
        // As if there had been forty records more.
        var end = rig.Probe.Ends(rig.Topics.Metrics)[0].High;
        var newest = rig.Probe.NewestHeader(rig.Topics.State, partition: 0);
        var header = JsonNode.Parse(newest.Message.Value!)!.AsObject();
        header["next"] = end + 40;
        rig.Probe.Produce(rig.Topics.State, 0, [new() { Key = newest.Message.Key, Value = Encoding.UTF8.GetBytes(header.ToJsonString()) }]);
        using (var admin = new AdminClientBuilder(ClientSettings.Admin(rig.Options)).Build())
            await admin.AlterConsumerGroupOffsetsAsync([new(rig.Group, [new(rig.Topics.Metrics, 0, end + 40)])]);

        var second = rig.StartDetector();
        await second.Says("has lost its end", TimeSpan.FromSeconds(60));
        FleetStory.Serve(rig, 300, 10);
        await rig.AllCommitted();
        Assert.That(await second.Stop(), Is.Zero, second.ToString());
        var third = rig.StartDetector();
        FleetStory.Serve(rig, 310, 10);
        await rig.AllCommitted();

        Assert.That(second.Error + third.Error, Does.Not.Contain("begins with empty state"));
        Assert.That(third.Error, Does.Not.Contain("has lost its end"));
        Assert.That(Events(rig).Count(alert => alert.EndedReason == EndedReason.Superseded), Is.Zero);
        Assert.That(Events(rig).Count(alert => alert.Metric == StateGapNames.Metric), Is.EqualTo(2), "said once, and over at once");
    }

    [Test]
    public async Task Kill_WhileATransactionOfOthersIsOpen_NothingIsPublishedAgain()
    {
        using var rig = await DetectorOnKafka.On(await RealKafka.Shared(), partitions: 1);
        using var others = rig.TransactionalProducer();
        others.BeginTransaction();
        // Readers of transactions see nothing behind it.
        others.Produce(new TopicPartition(rig.Topics.Alerts, 0), new() { Key = "another", Value = "{}" });
        others.Flush(TimeSpan.FromSeconds(10));
        var first = rig.StartDetector("Detector:SnapshotSeconds=3600");
        FleetStory.Serve(rig, 0, 300);
        await rig.AllCommitted();
        first.Kill();

        var second = rig.StartDetector();
        FleetStory.Serve(rig, 300, 10);
        await rig.AllCommitted();
        Assert.That(await second.Stop(), Is.Zero, second.ToString());
        others.AbortTransaction(TimeSpan.FromSeconds(10));

        // The end of a transaction is seen a moment later.
        var expected = rig.ExpectedIds();
        var published = rig.Probe.Read(rig.Topics.Alerts, atLeast: expected.Count);
        Assert.That(published.Select(alert => TopicProbe.Header(alert, "ce_id")), Is.EquivalentTo(expected));
        Assert.That(expected, Is.Not.Empty);
    }

    private static List<AlertEvent> Events(DetectorOnKafka rig) =>
        [.. rig.Probe.Read(rig.Topics.Alerts)
            .Select(alert => AlertEventJson.TryRead(alert.Message.Value!, out var made, out _) ? made : null).OfType<AlertEvent>()];

    private static List<string> Contents(DetectorOnKafka rig) =>
        [.. rig.Probe.Read(rig.Topics.Alerts).Select(alert => Encoding.UTF8.GetString(alert.Message.Value!))];
}
