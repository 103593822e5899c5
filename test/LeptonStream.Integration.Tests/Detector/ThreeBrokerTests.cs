using LeptonStream.Detector;
using LeptonStream.Testing;

namespace LeptonStream.Integration.Tests.Detector;

/// <summary>
/// Detectors on three brokers, and everything that dies or stops in operation: the alerts topic holds the events of one detector without
/// any fault, each once and to the bit, and the last snapshot is that detector's state.
/// </summary>
// It takes longest, so it begins first. The runner has no other word for that: those that replace it wait for the end of another.
#pragma warning disable CS0618
[Category("Slow"), Parallelizable, Order(0)]
#pragma warning restore CS0618
public sealed class ThreeBrokerTests
{
    private const int Partitions = 3;
    private const int Kills = 40;
    private const int AgainAfterElections = 40;
    private const int Zombies = 5;

    // Events of one batch: whatever lay in the client when it froze goes out when it wakes, before the fence sees the time.
    private const int AgainAfterAFreeze = 15;

    private static readonly TimeSpan StormLength = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(120);

    // The highest passing that every detector of the story comes to.
    private static readonly Dictionary<string, int> Passings = new()
    {
        ["after-gather"] = 6, ["mid-replay"] = 40, ["mid-judge"] = 300, ["after-journal"] = 2, ["after-produce"] = 3, ["after-acks"] = 6,
        ["mid-snapshot"] = 4, ["before-header"] = 3, ["mid-restore"] = 3, ["in-revoke"] = 1,
    };

    private static readonly string[] Policies =
    [
        "rules: []\n", "rules:\n  - matchers: ['metric = \"queue_depth\"']\n    ignore: true\n",
        "rules:\n  - matchers: ['metric = \"latency_ms\"']\n    ignore: true\n",
    ];

    private KafkaNodes _nodes = null!;

    [OneTimeSetUp]
    public async Task StartBrokers() => _nodes = await KafkaNodes.Start();

    [OneTimeTearDown]
    public async Task StopBrokers()
    {
        if (_nodes is not null) await _nodes.DisposeAsync();
    }

    [Test]
    public async Task Die_FortyTimesAtFailpoints_EveryEventIsThereOnce()
    {
        using var rig = await FaultRig.On(_nodes.Kafka, Partitions);
        var random = new Random(20261128);
        string[] points = [.. Failpoints.Names];
        Assert.That(Passings.Keys, Is.EquivalentTo(points));
        // Before the first kill there is nothing to replay or to restore.
        await rig.DieAt("before-header", "detector-0");
        for (var kill = 0; kill < Kills; kill++)
        {
            var point = points[kill % points.Length];
            // One without a name is missed after its session.
            await rig.DieAt($"{point}:{random.Next(1, Passings[point] + 1)}", random.Next(5) == 0 ? null : "detector-0");
        }

        await rig.AssertAsWithoutFault();
    }

    [Test]
    public async Task Kill_OfLeaderCoordinatorAndControllerTwice_EveryEventIsThereAndHardlyOneAgain()
    {
        using var rig = await FaultRig.On(_nodes.Kafka, Partitions);
        LeptonProcess[] detectors = [rig.Start(), rig.Start()];
        rig.Story.GoOn();
        await rig.Topics.AllCommitted(LongEnough);
        for (var kill = 0; kill < 6; kill++)
        {
            var node = (kill % 3) switch
            {
                0 => _nodes.LeaderOf(rig.Topics.Topics.Alerts, kill % Partitions),
                1 => _nodes.CoordinatorOf(rig.Topics.Group),
                _ => await _nodes.Controller(),
            };
            rig.Story.GoOn();
            await _nodes.Kill(node);
            rig.Story.GoOn();
            await rig.Topics.AllCommitted(LongEnough);
            await _nodes.Restart(node);
        }

        foreach (var detector in detectors) Assert.That(await detector.Stop(), Is.Zero, detector.ToString());
        // Whoever takes over after an election does not always see all that the leader before it kept: part of a batch comes again.
        await rig.AssertAsWithoutFault(AgainAfterElections);
    }

    [Test]
    public async Task Freeze_FiveTimesLongerThanTheSession_EveryEventIsThereAndHardlyOneAgain()
    {
        using var rig = await FaultRig.On(_nodes.Kafka, Partitions);
        LeptonProcess[] detectors = [rig.Start(), rig.Start()];
        var random = new Random(5);
        rig.Story.GoOn();
        await rig.Topics.AllCommitted(LongEnough);
        for (var zombie = 0; zombie < Zombies; zombie++)
        {
            var frozen = detectors[zombie % 2];
            rig.Story.GoOn();
            await Task.Delay(random.Next(300));
            frozen.Freeze();
            rig.Story.GoOn();
            // Only the other one can do that, once the session of this one is over.
            await rig.Topics.AllCommitted(LongEnough);
            await Task.Delay(TimeSpan.FromSeconds(7));
            frozen.Thaw();
            rig.Story.GoOn();
            await rig.Topics.AllCommitted(LongEnough);
        }

        foreach (var detector in detectors) Assert.That(await detector.Stop(), Is.Zero, detector.ToString());
        await rig.AssertAsWithoutFault(Zombies * AgainAfterAFreeze);
    }

    [Test]
    public async Task Storm_ThreeWorkersComeAndGoForTwoMinutesWhilePoliciesChange_EveryEventIsThereOnce()
    {
        using var rig = await FaultRig.On(_nodes.Kafka, partitions: 6, Policies[0]);
        var random = new Random(3);
        var workers = new LeptonProcess?[] { rig.Start(), null, null };
        rig.Story.GoOn();
        await rig.Topics.AllCommitted(LongEnough);
        // Soon a clock says that it is dead.
        rig.Story.TrainLong(steps: 1_300);
        var (kills, stops, turn) = (0, 0, 0);
        for (var end = DateTime.UtcNow + StormLength; DateTime.UtcNow < end; turn++)
        {
            rig.Story.GoOn();
            if (turn % 5 == 4) rig.ChangePolicies(Policies[turn / 5 % Policies.Length]);
            var at = random.Next(workers.Length);
            if (workers[at] is not { } worker) workers[at] = rig.Start();
            else if (random.Next(2) == 0)
            {
                worker.Kill();
                workers[at] = null;
                kills++;
            }
            else
            {
                // One that is asked to stop before it runs says so by its exit code.
                Assert.That(await worker.Stop(), Is.Zero.Or.EqualTo(128 + 15), worker.ToString());
                workers[at] = null;
                stops++;
            }

            await Task.Delay(random.Next(1_000, 4_000));
        }

        foreach (var worker in workers.OfType<LeptonProcess>()) worker.Kill();
        TestContext.Out.WriteLine($"{turn} turns, {kills} kills, {stops} stops");
        await rig.AssertAsWithoutFault();
    }
}
