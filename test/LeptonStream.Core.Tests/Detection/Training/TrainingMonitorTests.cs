using LeptonStream.Detection.Training;
using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Core.Tests.Detection.Training;

/// <summary>What the monitor promises whatever the run does.</summary>
public sealed class TrainingMonitorTests
{
    private static readonly int[] Cuts = [1, 39, 40, 41, 199, 200, 602, 615, 699, 740, 905, 1000, 1111];

    [Test]
    public void Restore_AtAnyCut_GoesOnBitEqual()
    {
        var whole = Eventful(_ => { });
        foreach (var cut in Cuts)
        {
            var cutHere = Eventful(story =>
            {
                if (story.Step == cut) story.Restore();
            });
            Assert.That(cutHere.Findings, Is.EqualTo(whole.Findings), $"cut at {cut}");
            Assert.That(cutHere.Snapshot(), Is.EqualTo(whole.Snapshot()), $"cut at {cut}");
        }
    }

    [Test]
    public void Observe_TheSameRowsTwice_SaysTheSame()
    {
        var first = Eventful(_ => { });
        var second = Eventful(_ => { });
        Assert.That(second.Findings, Is.EqualTo(first.Findings));
    }

    [Test]
    public void Load_HalfASnapshot_SaysSo()
    {
        var half = new TrainingStory().Run(300).Snapshot()[..^9];
        Assert.That(
            () =>
            {
                var reader = new StateReader(half);
                new TrainingMonitor(TrainingPolicy.Default).Load(ref reader);
            },
            Throws.TypeOf<SnapshotCorruptException>());
    }

    [Test]
    public void Load_AnyByteChanged_NeverCrashesLater()
    {
        var snapshot = new TrainingStory().Run(300).Snapshot();
        for (var at = 0; at < snapshot.Length; at += 7)
        {
            var changed = (byte[])snapshot.Clone();
            changed[at] ^= 0xFF;
            var monitor = new TrainingMonitor(TrainingPolicy.Default);
            try
            {
                var reader = new StateReader(changed);
                monitor.Load(ref reader);
            }
            catch (SnapshotCorruptException)
            {
                continue;
            }

            var row = new TrainingRow();
            row.Begin(new(long.MaxValue), 301, new(long.MaxValue));
            row.Set(TrainingRole.Loss, 1.5);
            Assert.That(() => monitor.Observe(row).Length, Throws.Nothing, $"byte {at}");
        }
    }

    [Test]
    public void Observe_InSteadyState_AllocatesNothing()
    {
        var monitor = new TrainingMonitor(TrainingPolicy.Default);
        var row = new TrainingRow();
        Feed(1, 2000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Feed(2001, 3000);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);

        // Deterministic noise, an evaluation now and then, and a fault that opens alerts.
        void Feed(int from, int to)
        {
            for (var step = from; step <= to; step++)
            {
                var time = Timestamp.FromUnixMilliseconds(1_700_000_000_000 + (step * 100));
                var noise = 1 + (0.05 * Math.Sin(step * 12.9898 * step));
                row.Begin(time, step, time);
                row.Set(TrainingRole.Loss, step is > 2500 and < 2600 ? 9 : 2 * noise);
                row.Set(TrainingRole.GradientNorm, 0.4 * noise);
                row.Set(TrainingRole.LearningRate, 1e-3);
                row.Set(TrainingRole.ParameterNorm, 40 + (step > 2700 ? 20 : 0));
                row.Set(TrainingRole.UpdateNorm, 0.09 * noise);
                row.Set(TrainingRole.StepTime, 100 * noise);
                row.Set(TrainingRole.Throughput, 1e5 / noise);
                if (step % 50 == 0) row.Set(TrainingRole.EvaluationLoss, 2 * noise);
                monitor.Observe(row);
                monitor.OnTick(time);
            }
        }
    }

    [Test]
    public void Save_AfterALongRun_IsSmall() => Assert.That(new TrainingStory().Run(3000).Snapshot(), Has.Length.LessThan(20_000));

    [Test]
    public void Observe_RowOlderThanTheLast_IsNotJudged()
    {
        var story = new TrainingStory().Run(400);
        var before = story.Snapshot();
        var row = new TrainingRow();
        row.Begin(story.Now - TimeSpan.FromSeconds(1), 401, story.Now);
        row.Set(TrainingRole.Loss, double.NaN);
        Assert.That(story.Monitor.Observe(row).Length, Is.Zero);
        Assert.That(story.Snapshot(), Is.EqualTo(before));
    }

    [Test]
    public void Observe_AnyValues_ScoresAreFiniteAndNotNegative()
    {
        double[] values = [0, -1, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, double.MaxValue, 1e-300,
            1e300, 1, -0.0];
        var monitor = new TrainingMonitor(TrainingPolicy.Default with { WarmUpSteps = 10, WarmUpRows = 10 });
        var row = new TrainingRow();
        var random = new Random(4);
        for (var i = 0; i < 20_000; i++)
        {
            var time = new Timestamp(i * 1_000_000L);
            row.Begin(time, random.Next(20) == 0 ? random.Next(i + 1) : i, time);
            for (var role = 1; role < TrainingRoles.Count - 1; role++)
            {
                var choice = random.Next(4);
                if (choice > 0) row.Set((TrainingRole)role, choice == 1 ? values[random.Next(values.Length)] : 1 + random.NextDouble());
            }

            foreach (var finding in monitor.Observe(row))
                Assert.That(double.IsFinite(finding.Score) && finding.Score >= 0, Is.True, $"{finding}");
        }
    }

    // Every kind of row in one run: a spike, weights overwritten, a resume, another stage, a stall, a frozen optimizer, an overflow.
    private static TrainingStory Eventful(Action<TrainingStory> afterEach)
    {
        var story = new TrainingStory(seed: 7);
        Each(600, null);
        Each(10, r => r.Loss *= 4);
        Each(100, null);
        Each(1, r => r.Norm += 20);
        Each(30, r => r.Norm += 20);
        story.Resume(700, TimeSpan.FromSeconds(15));
        Each(200, null);
        Each(100, r => (r.Stage, r.Loss) = (1, r.Loss * 2));
        Each(40, r => (r.Stage, r.StepTime) = (1, r.StepTime * 9));
        Each(20, r => (r.Stage, r.Update) = (1, 0));
        Each(4, r => (r.Stage, r.Loss) = (1, double.NaN));
        Each(60, r => r.Stage = 1);
        story.Wait(TimeSpan.FromMinutes(5));
        Assert.That(story.Findings.Select(f => f.Kind).Distinct(), Is.SupersetOf(new[]
        {
            TrainingKind.LossSpike, TrainingKind.WeightsJump, TrainingKind.DataStall, TrainingKind.FrozenWeights, TrainingKind.NonFinite,
            TrainingKind.RunDead,
        }));
        return story;

        void Each(int steps, Action<Reading>? change)
        {
            for (var i = 0; i < steps; i++)
            {
                story.Run(1, change);
                afterEach(story);
            }
        }
    }
}
