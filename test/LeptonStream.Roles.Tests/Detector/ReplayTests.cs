using Confluent.Kafka;
using LeptonStream.Detection;
using LeptonStream.Testing;

namespace LeptonStream.Roles.Tests.Detector;

/// <summary>
/// An owner that takes a partition over judges again what the one before may have judged, and no more; wherever in that it dies, the next
/// one goes on from its last snapshot.
/// </summary>
[Parallelizable(ParallelScope.All)]
public sealed class ReplayTests
{
    private const string Strict = "rules:\n- matchers: [metric=ttft_p99_ms]\n  warning_budget: 1h\n";

    private static readonly DetectionPolicy DeadSoon = DetectionPolicy.Default with
    {
        Training = new() { DeadAfter = TimeSpan.FromSeconds(9), DeadEarlyAfter = TimeSpan.FromSeconds(9) },
    };

    [Test]
    public void EndReplay_ABacklogLiesBehindTheCommittedOffset_EndsWithWhatWasJudged()
    {
        var partition = Begin(end: 450);
        partition.Judge(450);
        partition.Commit();
        partition.End = 900;

        partition.TakeOver();
        partition.Judge(200);
        Assert.That(partition.Owner.IsReplaying, "200 of 450");
        partition.Judge(250);
        Assert.That((partition.Owner.IsReplaying, partition.HasMore), Is.EqualTo((false, true)));
        partition.Adopt(Strict);
        partition.Judge(450);

        AssertAsOneOwner(partition);
    }

    // Nothing is committed, so that only the events say how far the owner before has come.
    [Test]
    public void EndReplay_EventsLieBehindTheCommittedOffset_GoesOnUntilTheyWereMadeAgain()
    {
        var partition = Begin(end: 900);
        partition.Judge(450);
        Assert.That(partition.Alerts, Is.Not.Empty);

        partition.TakeOver();
        partition.Judge(150);
        Assert.That(partition.Owner.IsReplaying, "no event was made by then");
        partition.Adopt(Strict);
        partition.Judge(300);
        Assert.That(partition.Owner.IsReplaying, Is.False);
        partition.Judge(450);

        AssertAsOneOwner(partition);
    }

    // The snapshot of the first is of the beginning, and each of the others is cut down before it has caught up.
    [Test]
    public void Save_InTheMiddleOfAReplay_TheNextGoesOnFromThere([Values(1, 7, 40, 111)] int step)
    {
        var partition = Begin(end: 600);
        partition.Judge(500);
        partition.Commit();
        partition.Adopt(Strict);
        partition.Judge(100);
        partition.Commit();
        partition.End = 900;

        var owners = 0;
        for (var isReplaying = true; isReplaying; owners++)
        {
            partition.TakeOver();
            Assert.That(partition.Owner.Next, Is.EqualTo(owners * step), "each begins where the one before was");
            partition.Judge(step);
            isReplaying = partition.Owner.IsReplaying;
            partition.Save();
        }

        Assert.That(owners, Is.EqualTo((600 + step - 1) / step));
        partition.TakeOver();
        partition.Judge(900);
        AssertAsOneOwner(partition);
    }

    // Owners die between any two steps, in replays and beyond, with clocks, operators and partitions that are added.
    [Test]
    public void Kill_AtRandomPoints_PublishesWhatOneOwnerWouldHave([Range(1, 30)] int seed)
    {
        var random = new Random(seed);
        var partition = Begin(end: 0, partition: seed % 2, runs: true);
        var (ofReplays, kills) = (0, 0);
        for (var act = 0; act < 300; act++)
        {
            if (random.Next(4) == 0) partition.End = Math.Min(1_000, partition.End + random.Next(60));
            switch (random.Next(12))
            {
                case < 4:
                    partition.Judge(random.Next(50));
                    if (random.Next(4) > 0) partition.Commit();
                    break;
                case 4:
                    partition.Tick(TimeSpan.FromSeconds(2));
                    break;
                case 5 when random.Next(6) == 0 && partition.Owner.ToCommit is null:
                    partition.Adopt(partition.Owner.Policies.Yaml == Strict ? "{}" : Strict);
                    break;
                case 6 when random.Next(10) == 0:
                    partition.Partitions++;
                    break;
                case 7 or 8 when partition.Owner.ToCommit is null:
                    ofReplays += partition.Owner.IsReplaying ? 1 : 0;
                    partition.Save(isWhole: random.Next(4) > 0);
                    break;
                case 9:
                    partition.Judge(random.Next(50), kept: random.Next(4));
                    Kill();
                    break;
                case 10:
                    partition.Tick(TimeSpan.FromSeconds(2), isPublished: false);
                    Kill();
                    break;
                case 11:
                    Kill();
                    break;
            }
        }

        while (partition.HasMore || partition.Owner.IsReplaying) partition.Judge(100);
        TestContext.Out.WriteLine($"{kills} kills, {ofReplays} snapshots of replays, {partition.Journal.Count()} entries, "
            + $"{partition.Alerts.Count()} events");
        Assert.That(ofReplays, Is.GreaterThan(0));
        AssertAsOneOwner(partition);

        void Kill()
        {
            kills++;
            partition.TakeOver();
        }
    }

    [Test]
    public void Tick_NoOwnerLivesAsLongAsARunMayBeSilent_TheRunIsReportedAsDeadOnce()
    {
        var partition = new OwnedPartition([.. DetectorWorkerTests.Steps("llama", 40)], detection: DeadSoon);
        partition.TakeOver();
        partition.Judge(40);
        for (var life = 0; life < 8; life++)
        {
            // As at a SIGTERM.
            partition.Commit();
            partition.Save();
            partition.TakeOver();
            partition.Judge(0);
            for (var tick = 0; tick < 2; tick++) partition.Tick(TimeSpan.FromSeconds(2));
        }

        Assert.That(partition.Alerts.Count(), Is.EqualTo(1));
        AssertAsOneOwner(partition);
    }

    [Test]
    public void OnPartitions_OwnersDieBeforeASnapshotKnowsOfThem_IsToldOnce([Values] bool isNoted)
    {
        var partition = Begin(end: 450, partition: 0);
        partition.Judge(200);
        partition.Commit();
        partition.Adopt(Strict);
        partition.Judge(250);
        partition.Commit();
        partition.Partitions = 12;
        if (isNoted) partition.Judge(0);
        for (var owner = 0; owner < 3; owner++)
        {
            partition.TakeOver();
            partition.Judge(100);
            partition.Judge(350);
            partition.Commit();
        }

        partition.End = 900;
        partition.Judge(450);
        partition.Save();
        partition.TakeOver();
        partition.Judge(0);

        Assert.That(partition.Journal.Count(entry => entry.PartitionsAdded is true), Is.EqualTo(1));
        Assert.That(partition.Alerts.Count(alert => alert.Contains("more partitions", StringComparison.Ordinal)), Is.GreaterThan(0));
        AssertAsOneOwner(partition);
    }

    private static OwnedPartition Begin(int end, int partition = 1, bool runs = false)
    {
        var owned = new OwnedPartition(Story(runs), partition, DeadSoon) { End = end };
        owned.TakeOver();
        return owned;
    }

    // A model that is ill now and then; where asked for, with a run between its records.
    private static List<Message<byte[]?, byte[]?>> Story(bool runs)
    {
        var model = MetricStream.Of("llama", 1_000, i => i % 300 is > 200 and < 220 or > 240 and < 290 ? 900 : null).ToList();
        if (!runs) return model;
        var steps = DetectorWorkerTests.Steps("gpt", 1_000).ToList();
        return [.. Enumerable.Range(0, 1_000).Select(i => i % 5 == 4 ? Retimed(steps[i], model[i]) : model[i])];
    }

    // In the log it stands at the other's time.
    private static Message<byte[]?, byte[]?> Retimed(Message<byte[]?, byte[]?> one, Message<byte[]?, byte[]?> other) =>
        new() { Key = one.Key, Value = one.Value, Timestamp = other.Timestamp };

    private static void AssertAsOneOwner(OwnedPartition partition)
    {
        Assert.That(partition.Alerts, Is.EqualTo(partition.Expected()));
        Assert.That(partition.Alerts, Is.Not.Empty);
        Assert.That(partition.Differences, Is.Zero);
    }
}
