using System.Globalization;
using System.Text;
using Confluent.Kafka;
using LeptonStream.Alerts;
using LeptonStream.Feedback;
using LeptonStream.Kafka;
using LeptonStream.Testing;

namespace LeptonStream.Integration.Tests.Detector;

/// <summary>What happens to a running detector when its topics change, and at a log's end that no reader ever sees.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class TopologyTests
{
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(90);

    [Test]
    public async Task Growth_OfTheInputTopicAlone_StopsTheNewPartitionsOnlyUntilTheAlertsTopicGrowsToo()
    {
        using var rig = await DetectorOnKafka.On(await RealKafka.Shared(), partitions: 2);
        var detector = rig.StartDetector();
        rig.Probe.Produce(rig.Topics.Metrics, 0, DetectorOnKafka.Incidents(0, 10));
        await rig.AllCommitted();

        await rig.AddPartitions(rig.Topics.Metrics, 4);
        await detector.Says("partitions 2, 3 of " + rig.Topics.Metrics + " are not read", LongEnough);
        using var newcomer = new TopicProbe(rig.Options);
        newcomer.Produce(rig.Topics.Metrics, 3, DetectorOnKafka.Incidents(10, 10));
        rig.Probe.Produce(rig.Topics.Metrics, 1, DetectorOnKafka.Incidents(20, 10));
        await Eventually.True(() => rig.Probe.Committed(rig.Group, rig.Topics.Metrics, 1) == 10, "the old partitions go on", LongEnough);
        Assert.That(rig.PublishedIds(), Has.Count.EqualTo(20));

        await rig.AddPartitions(rig.Topics.Alerts, 4);
        await rig.AllCommitted(LongEnough);
        Assert.That(rig.PublishedIds(), Is.EquivalentTo(rig.ExpectedIds()), "nothing of the new partitions is lost");
        Assert.That(detector.Error, Does.Not.Contain("Dropped all partition state"));
        Assert.That(await detector.Stop(), Is.Zero, detector.ToString());
    }

    [Test]
    public async Task Doctor_TheDetectorIsDead_SaysSoAfterHalfAMinute()
    {
        using var rig = await DetectorOnKafka.On(await RealKafka.Shared(), partitions: 1);
        var journal = $"Data Source={Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"))}.db";
        var detector = rig.StartDetector();
        rig.Probe.Produce(rig.Topics.Metrics, 0, DetectorOnKafka.Incidents(0, 10));
        await rig.AllCommitted();
        await Eventually.True(() => rig.Probe.Read(rig.Topics.Status).Count > 0, "the first status", LongEnough);
        var alive = await rig.Run("doctor", "--storage", journal);
        Assert.That(alive.Output, Does.Contain("ok     detector ").And.Not.Contain("no detector is running"));

        detector.Kill();
        await Task.Delay(TimeSpan.FromSeconds(31));
        var dead = await rig.Run("doctor", "--storage", journal);
        Assert.That(dead.ExitCode, Is.EqualTo(1));
        Assert.That(dead.Output, Does.Contain("no detector is running: the last report is of "));
    }

    [Test]
    public async Task Deletion_OfTheInputTopicWhileTheDetectorIsFrozen_IsNoticedAndTheNewTopicReadFromItsBeginning()
    {
        using var rig = await DetectorOnKafka.On(await RealKafka.Shared(), partitions: 1);
        var detector = rig.StartDetector("Kafka:SessionTimeoutMs=45000");
        rig.Probe.Produce(rig.Topics.Metrics, 0, DetectorOnKafka.Incidents(0, 100));
        await rig.AllCommitted();
        // The detector knows the topic's id by now.
        await Task.Delay(TimeSpan.FromSeconds(2));

        detector.Freeze();
        await rig.Recreate(rig.Topics.Metrics, partitions: 1);
        rig.Probe.Produce(rig.Topics.Metrics, 0, DetectorOnKafka.Incidents(100, 150));
        detector.Thaw();

        await detector.Says("was deleted and created again", LongEnough);
        await Eventually.True(() => rig.PublishedModels().Count() == 250, "every record of the new topic is judged", LongEnough);
        Assert.That(rig.PublishedModels(), Is.EquivalentTo(Enumerable.Range(0, 250).Select(i => $"model-{i:D6}")));
        Assert.That(await detector.Stop(), Is.Zero, detector.ToString());
    }

    // The new topic has as many verdicts as were heard of the old one, and two more: no offset is out of range.
    [Test]
    public async Task Deletion_OfTheFeedbackTopic_IsNoticedAndAllVerdictsOfTheNewOneAreHeard([Values] bool isDead)
    {
        using var rig = await DetectorOnKafka.On(await RealKafka.Shared(), partitions: 1);
        var detector = rig.StartDetector();
        rig.Probe.Produce(rig.Topics.Metrics, 0, DetectorOnKafka.Incidents(0, 8));
        await rig.AllCommitted();
        Give(rig, 0, 3);
        await Eventually.True(() => Verdicts(rig).Count == 3, "the verdicts are heard", LongEnough);
        if (isDead) Assert.That(await detector.Stop(), Is.Zero, detector.ToString());

        await rig.Recreate(rig.Topics.Feedback, partitions: 1);
        using var newcomer = new TopicProbe(rig.Options);
        Give(rig, 3, 5, newcomer);
        if (isDead) detector = rig.StartDetector();

        await Eventually.True(() => Verdicts(rig).Count == 8, "those of the new topic are heard", LongEnough);
        // The client may hear them before the topics are looked at again.
        await detector.Says("was deleted and created again", LongEnough);
        Assert.That(await detector.Stop(), Is.Zero, detector.ToString());
    }

    private static void Give(DetectorOnKafka rig, int from, int count, TopicProbe? probe = null) =>
        (probe ?? rig.Probe).Produce(rig.Topics.Feedback, 0, Alerts(rig).Where(alert => alert.Type == AlertEventType.Opened)
            .DistinctBy(alert => alert.Model).OrderBy(alert => alert.Model, StringComparer.Ordinal).Skip(from).Take(count)
            .Select(alert => FeedbackRecord.Of(SampleFeedback.Of(alert, Verdict.False))));

    private static HashSet<string> Verdicts(DetectorOnKafka rig) => [.. Alerts(rig)
        .Where(alert => alert.RoutingLabels["alertname"] == VerdictNames.AlertName).Select(alert => alert.Model)];

    private static List<AlertEvent> Alerts(DetectorOnKafka rig) => [.. rig.Probe.Read(rig.Topics.Alerts)
        .Select(record => AlertEventJson.TryRead(record.Message.Value!, out var alert, out _) ? alert! : null).OfType<AlertEvent>()];

    // It waits for as long as a run may be silent.
    [Test, Category("Slow")]
    public async Task Run_DiesInsideATransaction_IsReportedThoughTheLogEndsWithRecordsNobodyReads()
    {
        using var rig = await DetectorOnKafka.On(await RealKafka.Shared(), partitions: 1);
        var detector = rig.StartDetector();
        using (var producer = rig.TransactionalProducer())
        {
            for (var batch = 0; batch < 5; batch++) Transaction(producer, rig.Topics.Metrics, from: batch * 10, rows: 10, commit: true);
            Transaction(producer, rig.Topics.Metrics, from: 50, rows: 8, commit: false);
        }

        var alert = rig.Probe.Read(rig.Topics.Alerts, atLeast: 1, within: TimeSpan.FromMinutes(6)).Single();
        Assert.That(AlertEventJson.TryRead(alert.Message.Value!, out var dead, out var error), error);
        Assert.That(dead!.Detectors[0].Name, Is.EqualTo("run-dead"));
        Assert.That(await detector.Stop(), Is.Zero, detector.ToString());
    }

    [Test]
    [Category("Slow")]
    public async Task Run_SavesItsFirstCheckpointForALongWhile_IsNotDead()
    {
        using var rig = await DetectorOnKafka.On(await RealKafka.Shared(), partitions: 1);
        var detector = rig.StartDetector();
        await Train(rig, from: 1, rows: 70);
        await Task.Delay(TimeSpan.FromSeconds(100));
        await Train(rig, from: 71, rows: 30);
        await rig.AllCommitted(LongEnough);

        Assert.That(rig.Probe.Read(rig.Topics.Alerts), Is.Empty);
        Assert.That(await detector.Stop(), Is.Zero, detector.ToString());
    }

    private static async Task Train(DetectorOnKafka rig, int from, int rows)
    {
        for (var step = from; step < from + rows; step++)
        {
            rig.Probe.ProduceText(rig.Topics.Metrics, 0, Row(step));
            await Task.Delay(TimeSpan.FromMilliseconds(200));
        }
    }

    private static string Row(int step)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var loss = 2 + (1.5 * Math.Exp(-step / 100.0)) + (0.02 * Math.Sin(step * 1.7));
        return string.Create(
            CultureInfo.InvariantCulture,
            $$$"""{"model":"run-ckpt","ts":{{{now}}},"labels":{"job":"sft"},"step":{{{step}}},"metrics":{"loss":{{{loss:F4}}}}}""");
    }

    private static void Transaction(IProducer<string, string> producer, string topic, int from, int rows, bool commit)
    {
        producer.BeginTransaction();
        for (var step = from + 1; step <= from + rows; step++)
        {
            var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
            var value = string.Create(CultureInfo.InvariantCulture,
                $$$"""{"model":"run","ts":{{{now}}},"step":{{{step}}},"metrics":{"loss":2.5}}""");
            producer.Produce(topic, new() { Key = "run", Value = value });
            producer.Flush(LongEnough);
            Thread.Sleep(50);
        }

        if (commit) producer.CommitTransaction(LongEnough);
        else producer.AbortTransaction(LongEnough);
    }
}
