using LeptonStream.Alerts;
using LeptonStream.Detection.Training;

namespace LeptonStream.Core.Tests.Detection.Training;

/// <summary>What looks odd and is not: no run of these stories raises an alarm.</summary>
[TestFixture(1)]
[TestFixture(2)]
[TestFixture(3)]
public sealed class TrainingQuietTests(int seed)
{
    [Test]
    public void Observe_WarmUpAndCompilation_AreSilent() =>
        Silent(Story().Run(1, r => r.StepTime *= 500).Run(300, r =>
            (r.Gradient, r.Loss) = (r.Gradient * (1 + (5 * Math.Exp(-r.Step / 40.0))), r.Loss * (1 + Math.Exp(-r.Step / 30.0)))));

    [Test]
    public void Observe_CosineToZero_IsSilent() =>
        Silent(Story().Run(600).Run(1400, r => Rate(r, 0.5 * (1 + Math.Cos(Math.PI * (r.Step - 600) / 1400)))));

    [Test]
    public void Observe_ScheduleThatRanOut_IsForTheRecordOnly()
    {
        var story = Story().Run(600).Run(1000, r => Rate(r, (1600 - r.Step) / 1000.0)).Run(200, r => Rate(r, 0));
        Silent(story);
        Assert.That(story.Findings.Select(f => (f.Kind, f.Severity)), Has.Some.EqualTo((TrainingKind.FrozenWeights, AlertSeverity.Info)));
    }

    [TestCase(0.1)]
    [TestCase(0.3)]
    public void Observe_RateDrop_IsSilent(double factor) =>
        Silent(Story().Run(600).Run(500, r => (r.Loss, _) = (r.Loss * 0.95, Rate(r, factor))));

    [Test]
    public void Observe_WarmRestarts_AreSilent() =>
        Silent(Story().Run(300).Run(1800, r => (r.Loss, _) = (r.Loss * (1 + (0.15 * Math.Exp(-(r.Step % 600) / 50.0))), Rate(r,
            0.02 + (0.49 * (1 + Math.Cos(Math.PI * (r.Step % 600) / 600.0)))))));

    [TestCase(3)]
    [TestCase(0.3)]
    public void Observe_DeclaredStageOfOtherData_IsSilent(double factor) =>
        Silent(Story().Run(700).Run(700, r =>
        {
            // It jumps, and falls from there: to halfway back, or on to the level of the easier data.
            var (jump, end) = factor > 1 ? (factor, (1 + factor) / 2) : (Math.Sqrt(factor), factor);
            var settling = end + ((jump - end) * Math.Exp((700 - r.Step) / 40.0));
            (r.Stage, r.Loss, r.Gradient, r.EvaluationLoss, r.Accuracy) =
                (1, r.Loss * settling, r.Gradient * settling, r.EvaluationLoss * settling, r.Accuracy / Math.Max(1, settling));
        }));

    [TestCase(4)]
    [TestCase(0.25)]
    public void Observe_OtherBatchThatNobodyDeclared_IsSilent(double factor) =>
        Silent(Story().Run(700).Run(1, r => Batch(r, factor, pause: 300)).Run(700, r => Batch(r, factor, pause: 1)));

    [Test]
    public void Observe_ClippingSwitchedOff_IsSilent() =>
        Silent(Story().Run(700).Run(500, r => (r.Gradient, r.Update) = (r.Gradient * 1.2,
            r.Update * (1 + (0.8 * (1 - Math.Exp((700 - r.Step) / 10.0)) * Math.Exp((700 - r.Step) / 100.0))))));

    [TestCase(40, 4)]
    [TestCase(170, 31)]
    public void Observe_Resume_IsSilent(int back, int seconds) =>
        Silent(Story().Run(700).Resume(700 - back, TimeSpan.FromSeconds(seconds)).Run(1, r => r.StepTime *= 40).Run(500, r =>
            r.StepTime *= 1.3));

    [Test]
    public void Observe_HeavyTailsOfSmallBatches_AreSilent()
    {
        var story = Story();
        Silent(story.Run(2500, r =>
        {
            var heavy = Math.Abs(story.Normal());
            (r.Loss, r.Gradient) = (r.Loss * Math.Exp(0.12 * heavy * heavy), r.Gradient * Math.Exp(0.3 * heavy * heavy));
        }));
    }

    [TestCase(1e-6)]
    [TestCase(1e5)]
    public void Observe_LossOfAnyScale_IsSilent(double scale) =>
        Silent(Story().Run(2000, r =>
            (r.Loss, r.EvaluationLoss, r.Gradient) = (r.Loss * scale, r.EvaluationLoss * scale, r.Gradient * scale)));

    [Test]
    public void Observe_OverfittedDigitsWhoseEvaluationCreeps_AreSilent() =>
        Silent(Story().Run(2500, r => (r.Loss, r.EvaluationLoss) = (r.Loss * Math.Exp(-r.Step / 350.0),
            0.13 * (1 + (r.Step / 12_000.0)) * (r.EvaluationLoss is null ? null : 1.0))));

    [Test]
    public void Observe_PausesForEvaluationsAndCheckpoints_AreSilent() =>
        Silent(Story().Run(2000, r => r.StepTime *= r.Step % 50 == 0 ? 5 : r.Step % 200 == 1 ? 30 : 1));

    [Test]
    public void Observe_NeighboursOnTheMachine_AreSilent() =>
        Silent(Story().Run(3000, r => r.StepTime *= (r.Step / 250) % 2 == 0 ? 1 : 1.25));

    [Test]
    public void OnTick_DeclaredEnd_IsSilentForGood() => Silent(Story().Run(600).Finish().Wait(TimeSpan.FromMinutes(10)));

    [Test]
    public void OnTick_PlannedLastStepReached_IsSilentForGood() =>
        Silent(Story().Run(600, r => r.Planned = 600).Wait(TimeSpan.FromMinutes(10)));

    [Test]
    public void OnTick_PausesTheRunHasSurvived_AreNotDeath()
    {
        var story = Story().Run(300).Wait(TimeSpan.FromSeconds(35));
        Silent(story.Run(300).Wait(TimeSpan.FromSeconds(60)));
    }

    [Test]
    public void Observe_RunThatBeginsAgainUnderItsName_IsAnotherRun()
    {
        var story = Story().Run(1500).Finish();
        Silent(story.Resume(0, TimeSpan.FromSeconds(5)).Run(800, r => r.Loss *= 50));
    }

    private TrainingStory Story() => new(seed);

    private static double Rate(Reading reading, double factor)
    {
        (reading.Rate, reading.Update) = (reading.Rate * factor, reading.Update * factor);
        return factor;
    }

    private static void Batch(Reading reading, double factor, double pause)
    {
        var duration = reading.StepTime * Math.Sqrt(factor) * pause;
        (reading.Throughput, reading.StepTime) = (reading.Throughput * reading.StepTime * factor / duration, duration);
        (reading.Gradient, reading.Update) = (reading.Gradient / Math.Sqrt(factor), reading.Update * Math.Pow(factor, -0.15));
    }

    private static void Silent(TrainingStory story) =>
        Assert.That(story.Alarms.Select(a => $"{a.Kind} of {a.Role} at {a.Step}: {a.Score:F2}"), Is.Empty);
}
