using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Training;

namespace LeptonStream.Core.Tests.Detection.Training;

/// <summary>Every kind of trouble, told as a story: when it is noticed, how urgent it is, and how it ends.</summary>
public sealed class TrainingFaultTests
{
    private const int Onset = 601;
    private const double NormAtOnset = 40 + (0.004 * Onset);

    [Test]
    public void Observe_WeightsNotFinite_PageAtOnce()
    {
        var found = First(Healthy().Run(1, r => (r.Loss, r.Norm) = (double.NaN, double.NaN)), TrainingKind.NonFinite);
        Assert.That((found.Step, found.Severity, found.Role), Is.EqualTo((Onset, AlertSeverity.Critical, TrainingRole.Loss)));
        Assert.That(found.Value, Is.NaN);
    }

    [Test]
    public void Observe_OverflowThatTheTrainerSkips_IsATicketAndGoesAway()
    {
        var story =
            Healthy().Run(10, r => (r.Loss, r.Gradient, r.Update, r.Norm) = (double.NaN, double.PositiveInfinity, 0, NormAtOnset)).Run(40);
        Assert.That(story.Alarms.Select(a => (a.Kind, a.Severity)).Distinct(),
            Is.EqualTo(new[] { (TrainingKind.NonFinite, AlertSeverity.Warning) }));
        Assert.That(story.Findings.Count(f => f.Change == AlertChange.Recovered), Is.EqualTo(2));
    }

    [Test]
    public void Observe_OverflowThatLasts_BecomesAPage()
    {
        var story = Healthy().Run(40, r => r.Loss = double.NaN);
        Assert.That(story.Findings.Select(f => (f.Change, f.Severity, f.Step)), Is.EqualTo(new[]
        {
            (AlertChange.Opened, AlertSeverity.Warning, Onset),
            (AlertChange.Worsened, AlertSeverity.Critical, Onset + 24L),
        }));
    }

    [Test]
    public void Observe_NotANumberFromTheFirstStep_IsToldDuringWarmUp() =>
        Assert.That(First(new TrainingStory().Run(3, r => r.Loss = double.NaN), TrainingKind.NonFinite).Step, Is.EqualTo(1));

    [Test]
    public void Observe_AFewBadBatches_AreASpikeThatRecovers()
    {
        var story = Healthy().Run(8, r => r.Loss *= 3).Run(60);
        Assert.That(story.Findings.Select(f => (f.Kind, f.Change, f.Severity)), Is.EqualTo(new[]
        {
            (TrainingKind.LossSpike, AlertChange.Opened, AlertSeverity.Warning),
            (TrainingKind.LossSpike, AlertChange.Recovered, AlertSeverity.Warning),
        }));
        var spike = story.Findings[0];
        Assert.That(spike.Step, Is.EqualTo(Onset + 1));
        Assert.That(spike.Value / spike.Expected, Is.EqualTo(3).Within(0.5));
    }

    [Test]
    public void Observe_LossThatStaysHigh_IsHighButNoPage()
    {
        var story = Healthy().Run(150, r => r.Loss *= 1.6);
        Assert.That(First(story, TrainingKind.LossHigh).Step, Is.LessThan(Onset + 60));
        Assert.That(story.Findings.Select(f => f.Severity), Has.None.EqualTo(AlertSeverity.Critical));
    }

    [Test]
    public void Observe_LossThatStaysHighForADay_IsAcceptedAndWatchedAgain()
    {
        var story = Healthy().Run(400, r => r.Loss *= 1.6);
        Assert.That(story.Findings.Select(f => f.Change), Has.All.AnyOf(AlertChange.Opened, AlertChange.Worsened),
            "judged by the level before, however long");
        story.Wait(TimeSpan.FromHours(24)).Run(60, r => r.Loss *= 1.6);
        Assert.That(story.Findings.Select(f => f.Change), Has.Some.EqualTo(AlertChange.Accepted));
        var before = story.Findings.Count;
        story.Run(5, r => r.Loss *= 4);
        Assert.That(story.Findings.Skip(before).Select(f => f.Kind), Has.Some.EqualTo(TrainingKind.LossSpike));
    }

    [Test]
    public void Observe_LossThatDivergesAndStays_PagesWithinFiftySteps()
    {
        var found = First(Healthy().Run(100, r => r.Loss *= 1 + (0.1 * (r.Step - Onset + 1))), TrainingKind.LossDiverging);
        Assert.That(found.Severity, Is.EqualTo(AlertSeverity.Critical));
        Assert.That(found.Step, Is.LessThan(Onset + 60));
    }

    [Test]
    public void Observe_RateTurnedDownBecauseOfIt_KeepsTheAlertOpen()
    {
        var story = Healthy().Run(60, r => r.Loss *= 3);
        var before = story.Findings.Count;
        story.Run(30, r => (r.Loss, r.Rate, r.Update) = (r.Loss * 3, r.Rate * 0.1, r.Update * 0.1));
        Assert.That(story.Findings.Skip(before).Select(f => f.Change),
            Has.None.EqualTo(AlertChange.Accepted).And.None.EqualTo(AlertChange.Recovered));
    }

    [Test]
    public void Observe_LossThatJumpsAndComesBackSlowly_DoesNotPage() =>
        Assert.That(
            Healthy().Run(200, r => r.Loss *= 1 + (6 * Math.Exp((Onset - r.Step) / 15.0))).Findings.Select(f => f.Severity),
            Has.None.EqualTo(AlertSeverity.Critical));

    [TestCase(1)]
    [TestCase(200)]
    public void Observe_LossThatCreepsUp_IsHigh(int ramp)
    {
        var found = First(Healthy().Run(500, r => r.Loss *= 1 + (0.5 * Math.Min(1, (r.Step - Onset + 1) / (double)ramp))),
            TrainingKind.LossHigh);
        Assert.That(found.Step, Is.LessThan(Onset + 50 + ramp));
    }

    [Test]
    public void Observe_ExplodingGradient_IsToldWithinFiveRows()
    {
        var found = First(Healthy().Run(20, r => r.Gradient *= 8), TrainingKind.GradientExplosion);
        Assert.That(found.Step, Is.LessThan(Onset + 5));
        Assert.That(found.Role, Is.EqualTo(TrainingRole.GradientNorm));
    }

    [Test]
    public void Observe_GradientThatFallsWithoutTheLoss_IsVanishing() =>
        Assert.That(First(Healthy().Run(40, r => r.Gradient *= 0.1), TrainingKind.GradientVanishing).Step, Is.LessThan(Onset + 20));

    [Test]
    public void Observe_UpdatesOfExactlyZero_ArePagedIfTheyLast()
    {
        var story = Healthy().Run(100, r => (r.Update, r.Norm) = (0, NormAtOnset));
        Assert.That(story.Findings.Select(f => (f.Kind, f.Change, f.Severity, f.Step)), Is.EqualTo(new[]
        {
            (TrainingKind.FrozenWeights, AlertChange.Opened, AlertSeverity.Warning, Onset + 7L),
            (TrainingKind.FrozenWeights, AlertChange.Worsened, AlertSeverity.Warning, Onset + 15L),
            (TrainingKind.FrozenWeights, AlertChange.Worsened, AlertSeverity.Warning, Onset + 31L),
            (TrainingKind.FrozenWeights, AlertChange.Worsened, AlertSeverity.Critical, Onset + 59L),
        }));
    }

    [Test]
    public void Observe_RateOfZeroWhereNoUpdateIsLogged_IsFrozen() =>
        Assert.That(
            First(Healthy(NoUpdate).Run(20, r => NoUpdate(r, rate: 0)), TrainingKind.FrozenWeights).Role,
            Is.EqualTo(TrainingRole.LearningRate));

    [Test]
    public void Observe_EvaluationsThatRepeatExactly_AreFrozenWeights() =>
        Assert.That(
            First(Healthy(NoUpdate).Run(250, r => (r.Update, r.EvaluationLoss) = (null, r.EvaluationLoss is null ? null : 1.7)),
                TrainingKind.FrozenWeights).Role,
            Is.EqualTo(TrainingRole.EvaluationLoss));

    [Test]
    public void Observe_UpdateThirtyTimesTheUsual_IsAShockAtOnce()
    {
        var found = First(Healthy().Run(20, r => r.Update *= 30), TrainingKind.OptimizerShock);
        Assert.That((found.Step, found.Role, found.Severity), Is.EqualTo((Onset, TrainingRole.UpdateNorm, AlertSeverity.Warning)));
    }

    [Test]
    public void Observe_LoggedRateFarAboveTheSchedule_IsAShockOfTheRate()
    {
        var found = First(Healthy().Run(20, r => (r.Rate, r.Update) = (r.Rate * 30, r.Update * 30)), TrainingKind.OptimizerShock);
        Assert.That((found.Step, found.Role), Is.EqualTo((Onset, TrainingRole.LearningRate)));
        Assert.That(found.Expected, Is.EqualTo(TrainingStory.PeakRate));
    }

    [Test]
    public void Observe_ResumeThatLostTheOptimizer_IsAShock()
    {
        var story = Healthy().Resume(520, TimeSpan.FromSeconds(20)).Run(20, r => r.Update *= 1 + (3 * Math.Exp((521 - r.Step) / 8.0)));
        Assert.That(First(story, TrainingKind.OptimizerShock).Step, Is.EqualTo(521));
    }

    [TestCase(1.02)]
    [TestCase(0.9)]
    [TestCase(1e36)]
    public void Observe_NormThatNoUpdateExplains_PagesAtOnce(double factor)
    {
        var found = First(Healthy().Run(5, r => r.Norm *= factor), TrainingKind.WeightsJump);
        Assert.That((found.Step, found.Severity), Is.EqualTo((Onset, AlertSeverity.Critical)));
    }

    [Test]
    public void Observe_NormThatJumpsWhereNoUpdateIsLogged_IsATicket() =>
        Assert.That(First(Healthy(NoUpdate).Run(5, r => (r.Update, r.Norm) = (null, r.Norm * 1.5)), TrainingKind.WeightsJump).Severity,
            Is.EqualTo(AlertSeverity.Warning));

    [Test]
    public void Observe_OverwrittenWeights_AreOverOnceTheNormIsBack()
    {
        var story = Healthy().Run(200, r => r.Norm *= 1.5);
        Assert.That(story.Findings.Where(f => f.Kind == TrainingKind.WeightsJump).Select(f => f.Change),
            Is.All.AnyOf(AlertChange.Opened, AlertChange.Worsened));
        story.Resume(Onset - 20, TimeSpan.FromSeconds(20)).Run(60);
        Assert.That(story.Findings.Last(f => f.Kind == TrainingKind.WeightsJump).Change, Is.EqualTo(AlertChange.Recovered));
    }

    [Test]
    public void Observe_LossThatCreptUp_StaysToldWhileItIsHigh()
    {
        var story = Healthy().Run(4000, r => r.Loss *= 1 + (0.5 * Math.Min(1, (r.Step - Onset + 1) / 200.0)));
        Assert.That(story.Findings.Where(f => f.Kind == TrainingKind.LossHigh).Select(f => f.Change),
            Is.EqualTo(new[] { AlertChange.Opened }));
        story.Run(400);
        Assert.That(story.Findings.Last(f => f.Kind == TrainingKind.LossHigh).Change, Is.EqualTo(AlertChange.Recovered));
    }

    [Test]
    public void Observe_TroubleThatLasts_IsToldToBeStillSoAtGrowingDistances()
    {
        var story = Healthy().Run(36_000, r => r.Loss *= 3);
        var spike = story.Progress.Where(f => f.Kind == TrainingKind.LossSpike).ToArray();
        var opened = story.Findings.First(f => f.Kind == TrainingKind.LossSpike);
        Assert.That(spike.Select(f => Math.Round((f.Time - opened.Time).TotalMinutes)), Is.EqualTo(new[] { 1.0, 5, 15, 60 }));
        Assert.That(spike.Select(f => f.Number), Is.Ordered.Ascending.And.Unique);
    }

    [Test]
    public void Observe_RateThatStaysAboveItsSchedule_StaysTold()
    {
        var story = Healthy().Run(1000, r => (r.Rate, r.Update) = (r.Rate * 30, r.Update * 30));
        var told = story.Findings.Where(f => f.Role == TrainingRole.LearningRate).Select(f => f.Change).ToArray();
        Assert.That(told, Is.Not.Empty);
        Assert.That(told, Is.All.AnyOf(AlertChange.Opened, AlertChange.Worsened));
    }

    [Test]
    public void Observe_LossThatDivergedAndStays_IsNeverAccepted()
    {
        var story = Healthy().Run(100, r => r.Loss *= 5).Wait(TimeSpan.FromDays(3)).Run(100, r => r.Loss *= 5);
        var told =
            story.Findings.Where(f => f.Kind is TrainingKind.LossDiverging or TrainingKind.LossSpike).Select(f => f.Change).ToArray();
        Assert.That(told, Is.Not.Empty);
        Assert.That(told, Is.All.AnyOf(AlertChange.Opened, AlertChange.Worsened));
    }

    [Test]
    public void Observe_RunThatEndsWhileSomethingIsOpen_SaysThatItDidNotRecover()
    {
        var story = Healthy().Run(100, r => r.Loss *= 5).Finish();
        Assert.That(story.Findings.GroupBy(f => f.Kind).Select(kind => kind.Last().Change), Is.All.EqualTo(AlertChange.Superseded));
    }

    [TestCase(1000)]
    [TestCase(10_000)]
    [TestCase(60_000)]
    public void Observe_SameTroubleAtAnyInterval_LivesAsLong(int milliseconds)
    {
        // Two hours of a loss three times as high, then five hours without.
        var story = new TrainingStory { StepMilliseconds = milliseconds }.Run(Onset - 1);
        var onset = story.Now;
        story.Run(7_200_000 / milliseconds, r => r.Loss *= 3);
        var over = story.Now;
        story.Run(18_000_000 / milliseconds);
        var spike = story.Findings.Where(f => f is { Kind: TrainingKind.LossSpike, Change: not AlertChange.Worsened }).ToArray();
        Assert.That(spike.Select(f => f.Change), Is.EqualTo(new[] { AlertChange.Opened, AlertChange.Recovered }));
        // The median of 17 rows lets go after nine, and two calm ones end it.
        var slowest = TimeSpan.FromMinutes(1);
        Assert.That(spike[0].Time - onset, Is.LessThanOrEqualTo(3 * slowest));
        Assert.That(spike[1].Time - over, Is.LessThanOrEqualTo(12 * slowest));
    }

    [Test]
    public void Observe_EvaluationThatBreaksAlone_IsToldOnTheFirst()
    {
        var story = Healthy().Run(60, r => (r.EvaluationLoss, r.Accuracy) = (r.EvaluationLoss * 3, r.Accuracy * 0.3));
        Assert.That(story.Alarms.Select(a => (a.Kind, a.Role, a.Step)), Is.EqualTo(new[]
        {
            (TrainingKind.EvaluationBroken, TrainingRole.EvaluationLoss, 650L),
            (TrainingKind.EvaluationBroken, TrainingRole.EvaluationAccuracy, 650L),
        }));
    }

    [Test]
    public void Observe_EvaluationThatFollowsTheLoss_IsNotBroken() =>
        Assert.That(
            Healthy().Run(100, r => (r.Loss, r.EvaluationLoss) = (r.Loss * 3, r.EvaluationLoss * 3)).Alarms.Select(a => a.Kind),
            Has.None.EqualTo(TrainingKind.EvaluationBroken));

    [Test]
    public void Observe_EvaluationThatGetsWorseWhileTheLossFalls_IsOverfitting()
    {
        var story = Healthy().Run(1500, r => (r.Loss, r.EvaluationLoss) = (r.Loss * Math.Exp((Onset - r.Step) / 1000.0),
            r.EvaluationLoss * Math.Exp((r.Step - Onset) / 1000.0)));
        Assert.That(story.Alarms.Select(a => a.Kind), Is.EqualTo(new[] { TrainingKind.Overfitting }));
    }

    [Test]
    public void Observe_OneBatchRepeated_PagesLongBeforeTheEvaluationTells()
    {
        var story = Healthy().Run(200, r => r.Loss = 1.5 * Math.Exp((Onset - r.Step) / 60.0));
        Assert.That(First(story, TrainingKind.RepeatedData).Step, Is.LessThan(Onset + 48));
        Assert.That(story.Findings.First(f => f.Severity == AlertSeverity.Critical).Step, Is.LessThan(Onset + 100));
    }

    [Test]
    public void Observe_LossThatStandsStill_IsAPlateauForTheRecord()
    {
        var story = new TrainingStory().Run(4000);
        Assert.That(story.Findings.Select(f => (f.Kind, f.Severity)).Distinct(),
            Is.EqualTo(new[] { (TrainingKind.Plateau, AlertSeverity.Info) }));
    }

    [TestCase(1)]
    [TestCase(2)]
    public void Observe_StarvedLoader_IsAStallWithinThirtySteps(int every)
    {
        var story = Healthy().Run(60, r => Slow(r, r.Step % every == 0 ? 9 : 1)).Run(60);
        Assert.That(First(story, TrainingKind.DataStall).Step, Is.LessThan(Onset + 30));
        Assert.That(story.Findings[^1].Change, Is.EqualTo(AlertChange.Recovered));
    }

    [Test]
    public void Observe_StepsThatGetSlowerAndSlower_AreADrift()
    {
        var found = First(Healthy().Run(1500, r => Slow(r, 1 + ((r.Step - Onset) / 50 * 0.02))), TrainingKind.StepTimeDrift);
        Assert.That(found.Step, Is.LessThan(Onset + 1000));
        Assert.That(found.Severity, Is.EqualTo(AlertSeverity.Warning));
    }

    [Test]
    public void OnTick_NoRowForLongerThanAnyRestart_IsADeadRun()
    {
        var story = Healthy().Run(700);
        var last = story.Now;
        var found = First(story.Wait(TimeSpan.FromSeconds(60)), TrainingKind.RunDead);
        Assert.That((found.Time - last).TotalSeconds, Is.InRange(39, 42));
        Assert.That((found.Severity, found.Role), Is.EqualTo((AlertSeverity.Critical, TrainingRole.None)));
        Assert.That(story.Run(1).Findings[^1].Change, Is.EqualTo(AlertChange.Recovered));
    }

    // The time is set: no sensitivity moves it, and no rounding of one hides a death.
    [Test]
    public void OnTick_ADeadRunOfAnySensitivity_IsReportedAtTheSetTime()
    {
        for (var hundredths = 20; hundredths <= 300; hundredths++)
        {
            var policy = TrainingPolicy.Default with { Sensitivity = hundredths / 100.0 };
            var story = new TrainingStory(policy: policy).Run(50);
            var last = story.Now;
            story.Wait(TimeSpan.FromMinutes(5));
            var dead = story.Findings.Where(f => f.Kind == TrainingKind.RunDead).ToArray();
            Assert.That(dead.Select(f => Math.Round((f.Time - last).TotalSeconds)), Is.EqualTo(new[] { 270 }), $"{policy.Sensitivity}");
        }
    }

    [Test]
    public void OnTick_ExporterThatRepeatsTheLastStep_IsADeadRunToo()
    {
        var story = Healthy();
        for (var second = 0; second < 280; second++) story.Run(1, r => r.Step = 600).Wait(TimeSpan.FromSeconds(1));
        Assert.That(First(story, TrainingKind.RunDead).Step, Is.EqualTo(600));
    }

    private static TrainingStory Healthy(Action<Reading>? change = null)
    {
        var story = new TrainingStory().Run(Onset - 1, change);
        Assert.That(story.Findings, Is.Empty, "a healthy run says nothing");
        return story;
    }

    private static void NoUpdate(Reading reading) => reading.Update = null;

    private static void NoUpdate(Reading reading, double rate) =>
        (reading.Update, reading.Rate, reading.EvaluationLoss) = (null, rate, null);

    private static void Slow(Reading reading, double factor) =>
        (reading.StepTime, reading.Throughput) = (reading.StepTime * factor, reading.Throughput / factor);

    private static TrainingFinding First(TrainingStory story, TrainingKind kind)
    {
        Assert.That(story.Findings.Select(f => f.Kind), Has.Some.EqualTo(kind));
        return story.Findings.First(f => f.Kind == kind && f.Change == AlertChange.Opened);
    }
}
