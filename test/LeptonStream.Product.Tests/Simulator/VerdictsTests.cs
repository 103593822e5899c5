using LeptonStream.Alerts;
using LeptonStream.Series;
using LeptonStream.Simulator;
using LeptonStream.Testing;

namespace LeptonStream.Product.Tests.Simulator;

internal sealed class VerdictsTests
{
    private static readonly Story Story = new();
    private static readonly FaultScript Script = FaultScript.For(Story);
    private static readonly Fault Straggler = Script.Faults.Single(f => f.Kind == FaultKind.StragglerRank);
    private static readonly LabelSet Rank5 = LabelSet.Of(("rank", "5"));

    private Verdicts _verdicts = null!;

    [SetUp]
    public void Begin() => _verdicts = new(Story, Script, new QuietEvents(Story));

    [Test]
    public void Take_SymptomWhileTheFaultGoesOn_IsFoundWithItsDelay()
    {
        Open(MetricNames.Training, MetricNames.StepTime, Rank5, Straggler.Onset + (4 * Story.Interval));
        var verdict = Of(FaultKind.StragglerRank);
        Assert.Multiple(() =>
        {
            Assert.That(verdict.DelaySamples, Is.EqualTo(4));
            Assert.That(verdict.Delay, Is.EqualTo(TimeSpan.FromMinutes(1)));
            Assert.That(verdict.Detector, Is.EqualTo("mean-sigma"));
            Assert.That(_verdicts.FalseAlerts, Is.Empty);
        });
    }

    [Test]
    public void Take_TwoSymptoms_KeepsTheFirst()
    {
        Open(MetricNames.Training, MetricNames.Mfu, LabelSet.Empty, Straggler.Onset + Story.Interval);
        Open(MetricNames.Training, MetricNames.StepTime, Rank5, Straggler.Onset + (9 * Story.Interval));
        Assert.That(Of(FaultKind.StragglerRank).DelaySamples, Is.EqualTo(1));
    }

    [Test]
    public void Take_OtherRank_IsNeitherFoundNorFalse()
    {
        Open(MetricNames.Training, MetricNames.StepTime, LabelSet.Of(("rank", "2")), Straggler.Onset + Story.Interval);
        Assert.That((Of(FaultKind.StragglerRank).Found, _verdicts.FalseAlerts.Count), Is.EqualTo((false, 0)));
    }

    [Test]
    public void Take_SymptomWhileThingsSettle_IsNeitherFoundNorFalse()
    {
        Open(MetricNames.Training, MetricNames.StepTime, Rank5, Straggler.End);
        Assert.That((Of(FaultKind.StragglerRank).Found, _verdicts.FalseAlerts.Count), Is.EqualTo((false, 0)));
    }

    [Test]
    public void Take_BeforeTheOnset_IsFalse()
    {
        Open(MetricNames.Training, MetricNames.StepTime, Rank5, Straggler.Onset - Story.Interval);
        Assert.That((Of(FaultKind.StragglerRank).Found, _verdicts.FalseAlerts.Count), Is.EqualTo((false, 1)));
    }

    [Test]
    public void Take_AnotherModelDuringAFault_IsFalse()
    {
        Open(MetricNames.Features, MetricNames.Rows, LabelSet.Of(("table", "clicks")), Straggler.Onset + Story.Interval);
        Assert.That(_verdicts.FalseAlerts, Has.Count.EqualTo(1));
    }

    [Test]
    public void Take_AlertDuringADeployment_IsFalseAndSaysWhatMisledIt()
    {
        Open(MetricNames.Chat, MetricNames.Waiting, LabelSet.Empty, (Story.Duration * 0.13) + TimeSpan.FromSeconds(30));
        Assert.That(_verdicts.FalseAlerts.Single().Near, Is.EqualTo("deployment"));
    }

    [Test]
    public void Take_PlainConsequence_CountsWithItsFault()
    {
        Open(MetricNames.Pool, MetricNames.Power, LabelSet.Of(("gpu", "2")), Straggler.Onset + Story.Interval);
        Assert.That((_verdicts.Consequences, _verdicts.FalseAlerts.Count), Is.EqualTo((1, 0)));
    }

    [Test]
    public void Take_MetricThatTheFaultCannotMove_IsFalseThoughItIsOfTheSameModel()
    {
        Open(MetricNames.Pool, MetricNames.EccSingleBit, LabelSet.Of(("gpu", "2")), Straggler.Onset + Story.Interval);
        Open(MetricNames.Training, MetricNames.Loss, LabelSet.Empty, Straggler.Onset + Story.Interval);
        Assert.That((_verdicts.Consequences, _verdicts.FalseAlerts.Count), Is.EqualTo((0, 2)));
    }

    [TestCase(0.893, false, TestName = "Take_WarningWithdrawnBeforeTheLimit_IsMissed")]
    [TestCase(1.0, true, TestName = "Take_WarningThatEndsAtTheLimit_IsFound")]
    public void Take_WarningThatEnds(double last, bool found)
    {
        var leak = Script.Faults.Single(f => f.Kind == FaultKind.KvCacheLeak);
        var warning = AlertEvents.Opened("w", model: MetricNames.Chat, labels: LabelSet.Empty) with
        {
            Type = AlertEventType.EarlyWarning,
            Metric = MetricNames.KvCacheUsage,
            DetectedAt = Story.Start + leak.Onset + TimeSpan.FromMinutes(10),
            Value = 0.71,
            EarlyWarning = new(1, null, null, null),
            Detectors = [new("early-warning", 2, 6)],
        };
        _verdicts.Take(warning);
        Assert.That(Of(FaultKind.KvCacheLeak).Found);

        _verdicts.Take(warning with { Type = AlertEventType.Resolved, DetectedAt = Story.Start + leak.Onset + TimeSpan.FromMinutes(60),
            Value = last });

        Assert.That(Of(FaultKind.KvCacheLeak).Found, Is.EqualTo(found));
    }

    [Test]
    public void Take_WithdrawnWarningAndAnotherAlert_IsFoundByTheOther()
    {
        var leak = Script.Faults.Single(f => f.Kind == FaultKind.KvCacheLeak);
        var warning = AlertEvents.Opened("w", model: MetricNames.Chat, labels: LabelSet.Empty) with
        {
            Type = AlertEventType.EarlyWarning,
            Metric = MetricNames.KvCacheUsage,
            DetectedAt = Story.Start + leak.Onset + Story.Interval,
            Value = 0.71,
            EarlyWarning = new(1, null, null, null),
        };
        _verdicts.Take(warning);
        _verdicts.Take(warning with { Type = AlertEventType.Resolved, DetectedAt = Story.Start + leak.Onset + (9 * Story.Interval),
            Value = 0.8 });
        Open(MetricNames.Chat, MetricNames.KvCacheUsage, LabelSet.Empty, leak.Onset + (20 * Story.Interval));

        Assert.That(Of(FaultKind.KvCacheLeak).DelaySamples, Is.EqualTo(20));
    }

    [Test]
    public void Take_SameAlertTwice_CountsOnce()
    {
        Open(MetricNames.Features, MetricNames.Rows, LabelSet.Empty, TimeSpan.FromHours(5), "a");
        Open(MetricNames.Features, MetricNames.Rows, LabelSet.Empty, TimeSpan.FromHours(5), "a");
        Assert.That((_verdicts.FalseAlerts.Count, _verdicts.Open), Is.EqualTo((1, 1)));
    }

    private Verdict Of(FaultKind kind) => _verdicts.Faults.Single(v => v.Fault.Kind == kind);

    private void Open(string model, string metric, LabelSet labels, TimeSpan elapsed, string? id = null) =>
        _verdicts.Take(AlertEvents.Opened(id ?? Guid.NewGuid().ToString("N"), model: model, labels: labels) with
        {
            Metric = metric,
            DetectedAt = Story.Start + elapsed,
            Detectors = [new("mean-sigma", 2, 6), new("median-mad", 1, 3)],
        });
}
