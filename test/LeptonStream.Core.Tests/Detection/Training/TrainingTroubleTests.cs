using LeptonStream.Alerts;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Training;
using LeptonStream.Samples;
using LeptonStream.State;
using LeptonStream.Testing;

namespace LeptonStream.Core.Tests.Detection.Training;

/// <summary>Trouble that was reported of real runs, and its kind at other lengths, intervals and numbers.</summary>
public sealed class TrainingTroubleTests
{
    [Test]
    public void Case01_LossFallsToExactlyZero_PagesWithinTenRows()
    {
        var found = Replay("01-hf-loss-zero.csv").Single(f => f.Change == AlertChange.Opened);
        Assert.That((found.Kind, found.Severity), Is.EqualTo((TrainingKind.LossStuck, AlertSeverity.Critical)));
        Assert.That(found.Step, Is.InRange(400, 410));
        Assert.That(found.Expected, Is.GreaterThan(0.5));
    }

    [Test]
    public void Case02_GrpoCollapse_IsToldFromItsOnsetOnAndNotBefore()
    {
        var alarms = Opened(Replay("02-grpo-collapse.csv"));
        Assert.That(alarms, Is.Not.Empty);
        Assert.That(alarms.Select(f => f.Step), Has.All.InRange(500, 600));
    }

    [Test]
    public void Case03_TwoJobsUnderOneName_TellsTheClashAndTheDivergenceOfTheSecond()
    {
        var findings = Replay("03-two-jobs-one-name.csv");
        var clash = findings.First(f => f.Kind == TrainingKind.SharedName);
        Assert.That((clash.Change, clash.Severity), Is.EqualTo((AlertChange.Opened, AlertSeverity.Warning)));
        Assert.That(clash.Value, Is.InRange(0.2, 1.5), "seconds between two returns");
        var divergence = findings.First(f => f is { Kind: TrainingKind.LossDiverging, Change: AlertChange.Opened });
        Assert.That(divergence.Severity, Is.EqualTo(AlertSeverity.Critical));
        Assert.That(divergence.Step, Is.InRange(400, 500));
        Assert.That(Opened(findings).Select(f => f.Kind), Is.Unique);
    }

    [Test]
    public void Case06_FirstCheckpointTakesMinutes_IsNoDeath() => Assert.That(Opened(Replay("06-checkpoint-pause.csv")), Is.Empty);

    [Test]
    public void Case07_LossThatFallsWithEachEpoch_IsQuiet() => Assert.That(Opened(Replay("07-epoch-staircase.csv")), Is.Empty);

    [Test]
    public void Case23_LossBecomesNotANumber_PagesWithinThreeRows()
    {
        var findings = Replay("23-run-with-nan.csv");
        Assert.That(findings[0], Has.Property("Kind").EqualTo(TrainingKind.NonFinite).And.Property("Step").EqualTo(400L));
        Assert.That(findings.First(f => f.Severity == AlertSeverity.Critical).Step, Is.LessThanOrEqualTo(403));
    }

    [TestCase(100, 70, 100)]
    [TestCase(1000, 70, 100)]
    [TestCase(1000, 400, 240)]
    [TestCase(5000, 30, 200)]
    [TestCase(30_000, 200, 400)]
    public void OnTick_FirstPauseOfARun_IsMetWithPatience(int milliseconds, int rows, int pause)
    {
        var story = new TrainingStory { StepMilliseconds = milliseconds }.Run(rows).Wait(TimeSpan.FromSeconds(pause)).Run(100);
        Assert.That(story.Findings.Select(f => f.Kind), Has.None.EqualTo(TrainingKind.RunDead));
    }

    [TestCase(20, 45)]
    [TestCase(1000, 120)]
    public void OnTick_PausesOfTheLengthSeenBefore_AreNoDeath(int milliseconds, int pause)
    {
        var story = new TrainingStory { StepMilliseconds = milliseconds };
        for (var i = 0; i < 6; i++) story.Run(500).Wait(TimeSpan.FromSeconds(pause * (i % 2 == 0 ? 1 : 1.3)));
        Assert.That(story.Run(10).Findings.Select(f => f.Kind), Has.None.EqualTo(TrainingKind.RunDead));
    }

    [TestCase(1000, 100, 300)]
    [TestCase(10, 100, 300)]
    [TestCase(1000, 1300, 120)]
    [TestCase(100, 1300, 120)]
    [TestCase(5, 1300, 45)]
    public void OnTick_RealDeath_IsToldInTime(int milliseconds, int rows, int within)
    {
        var story = new TrainingStory { StepMilliseconds = milliseconds }.Run(rows);
        var last = story.Now;
        var dead = story.Wait(TimeSpan.FromSeconds(within + 2)).Findings.First(f => f.Kind == TrainingKind.RunDead);
        Assert.That((dead.Time - last).TotalSeconds, Is.LessThanOrEqualTo(within));
        Assert.That(story.Run(1).Findings[^1], Has.Property("Kind").EqualTo(TrainingKind.RunDead).And.Property("Change")
            .EqualTo(AlertChange.Recovered));
    }

    [TestCase(2)]
    [TestCase(3)]
    [TestCase(4)]
    public void Observe_SeveralJobsUnderOneName_AreToldAndJudgedEachByItself(int jobs)
    {
        var clash = new JobsUnderOneName(jobs).Run(600);
        Assert.That(clash.Findings.Select(f => (f.Kind, f.Change)), Is.EqualTo(new[] { (TrainingKind.SharedName, AlertChange.Opened) }));
        var found = clash.Run(100, (job, loss) => job == jobs - 1 ? loss * 6 : loss).Findings;
        Assert.That(found.Select(f => f.Kind), Has.Some.EqualTo(TrainingKind.LossDiverging));
    }

    [Test]
    public void Observe_SecondJobEnds_TheClashRecoversAndNothingElseIsTold()
    {
        var clash = new JobsUnderOneName(2).Run(600);
        clash.Jobs = 1;
        clash.Run(1200);
        Assert.That(clash.Findings.Where(f => f.Severity > AlertSeverity.Info).Select(f => (f.Kind, f.Change)),
            Is.EqualTo(new[] { (TrainingKind.SharedName, AlertChange.Opened), (TrainingKind.SharedName, AlertChange.Recovered) }));
    }

    [Test]
    public void Observe_JobThatCrashesAndResumesAgainAndAgain_IsOneJob()
    {
        var story = new TrainingStory().Run(700);
        for (var crash = 0; crash < 8; crash++) story.Resume(700, TimeSpan.FromSeconds(10)).Run(60);
        Assert.That(story.Findings.Select(f => f.Kind), Has.None.EqualTo(TrainingKind.SharedName));
    }

    [TestCase(1)]
    [TestCase(400)]
    [TestCase(650)]
    public void Restore_WhileJobsShareAName_GoesOnBitEqual(int cut)
    {
        var whole = new JobsUnderOneName(3).Run(700, (job, loss) => job == 1 ? loss * 1.5 : loss);
        var parts = new JobsUnderOneName(3).Run(cut, (job, loss) => job == 1 ? loss * 1.5 : loss).Restore().Run(700 - cut, (job, loss) =>
            job == 1 ? loss * 1.5 : loss);
        Assert.That(parts.Findings, Is.EqualTo(whole.Findings));
        Assert.That(parts.Snapshot(), Is.EqualTo(whole.Snapshot()));
    }

    [TestCase(1, 15)]
    [TestCase(10, 15)]
    public void Observe_LossOfExactlyZeroBeforeTheRunIsWarm_Pages(int milliseconds, int rows)
    {
        var story = new TrainingStory { StepMilliseconds = 1000 * milliseconds }.Run(rows).Run(20, r => r.Loss = 0);
        Assert.That(story.Alarms.Select(a => (a.Kind, a.Severity)), Is.EqualTo(new[] { (TrainingKind.LossStuck, AlertSeverity.Critical) }));
    }

    [Test]
    public void Observe_LossOfOneNumber_IsToldAndPagesWhenItLasts()
    {
        var story = new TrainingStory().Run(600).Run(100, r => r.Loss = 1.6094);
        var stuck = story.Findings.Where(f => f.Kind == TrainingKind.LossStuck).ToArray();
        Assert.That((stuck[0].Severity, stuck[^1].Severity), Is.EqualTo((AlertSeverity.Warning, AlertSeverity.Critical)));
        Assert.That(stuck[0].Step, Is.LessThan(625));
        Assert.That(story.Run(60).Findings[^1].Change, Is.EqualTo(AlertChange.Recovered));
    }

    [Test]
    public void Observe_LossThatReachesZeroByRounding_IsQuiet() =>
        Assert.That(new TrainingStory().Run(4000, r => r.Loss = Math.Round(r.Loss!.Value * Math.Exp(-r.Step / 250.0), 4)).Alarms
            .Select(a => a.Kind), Has.None.EqualTo(TrainingKind.LossStuck));

    [Test]
    public void Observe_LossThatTheLoggerRepeatsForTenSteps_IsQuiet()
    {
        var held = 0.0;
        Assert.That(new TrainingStory().Run(2000, r => r.Loss = held = r.Step % 10 == 1 ? r.Loss!.Value : held).Alarms.Select(a => a.Kind),
            Has.None.EqualTo(TrainingKind.LossStuck));
    }

    [TestCase(1)]
    [TestCase(1000)]
    public void Observe_NegativeLosses_AreQuietUntilTheyRunAway(double scale)
    {
        var story = new TrainingStory();
        story.Run(2000, r => r.Loss = scale * ((0.02 * story.Normal()) - 0.01));
        Assert.That(story.Findings, Is.Empty);
        story.Run(100, r => r.Loss = scale * ((0.02 * story.Normal()) - (0.05 * (r.Step - 2000))));
        Assert.That(story.Findings.Select(f => (f.Kind, f.Severity)),
            Has.Some.EqualTo((TrainingKind.LossSpike, AlertSeverity.Warning)).And.Some
                .EqualTo((TrainingKind.LossDiverging, AlertSeverity.Critical)));
    }

    [Test]
    public void Observe_PositiveLossThatTurnsNegative_IsTold() =>
        Assert.That(new TrainingStory().Run(600).Run(20, r => r.Loss = -r.Loss).Alarms.Select(a => a.Kind),
            Has.Some.EqualTo(TrainingKind.LossSpike));

    [Test]
    public void Observe_RateThatIsNoNumber_IsToldAndTheRestIsJudged()
    {
        var story = new TrainingStory().Run(600).Run(60, r => (r.Rate, r.StepTime) = (double.NaN, double.NaN)).Run(30, r =>
            (r.Rate, r.StepTime, r.Loss) = (double.NaN, double.NaN, r.Loss * 4));
        Assert.That(story.Alarms.Select(a => a.Kind), Has.Some.EqualTo(TrainingKind.NonFinite).And.Some.EqualTo(TrainingKind.LossSpike));
    }

    private static IEnumerable<TrainingFinding> Opened(IEnumerable<TrainingFinding> findings) =>
        findings.Where(f => f is { Change: AlertChange.Opened, Severity: > AlertSeverity.Info });

    private static List<TrainingFinding> Replay(string file) => TrainingReplay.Of(SharedFolder.Require("data/trouble/" + file));

    // Jobs of the same kind that report one after the other, each from a step of its own on.
    private sealed class JobsUnderOneName(int jobs)
    {
        private readonly Random _random = new(3);
        private readonly TrainingRow _row = new();
        private TrainingMonitor _monitor = new(TrainingPolicy.Default);
        private int _rows;

        public int Jobs { get; set; } = jobs;

        public List<TrainingFinding> Findings { get; } = [];

        public JobsUnderOneName Run(int rows, Func<int, double, double>? change = null)
        {
            for (var end = _rows + rows; _rows < end; _rows++)
                for (var job = 0; job < Jobs; job++)
                {
                    var time = Timestamp.FromUnixMilliseconds(1_764_000_000_000 + (_rows * 1000L) + (job * 200));
                    _row.Begin(time, 1 + _rows + (job * 3000), time);
                    var loss = (2 + job) * (1 + (0.05 * (_random.NextDouble() - 0.5)));
                    _row.Set(TrainingRole.Loss, change?.Invoke(job, loss) ?? loss);
                    foreach (var finding in _monitor.Observe(_row))
                        if (finding.Change != AlertChange.Progressed) Findings.Add(finding);
                    _monitor.OnTick(time);
                }

            return this;
        }

        public JobsUnderOneName Restore()
        {
            var reader = new StateReader(Snapshot());
            _monitor = new(TrainingPolicy.Default);
            _monitor.Load(ref reader);
            Assert.That(reader.AtEnd, Is.True);
            return this;
        }

        public byte[] Snapshot()
        {
            var state = new StateWriter();
            _monitor.Save(state);
            return state.Written.ToArray();
        }
    }
}
