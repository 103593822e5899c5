using System.Globalization;
using System.Text;
using Confluent.Kafka;
using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Testing;
using Timestamp = LeptonStream.Samples.Timestamp;

namespace LeptonStream.Integration.Tests.Detector;

/// <summary>
/// What one detector without any fault makes of the input is in the alerts topic, each event once and with the same content, however often
/// detectors died on the way.
/// </summary>
[Parallelizable(ParallelScope.All)]
public sealed class StateFaultTests
{
    private const int Partitions = 3;
    private const int ModelsPerPartition = 4;

    [Test]
    public async Task Kill_SixTimes_EveryEventIsThereOnce() => await Kill(6);

    [Test, Category("Slow")]
    public async Task Kill_ThirtySixTimes_EveryEventIsThereOnce() => await Kill(36);

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
            Produce(rig, 0, 300);
            await rig.AllCommitted();
            // All that is anomalous from here on is no anomaly any more.
            await File.WriteAllTextAsync(policies, "rules:\n  - matchers: ['metric = \"queue_depth\"']\n    ignore: true\n");
            await first.Says("in force", TimeSpan.FromSeconds(20));
            Produce(rig, 300, 300);
            await rig.AllCommitted();
            var before = Contents(rig);
            first.Kill();

            rig.StartDetector(settings);
            Produce(rig, 600, 100);
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
    public async Task Recreation_OfTheAlertsTopic_LeavesNothingToMiss()
    {
        using var rig = await DetectorOnKafka.On(await RealKafka.Shared(), partitions: 1);
        var first = rig.StartDetector();
        Produce(rig, 0, 300);
        await rig.AllCommitted();
        Assert.That(rig.PublishedIds(), Is.Not.Empty);
        Assert.That(await first.Stop(), Is.Zero, first.ToString());

        await rig.Recreate(rig.Topics.Alerts, 1);
        var second = rig.StartDetector("Detector:SnapshotSeconds=3600");
        Produce(rig, 300, 300);
        await rig.AllCommitted();
        second.Kill();
        var third = rig.StartDetector();
        Produce(rig, 600, 10);
        await rig.AllCommitted();

        Assert.That(Contents(rig), Is.Unique);
        Assert.That(second.Error + third.Error, Does.Not.Contain("did not make"));
    }

    private static async Task Kill(int kills)
    {
        using var rig = await DetectorOnKafka.On(await RealKafka.Shared(), Partitions);
        var random = new Random(20261128);
        const int Messages = 120;
        // Small batches make many moments between an acknowledgement and its commit, and between two snapshots.
        string[] settings = ["Detector:BatchSize=20", "Detector:SnapshotSeconds=1"];
        for (var kill = 0; kill < kills; kill++)
        {
            var detector = rig.StartDetector(settings);
            Produce(rig, kill * Messages, Messages);
            var reach = kill * Messages * ModelsPerPartition;
            await Eventually.True(() => rig.Probe.Committed(rig.Group, rig.Topics.Metrics,
                0) > reach, $"records before kill {kill}\n{detector}",
                TimeSpan.FromSeconds(60));
            await Task.Delay(random.Next(1_500));
            detector.Kill();
        }

        var last = rig.StartDetector(settings);
        Produce(rig, kills * Messages, Messages);
        await rig.AllCommitted(TimeSpan.FromSeconds(120));
        Assert.That(await last.Stop(), Is.Zero, last.ToString());

        var expected = Expected(rig);
        var made = Contents(rig);
        TestContext.Out.WriteLine($"{kills} kills, {made.Count} events, {made.Count - made.Distinct().Count()} of them again");
        Assert.That(expected, Has.Count.GreaterThan(kills));
        Assert.That(made.Order(StringComparer.Ordinal), Is.EqualTo(expected.Order(StringComparer.Ordinal)));
        Assert.That(last.Error + last.Output, Does.Not.Contain("empty state"));
    }

    // Every model has incidents of its own, and one of the series is noisy.
    private static void Produce(DetectorOnKafka rig, int from, int count)
    {
        var start = new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
        for (var partition = 0; partition < rig.Partitions; partition++)
        {
            var messages = new List<Message<byte[]?, byte[]?>>();
            for (var i = from; i < from + count; i++)
            {
                for (var m = 0; m < ModelsPerPartition; m++)
                {
                    var noise = new Random((((partition * 7) + m) * 1_000_003) + i);
                    var isIncident = (i + (m * 37)) % 180 >= 150;
                    var depth = (isIncident ? 400 : 20) + (4 * noise.NextDouble());
                    var latency = (isIncident ? 900 : 200) + (20 * noise.NextDouble());
                    var text = string.Create(CultureInfo.InvariantCulture,
                        $$$"""{"model":"m{{{partition}}}-{{{m}}}","ts":{{{start.AddSeconds(i * 15).ToUnixTimeMilliseconds()}}},"""
                            + $$$""" "metrics":{"queue_depth":{{{depth}}},"latency_ms":{{{latency}}}}}""");
                    messages.Add(new() { Key = Encoding.UTF8.GetBytes($"m{partition}-{m}"), Value = Encoding.UTF8.GetBytes(text) });
                }
            }

            rig.Probe.Produce(rig.Topics.Metrics, partition, messages);
        }
    }

    private static List<string> Contents(DetectorOnKafka rig) =>
        [.. rig.Probe.Read(rig.Topics.Alerts).Select(alert => Encoding.UTF8.GetString(alert.Message.Value!))];

    private static List<string> Expected(DetectorOnKafka rig)
    {
        var topicId = rig.TopicId(rig.Topics.Metrics);
        var events = new List<AlertEvent>();
        foreach (var partition in rig.Probe.Read(rig.Topics.Metrics).GroupBy(record => record.Partition.Value))
        {
            var pipeline = new PartitionPipeline(rig.Topics.Metrics, partition.Key, DetectionPolicy.Default, topicId: topicId);
            foreach (var record in partition)
                pipeline.Process(record.Message.Value, record.Offset.Value,
                    Timestamp.FromUnixMilliseconds(record.Message.Timestamp.UnixTimestampMs), events);
        }

        return [.. events.Select(made => Encoding.UTF8.GetString(AlertEventJson.Write(made)))];
    }
}
