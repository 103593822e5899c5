using Confluent.Kafka;
using LeptonStream.Alerts;
using LeptonStream.Detector.Snapshots;
using LeptonStream.Kafka.Embedded;
using LeptonStream.Kafka.Status;
using LeptonStream.Testing;
using Microsoft.Extensions.Hosting;

namespace LeptonStream.Roles.Tests.Detector;

/// <summary>Several loops in one process are to the group and to each other what as many processes are.</summary>
public sealed class DetectorLoopsTests
{
    // Longer than a loaded machine stands still. The loops join within the delay, since a rebalance of this broker takes a session.
    private const int SessionMs = 20_000;
    private const int JoinMs = 3_000;

    private DetectorRig? _rig;

    [TearDown]
    public void RemoveRig() => _rig?.Dispose();

    [Test]
    public async Task Run_TwoLoopsOnFourPartitions_ShareThemAndPublishWhatOneWould()
    {
        var rig = MakeRig(partitions: 4);
        var host = Start(rig, loops: 2);
        await Eventually.True(() => DetectorRig.HealthOf(host).Ready().Detail == "ready", "both have partitions");

        for (var partition = 0; partition < 4; partition++)
            rig.Probe.Produce(rig.Topics.Metrics, partition, MetricStream.Of("llama", 300, i => i is >= 200 and < 210 ? 900 : null));
        for (var partition = 0; partition < 4; partition++) await Committed(rig, partition, 300);

        var alerts = rig.Probe.Read(rig.Topics.Alerts);
        Assert.That(alerts, Is.Not.Empty);
        for (var partition = 0; partition < 4; partition++)
        {
            Assert.That(alerts.Where(alert => alert.Partition.Value == partition).Select(alert => alert.Message.Value),
                Is.EqualTo(rig.Expected(partition).Select(AlertEventJson.Write)));
        }

        Assert.That(rig.CountOf("records"), Is.EqualTo(1_200));
        await Eventually.True(() => Owners(rig).Count == 4, "every partition has a status");
        var loops = Owners(rig).Values.GroupBy(owner => owner.Split('/')[^1]).ToDictionary(loop => loop.Key, loop => loop.Count());
        Assert.That(loops, Is.EquivalentTo(new Dictionary<string, int> { ["1"] = 2, ["2"] = 2 }), "by the number behind the process");
    }

    [Test]
    public async Task Measure_TwoLoops_AddUpInTheGauges()
    {
        var rig = MakeRig(partitions: 2);
        var host = Start(rig, loops: 2);
        await Eventually.True(() => DetectorRig.HealthOf(host).Ready().Detail == "ready", "both have partitions");
        for (var partition = 0; partition < 2; partition++)
            rig.Probe.Produce(rig.Topics.Metrics, partition, MetricStream.Of("llama", 5).Concat(MetricStream.Of("llama", 5, metric: "b")));

        await Eventually.True(() => rig.GaugeOf("series") == 4, "the series of both");
        for (var partition = 0; partition < 2; partition++)
            Assert.That((rig.GaugeOf($"partition.series/{partition}"), rig.GaugeOf($"lag/{partition}")), Is.EqualTo((2L, 0L)));

        await host.StopAsync();
        Assert.That(rig.GaugeOf("series"), Is.Zero, "who has left owns nothing");
    }

    // Without the topics of statuses and states nobody publishes but the loop that has an event.
    [Test]
    public async Task Session_LostInOneLoop_DoesNotDisturbTheOther()
    {
        var rig = MakeRig(partitions: 2, sessionMs: 8_000, tellsStatus: false);
        var health = DetectorRig.HealthOf(Start(rig, loops: 2, ("Detector:BatchWaitMs", "2000")));
        await Eventually.True(() => health.Ready() is { IsHealthy: true } ready && !ready.Detail.Contains("standby"),
            "both have partitions");
        rig.Probe.Produce(rig.Topics.Metrics, 1, MetricStream.Of("gpt", 100));
        await Committed(rig, 1, 100);

        // The batch waits for more records while the broker begins to refuse. Two attempts are made in one session.
        rig.Probe.Produce(rig.Topics.Metrics, 0, MetricStream.Of("llama", 200, i => i == 199 ? double.NaN : null));
        rig.Broker.FailNext(BrokerRequest.Produce, ErrorCode.TopicAuthorizationFailed, ErrorCode.TopicAuthorizationFailed);
        await Eventually.True(() => rig.CountOf("sessions.lost/refused") == 1, "the session is lost");
        await Committed(rig, 0, 200);
        rig.Probe.Produce(rig.Topics.Metrics, 1, MetricStream.Of("gpt", 100, from: 100));
        await Committed(rig, 1, 200);

        Assert.That(DetectorRig.IdsOf(rig.Probe.Read(rig.Topics.Alerts)), Is.EqualTo(rig.Expected(0).Select(e => e.Id)));
        Assert.That((rig.CountOf("records"), rig.CountOf("sessions.lost/refused"), rig.CountOf("sessions.lost/fenced")),
            Is.EqualTo((400L, 1L, 0L)), "the other one went on");
    }

    [Test]
    public async Task Reload_ChangedPolicies_AreReadOnceAndReachBothLoops()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "{}");
            var rig = MakeRig(partitions: 2);
            var host = Start(rig, loops: 2, ("Detector:PoliciesFile", file));
            await Eventually.True(() => DetectorRig.HealthOf(host).Ready().Detail == "ready", "both have partitions");
            await Send(rig, 0);
            Assert.That(rig.CountOf("samples"), Is.EqualTo(2));

            File.WriteAllText(file, "rules:\n- matchers: [metric=ttft_p99_ms]\n  ignore: true\n");
            await rig.Reload();
            // Each adopts them when it is settled.
            var sent = 1;
            for (var ignored = 0L; ignored < 2 && sent < 100; sent++)
            {
                var before = rig.CountOf("samples.refused/ignored");
                await Send(rig, sent);
                ignored = rig.CountOf("samples.refused/ignored") - before;
            }

            Assert.That(sent, Is.LessThan(100), "neither judges any more");
            Assert.That(rig.CountOf("policies.reads/adopted"), Is.EqualTo(1));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Test]
    public async Task Health_MoreLoopsThanPartitions_IsReadyAndNamesThoseOnStandby()
    {
        var rig = MakeRig(partitions: 1);
        var health = DetectorRig.HealthOf(Start(rig, loops: 3));

        await Eventually.True(() => health.Ready() is { IsHealthy: true } ready && ready.Detail.Contains("standby"), "two on standby");
        Assert.That(health.Ready().Detail,
            Does.Match("^ready; loop [1-3], loop [1-3]: standby: the group has assigned no partitions to it$"));
    }

    [Test]
    public async Task Stop_TwoLoops_WriteTheLastSnapshotsOfBoth()
    {
        var rig = MakeRig(partitions: 2);
        var host = Start(rig, loops: 2, ("Detector:SnapshotSeconds", "3600"));
        await Eventually.True(() => DetectorRig.HealthOf(host).Ready().Detail == "ready", "both have partitions");
        for (var partition = 0; partition < 2; partition++)
            rig.Probe.Produce(rig.Topics.Metrics, partition, MetricStream.Of("llama", 50));
        for (var partition = 0; partition < 2; partition++) await Committed(rig, partition, 50);

        await host.StopAsync();

        var newest = rig.Probe.Read(rig.Topics.State).Where(record => StateKeys.IsHeader(record.Message.Key))
            .Select(record => SnapshotHeader.Read(record.Message.Value)!).GroupBy(header => header.Partition)
            .Select(partition => partition.MaxBy(header => header.Number)!).ToList();
        Assert.That(newest.Select(header => (header.Partition, header.Next)), Is.EquivalentTo(new[] { (0, 50L), (1, 50L) }));
        Assert.That(newest.Select(header => header.Instance).Distinct().Count(), Is.EqualTo(2), "each by its loop");
    }

    [TestCase("0")]
    [TestCase("65")]
    public void Start_AnImpossibleNumber_IsRefused(string loops)
    {
        var rig = MakeRig(partitions: 1);
        Assert.That(() => rig.Start(null, ("Detector:Loops", loops)),
            Throws.Exception.With.Message.Contains($"Detector:Loops is {loops}: it may be 1 to 64"));
    }

    private DetectorRig MakeRig(int partitions, int sessionMs = SessionMs, bool tellsStatus = true) =>
        _rig = new(partitions, sessionMs, tellsStatus, joinDelayMs: JoinMs);

    private static IHost Start(DetectorRig rig, int loops, params (string, string)[] settings) =>
        rig.Start(null, [("Detector:Loops", $"{loops}"), .. settings]);

    private static Task Committed(DetectorRig rig, int partition, long offset) => Eventually.True(
        () => rig.Probe.Committed(DetectorRig.Group, rig.Topics.Metrics, partition) == offset,
        $"{offset} records of partition {partition} committed", TimeSpan.FromSeconds(60));

    // One sample on each partition.
    private static async Task Send(DetectorRig rig, int number)
    {
        for (var partition = 0; partition < 2; partition++)
            rig.Probe.Produce(rig.Topics.Metrics, partition, MetricStream.Of("llama", 1, from: number));
        await Eventually.True(() => rig.CountOf("samples") + rig.CountOf("samples.refused/ignored") == 2 * (number + 1), "both counted");
    }

    private static Dictionary<int, string> Owners(DetectorRig rig) => rig.Probe.Read(rig.Topics.Status)
        .Select(record => PartitionStatus.Read(record.Message.Value)!)
        .GroupBy(status => status.Partition)
        .ToDictionary(partition => partition.Key, partition => partition.MaxBy(status => status.At)!.Instance);
}
