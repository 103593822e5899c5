using System.Globalization;
using System.Text;
using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Policies.Presets;
using LeptonStream.Samples;

namespace LeptonStream.Core.Tests.Detection.Training;

/// <summary>Training mode as the pipeline of a partition runs it: messages with a step in, alerts of the run out.</summary>
public sealed class RunsInPipelineTests
{
    private Random _random = new(5);
    private readonly List<AlertEvent> _events = [];
    private PartitionPipeline _pipeline = new("lepton.metrics", 0, DetectionPolicy.Default);
    private Timestamp _now;
    private long _offset;
    private long _step;

    [SetUp]
    public void Begin()
    {
        _pipeline = new("lepton.metrics", 0, DetectionPolicy.Default);
        _events.Clear();
        _random = new(5);
        _now = Timestamp.FromUnixSeconds(1_764_000_000);
        _offset = _step = 0;
    }

    [Test]
    public void Process_LossDiverges_IsToldByTrainingModeAndPages()
    {
        Train(600);
        Train(120, loss: 9);
        Assert.That(_events.Where(e => e.Metric == "loss").Select(e => e.Detectors[0].Name).Distinct(),
            Is.SubsetOf(new[] { "loss-spike", "loss-high", "loss-diverging" }));
        var page = _events.Last(e => e.Severity == AlertSeverity.Critical && !e.IsProgress);
        Assert.That((page.Detectors[0].Name, page.RoutingLabels["alertname"], page.RoutingLabels["kind"]),
            Is.EqualTo(("loss-diverging", "LeptonStreamTrainingAnomaly", "loss-diverging")));
        Assert.That(page.Step, Is.InRange(600, 720));
        Assert.That(page.Points, Is.Not.Empty);
        Assert.That(page.English.Summary, Does.Match("^llama \\(job=7\\), step [0-9]+: loss diverges: "));
        Assert.That(page.Chinese.Summary, Does.Match("^llama（job=7）第 [0-9]+ 步：loss 发散："));
        Assert.That(page.Chinese.Actions, Has.Count.EqualTo(page.English.Actions.Count));
    }

    [Test]
    public void Process_LearningRateFallsBySchedule_IsSilent()
    {
        Train(600);
        Train(600, rate: 1e-5);
        Assert.That(_events, Is.Empty);
    }

    [Test]
    public void Process_TrainingModeOff_JudgesTheMetricAsAnyOther()
    {
        _pipeline = new("lepton.metrics", 0, DetectionPolicy.Default,
            new([], new() { Detectors = DetectorChange.Remove(DetectorSet.Of(["training"])) }, PresetCatalog.Default));
        Train(600);
        Row(double.NaN, 1, 1e-3, passed: 1);
        _pipeline.Tick(TimeSpan.FromHours(1), _events);
        Assert.That(_events.Select(e => (e.Metric, e.RoutingLabels["alertname"])),
            Is.EqualTo(new[] { ("loss", (string?)"LeptonStreamAnomaly") }));
    }

    [Test]
    public void Tick_RunFallsSilent_PagesOnceAndNamesItTheSameWheneverItIsLooked()
    {
        Train(1300);
        var (first, second) = (new List<AlertEvent>(), new List<AlertEvent>());
        _pipeline.Tick(TimeSpan.FromSeconds(98), first);
        Assert.That(first, Is.Empty);
        _pipeline.Tick(TimeSpan.FromSeconds(101), first);
        _pipeline.Tick(TimeSpan.FromSeconds(102), first);
        Begin();
        Train(1300);
        _pipeline.Tick(TimeSpan.FromSeconds(107), second);

        var dead = first.Single();
        Assert.That((dead.Metric, dead.Severity, dead.Detectors[0].Name), Is.EqualTo(("run", AlertSeverity.Critical, "run-dead")));
        Assert.That(dead.English.Summary, Does.EndWith("no progress for 100 s; the run did not report its end"));
        Assert.That((dead.Value, dead.Expected), Is.EqualTo(((double?)null, (double?)null)), "a silence is no value of the chart");
        Assert.That(AlertEventJson.Write(second.Single()), Is.EqualTo(AlertEventJson.Write(dead)), "the same whenever somebody looks");
    }

    [Test]
    public void Process_RunGoesOnAfterSilence_ResolvesTheSameAlert()
    {
        Train(300);
        _pipeline.Tick(TimeSpan.FromSeconds(280), _events);
        _now += TimeSpan.FromSeconds(281);
        Train(3);
        Assert.That(_events.Select(e => (e.Type, e.Metric)),
            Is.EqualTo(new[] { (AlertEventType.Opened, "run"), (AlertEventType.Resolved, "run") }).AsCollection);
        Assert.That(_events[0].AlertId, Is.EqualTo(_events[1].AlertId));
        Assert.That(_events[0].Id, Is.Not.EqualTo(_events[1].Id));
    }

    [Test]
    public void Tick_PauseThatTheRunHasSurvived_IsToldOnceOnly()
    {
        for (var pause = 0; pause < 4; pause++)
        {
            Train(300);
            _pipeline.Tick(TimeSpan.FromSeconds(300), _events);
            _now += TimeSpan.FromSeconds(300);
        }

        Train(3);
        Assert.That(_events.Count(e => e is { Type: AlertEventType.Opened, Metric: "run" }), Is.EqualTo(1));
    }

    [Test]
    public void Tick_RunThatSpokeOnce_HasTimeToSpeakAgain()
    {
        Train(1);
        _pipeline.Tick(TimeSpan.FromMinutes(10), _events);
        Assert.That(_events, Is.Empty);
        _pipeline.Tick(TimeSpan.FromMinutes(16), _events);
        Assert.That(_events, Has.Count.EqualTo(1));
    }

    [Test]
    public void Process_HoleInTheLog_IsNoDeathOfTheRunsThatGoOnAfterIt()
    {
        Train(300);
        _now += TimeSpan.FromSeconds(120);
        Train(300);
        Assert.That(_events, Is.Empty);
    }

    [Test]
    public void Process_HoleInTheLog_LeavesEverySourceAsMuchTimeToComeBackAsItTook()
    {
        Train(300);
        _now += TimeSpan.FromMinutes(5);
        Others(TimeSpan.FromMinutes(4));
        _pipeline.Tick(TimeSpan.FromSeconds(50), _events);
        Assert.That(_events, Is.Empty, "whoever tells the time");

        Others(TimeSpan.FromMinutes(2));
        Assert.That(_events.Single().Detectors[0].Name, Is.EqualTo("run-dead"), "a run that does not come back at all is dead");
    }

    [Test]
    public void OnPartitionsAdded_RunsThatMove_AreNotDeadAndAreWatchedAgainWhenTheySpeak()
    {
        Train(300);
        _pipeline.OnPartitionsAdded();
        Train(60);
        Others(TimeSpan.FromMinutes(30));
        _pipeline.Tick(TimeSpan.FromHours(1), _events);
        Assert.That(_events, Is.Empty);

        Train(300);
        _pipeline.Tick(TimeSpan.FromMinutes(61), _events);
        Assert.That(_events.Select(e => e.Detectors[0].Name), Is.EqualTo(new[] { "run-dead" }));
    }

    [Test]
    public void OnPartitionsAdded_ARunThatStays_IsReportedWhenItDiesLater()
    {
        Train(300);
        _pipeline.OnPartitionsAdded();
        Train(600);
        _pipeline.Tick(TimeSpan.FromMinutes(5), _events);
        Assert.That(_events.Select(e => e.Detectors[0].Name), Is.EqualTo(new[] { "run-dead" }));
    }

    [Test]
    public void Process_RecordsThatAreRefused_MoveTheClockOn()
    {
        Train(300);
        for (var i = 0; i < 280; i++)
        {
            _now += TimeSpan.FromSeconds(1);
            _pipeline.Process("{"u8, _offset++, _now, _events);
        }

        Assert.That(_events.Single().Detectors[0].Name, Is.EqualTo("run-dead"));
    }

    [Test]
    public void Process_EvaluationInAMessageOfItsOwn_IsJudgedAtTheSameStep()
    {
        Train(300);
        Send($$"""{"model":"llama","ts":"NOW","labels":{"job":"7"},"step":{{_step}},"metrics":{"eval_loss":"NaN","loss":"NaN"} }""");
        Assert.That(_events.Select(e => (e.Metric, e.Detectors[0].Name)), Is.EqualTo(new[] { ("eval_loss", "non-finite") }),
            "the loss of the step was measured before");
    }

    [Test]
    public void Process_OneRowAheadOfTime_DoesNotKillTheRun()
    {
        Train(300);
        _now += TimeSpan.FromMinutes(9);
        Row(2, 1, 1e-3, passed: 0);
        _now += TimeSpan.FromMinutes(-9);
        for (var i = 0; i < 120; i++)
        {
            Train(1);
            _pipeline.Tick(TimeSpan.FromSeconds(1), _events);
        }

        Assert.That(_events, Is.Empty);
    }

    [Test]
    public void Process_MoreRunsThanThereIsRoomFor_JudgesTheRestByTime()
    {
        _pipeline = new("lepton.metrics", 0, DetectionPolicy.Default with { RunsPerPartition = 1 });
        Train(5);
        for (var step = 1; step <= 80; step++)
        {
            _now += TimeSpan.FromSeconds(15);
            var loss = step < 80 ? $"{2 + (step % 7 * 0.01):F2}" : "\"NaN\"";
            Send($$$"""{"model":"llama","ts":"NOW","labels":{"job":"8"},"step":{{{step}}},"metrics":{"loss":{{{loss}}}} }""");
        }

        var told = _events.FindAll(e => e.Labels["job"] == "8");
        Assert.That(told.Single().RoutingLabels["alertname"], Is.EqualTo("LeptonStreamAnomaly"));
    }

    [Test]
    public void Process_RunThatIsOver_MakesRoomForTheNext()
    {
        _pipeline = new("lepton.metrics", 0, DetectionPolicy.Default with { RunsPerPartition = 1 });
        Train(5);
        Send($$"""{"model":"llama","ts":"NOW","labels":{"job":"7"},"step":{{_step + 1}},"metrics":{"finished":1} }""");
        _now += TimeSpan.FromSeconds(2);
        Send("""{"model":"llama","ts":"NOW","labels":{"job":"8"},"step":1,"metrics":{"loss":"NaN"} }""");
        Assert.That(_events.Single().RoutingLabels["alertname"], Is.EqualTo("LeptonStreamTrainingAnomaly"));
    }

    [Test]
    public void Process_RunThatDiedADayAgo_EndsAsGoneAndGivesItsPlaceBack()
    {
        _pipeline = new("lepton.metrics", 0, DetectionPolicy.Default with { RunsPerPartition = 1 });
        Train(300);
        for (var minute = 0; minute < 24 * 60; minute++)
        {
            _now += TimeSpan.FromMinutes(1);
            _pipeline.Tick(TimeSpan.FromMinutes(minute + 1), _events);
        }

        Assert.That(_events.Select(e => (e.Type, e.Metric)),
            Is.EqualTo(new[] { (AlertEventType.Opened, "run"), (AlertEventType.Resolved, "run") }).AsCollection);
        Assert.That(_events[^1].English.Summary, Does.Contain("did not recover"));
        Send("""{"model":"llama","ts":"NOW","labels":{"job":"8"},"step":1,"metrics":{"loss":"NaN"} }""");
        Assert.That(_events[^1].RoutingLabels["alertname"], Is.EqualTo("LeptonStreamTrainingAnomaly"));
    }

    [Test]
    public void Process_OthersGoOnInThePartition_TheirClockTellsOfTheSilence()
    {
        Train(300);
        for (var i = 0; i < 280; i++)
        {
            _now += TimeSpan.FromSeconds(1);
            Send("""{"model":"other","ts":"NOW","metrics":{"x":1}}""");
        }

        Assert.That(_events.Single().Detectors[0].Name, Is.EqualTo("run-dead"));
    }

    [Test]
    public void Process_RunSaysItIsOver_MayBeSilent()
    {
        Train(300);
        Send($$"""{"model":"llama","ts":"NOW","labels":{"job":"7"},"step":{{_step + 1}},"metrics":{"finished":1} }""");
        _pipeline.Tick(TimeSpan.FromHours(1), _events);
        Assert.That(_events, Is.Empty);
    }

    [Test]
    public void Adopt_TrainingModeOffWhileSomethingIsOpen_ClosesIt()
    {
        Train(600);
        Train(10, loss: 9);
        Assert.That(_events.Where(e => e.Type == AlertEventType.Opened), Is.Not.Empty);
        _pipeline.Adopt(new([], new() { Detectors = DetectorChange.Remove(DetectorSet.Of(["training"])) }, PresetCatalog.Default));
        Train(2);
        var open = _events.Where(e => e.RoutingLabels["alertname"] == "LeptonStreamTrainingAnomaly").GroupBy(e => e.AlertId).Where(a =>
            a.Last().Type != AlertEventType.Resolved);
        Assert.That(open, Is.Empty);
        Assert.That(_pipeline.WatchesSilence, Is.False);
    }

    [Test]
    public void Adopt_RunIsIgnoredWhileSomethingIsOpen_EndsItByPolicy()
    {
        Train(600);
        Train(10, loss: 9);
        _pipeline.Adopt(new([], new() { Ignore = true }, PresetCatalog.Default));
        Train(2, loss: 9);
        Assert.That(_events.GroupBy(e => e.AlertId).Select(a => a.Last().EndedReason), Is.Not.Empty.And.All.EqualTo(EndedReason.Policy));
        Assert.That(_pipeline.SeriesCount, Is.Zero);
    }

    [Test]
    public void Process_StepsWithinOneMillisecond_AreRowsAllTheSame()
    {
        for (var i = 0; i < 400; i++) Row(2, 1, 1e-3, passed: i % 4 == 0 ? 1 : 0);
        Row(double.NaN, 1, 1e-3, passed: 0);
        Assert.That(_events.Select(e => (e.Metric, e.Detectors[0].Name, e.ValueText)),
            Is.EqualTo(new[] { ("loss", "non-finite", (string?)"NaN") }));
    }

    private void Train(int rows, double loss = 2, double rate = 1e-3)
    {
        for (var i = 0; i < rows; i++)
            Row(loss * (1 + (0.02 * (_random.NextDouble() - 0.5))), 1 + (0.1 * _random.NextDouble()), rate, passed: 1);
    }

    private void Row(double loss, double gradient, double rate, int passed)
    {
        _now += TimeSpan.FromSeconds(passed);
        _step++;
        var text = double.IsFinite(loss) ? loss.ToString("R", CultureInfo.InvariantCulture) : "\"NaN\"";
        Send(string.Create(CultureInfo.InvariantCulture,
            $$"""{"model":"llama","ts":"NOW","labels":{"job":"7"},"step":{{_step}},"""
                + $$""" "metrics":{"loss":{{text}},"grad_norm":{{gradient}},"lr":{{rate}} } }"""));
    }

    // Another model's samples, one a second.
    private void Others(TimeSpan time)
    {
        for (var end = _now + time; _now < end;)
        {
            _now += TimeSpan.FromSeconds(1);
            Send("""{"model":"other","ts":"NOW","metrics":{"x":1}}""");
        }
    }

    private void Send(string message)
    {
        var outcome = _pipeline.Process(Encoding.UTF8.GetBytes(message.Replace("NOW", _now.ToString(), StringComparison.Ordinal)),
            _offset++, _now, _events);
        Assert.That(outcome.IsAccepted, outcome.Detail);
    }
}
