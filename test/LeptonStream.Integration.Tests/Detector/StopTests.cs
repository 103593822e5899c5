using System.Diagnostics;
using System.Globalization;
using LeptonStream.Testing;

namespace LeptonStream.Integration.Tests.Detector;

/// <summary>A detector that is asked to end does so within the time that docs/guarantees.md gives, whether brokers answer or not.</summary>
[Category("Slow"), Parallelizable(ParallelScope.All)]
public sealed class StopTests
{
    private const int Partitions = 3;
    private const int RoundsOfEveryDay = 2;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    // With the load of other tests on the same processors.
    private static readonly TimeSpan HardLimit = TimeSpan.FromSeconds(15);

    /// <summary>Silent: what is sent stays in the network. Gone: nobody listens any more.</summary>
    [Test]
    public async Task Stop_BrokersAreSilentOrGone_EndsInTimeWithTheCodeOfSuccess([Values] bool isSilent, [Values(1, 3)] int loops)
    {
        var port = LoopbackPorts.FreeRow(1);
        await using var kafka = await RealKafka.Start("--proxy-port", port.ToString(CultureInfo.InvariantCulture));
        Requires.Component(kafka.Folder is not null, $"a broker behind a proxy: {kafka.Origin} is none (../shared/kafka is)");
        var broker = int.Parse(await File.ReadAllTextAsync(Path.Combine(kafka.Folder, "node-1", "port")), CultureInfo.InvariantCulture);
        using var rig = await DetectorOnKafka.On(kafka, Partitions);
        var random = new Random(11);
        var durations = new List<TimeSpan>();
        for (var round = 0; round < (FaultReport.Kills ?? RoundsOfEveryDay); round++)
        {
            var network = new BrokerProxy(port, broker + 20);
            // The session of production: what waits for the group waits as long.
            var detector = rig.StartDetector($"Kafka:BootstrapServers=127.0.0.1:{port}", $"Detector:Loops={loops}",
                "Kafka:SessionTimeoutMs=45000", "Detector:SnapshotSeconds=1");
            for (var i = 0; i < Partitions; i++)
                rig.Probe.Produce(rig.Topics.Metrics, i, DetectorOnKafka.Incidents((round * 1000) + (i * 300), 100));
            await rig.AllCommitted();
            for (var i = 0; i < Partitions; i++)
                rig.Probe.Produce(rig.Topics.Metrics, i, DetectorOnKafka.Incidents((round * 1000) + (i * 300) + 100, 200));
            await Task.Delay(random.Next(300));
            if (isSilent) network.Hold();
            else await network.DisposeAsync();
            await Task.Delay(random.Next(4) * random.Next(3_000));

            var began = Stopwatch.GetTimestamp();
            var code = await detector.Stop();
            durations.Add(Stopwatch.GetElapsedTime(began));
            TestContext.Out.WriteLine($"round {round}: exit code {code} after {durations[^1].TotalSeconds:F1} s");
            Assert.That(code, Is.Zero, detector.ToString());
            Assert.That(durations[^1], Is.LessThan(HardLimit), detector.ToString());
            if (isSilent) await network.DisposeAsync();
        }

        Assert.That(durations.Order().ElementAt(durations.Count / 2), Is.LessThan(Limit), "as a rule");
    }
}
