using System.Globalization;
using LeptonStream.Testing;

namespace LeptonStream.Integration.Tests.Detector;

/// <summary>
/// A detector whose network to the broker is cut, slow, or holds everything for longer than its session, beside one whose network is sound.
/// </summary>
[Category("Slow")]
[Parallelizable(ParallelScope.All)]
public sealed class NetworkFaultTests
{
    private const int Partitions = 3;
    private const int RoundsOfEveryDay = 3;
    private const int FaultsOfARound = 3;

    // What a worker had in the network when it was given up arrives when the network lets it: readers drop it by its id.
    private const int AgainAfterAHold = 50;

    private static readonly TimeSpan LongerThanTheSession = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(120);

    [Test]
    public async Task Network_CutsAndIsSlowAndHoldsLongerThanTheSession_EveryEventIsThereAndHardlyOneAgain()
    {
        var port = LoopbackPorts.FreeRow(1);
        await using var kafka = await RealKafka.Start("--proxy-port", port.ToString(CultureInfo.InvariantCulture));
        Requires.Component(kafka.Folder is not null, $"a broker behind a proxy: {kafka.Origin} is none (../shared/kafka is)");
        var broker = int.Parse(await File.ReadAllTextAsync(Path.Combine(kafka.Folder, "node-1", "port")), CultureInfo.InvariantCulture);
        await using var network = new BrokerProxy(port, broker + 20);
        using var rig = await FaultRig.On(kafka, Partitions);
        using var reader = new AlertReader(rig.Topics);
        LeptonProcess[] detectors = [rig.Start(null, null, $"Kafka:BootstrapServers=127.0.0.1:{port}"), rig.Start()];
        var random = new Random(7);
        rig.Story.GoOn();
        await rig.Topics.AllCommitted(LongEnough);

        var rounds = (FaultReport.Kills ?? 0) / 5 / FaultsOfARound is var many and > 0 ? many : RoundsOfEveryDay;
        for (var round = 0; round < rounds; round++)
        {
            await Meanwhile(network.Cut);
            network.Latency = Slow;
            await Meanwhile(network.Cut);
            network.Latency = TimeSpan.Zero;
            await Meanwhile(network.Hold);
            await Task.Delay(LongerThanTheSession);
            network.Release();
            rig.Story.GoOn();
            await rig.Topics.AllCommitted(LongEnough);
        }

        foreach (var detector in detectors) Assert.That(await detector.Stop(), Is.Zero, detector.ToString());
        var tally = await rig.AssertAsWithoutFault(AgainAfterAHold * rounds, reader);
        FaultReport.Write("network", $"| network cut, slow, or held for longer than a session | {rounds * FaultsOfARound:N0} | "
            + $"{tally.Cells} | |");

        // At a moment of its own, while both have much to judge.
        async Task Meanwhile(Action fault)
        {
            rig.Story.GoOn();
            await Task.Delay(random.Next(400));
            fault();
            rig.Story.GoOn();
            await rig.Topics.AllCommitted(LongEnough);
        }
    }
}
