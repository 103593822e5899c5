using System.Globalization;
using System.Text.Json;
using LeptonStream.Backtest;
using LeptonStream.Backtest.Training;
using LeptonStream.Cli.Backtest;

namespace LeptonStream.Product.Tests.Backtest.Training;

/// <summary>A folder of training runs: how its lists are read, and how alarms are counted.</summary>
internal sealed class TrainingScoreTests
{
    private const int Rows = 700;
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("lepton-training-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Run_FaultInItsWindow_IsDetectedPromptAndPaged()
    {
        Run("a", step => step >= 600 ? "NaN" : null);
        Lists($$"""{"a": [{{Overflow(6000)}}]}""", "a");
        var score = Score();
        var outcome = score.Of(TrainingFault.Page).Single();
        Assert.That((outcome.IsDetected, outcome.IsPrompt, outcome.IsPaged, outcome.DelaySteps), Is.EqualTo((true, true, true, 0.0)));
        Assert.That((score.NormalRuns, score.FalseEpisodes), Is.EqualTo((0, 0)));
    }

    [Test]
    public void Run_AlarmAfterTheDeadline_IsLate()
    {
        Run("a", step => step >= 600 ? "NaN" : null);
        Lists($$"""{"a": [{{Overflow(5900)}}]}""", "a");
        var outcome = Score().Of(TrainingFault.Page).Single();
        Assert.That((outcome.IsDetected, outcome.IsPrompt, outcome.DelaySteps), Is.EqualTo((true, false, 10.0)));
    }

    [Test]
    public void Run_AlarmsOutsideEveryWindow_AreFalseAndMergedIntoEpisodes()
    {
        // Two in one episode, each over before the next, and a third 100 steps later.
        Run("a", step => step is 400 or 440 or 540 ? "NaN" : null);
        Lists("""{"a": []}""", "a");
        var score = Score();
        Assert.That((score.NormalRuns, score.NormalEpisodes, score.NormalPages, score.NormalEpisodesPerRun), Is.EqualTo((1, 2, 0, 2.0)));
        Assert.That(score.Runs[0].FalseAlarms, Has.Count.EqualTo(3));
    }

    [TestCase("loss", 0)]
    [TestCase("grad_norm", 1)]
    public void Run_AlarmAfterAFault_IsNeutralOnItsMetricsOnly(string metric, int falseEpisodes)
    {
        Run("a", step => step == 600 ? "NaN" : null);
        Lists($$"""{"a": [{{Fault("corrupt_batches", 3000, 3100, metric, "info")}}]}""", "a");
        var score = Score();
        Assert.That(score.Of(TrainingFault.Info).Single().IsDetected, Is.False);
        Assert.That(score.FalseEpisodes, Is.EqualTo(falseEpisodes));
    }

    [Test]
    public void Run_OverlappingFaults_CreditTheOneThatNamesTheMetricThenTheLatest()
    {
        Run("a", step => step == 600 ? "NaN" : null);
        Lists(
            """
            {"a": [
              {"kind": "label_noise", "onset_ts_ms": 4000, "end_ts_ms": 7000, "metrics_affected": ["loss"], "severity": "ticket"},
              {"kind": "corrupt_batches", "onset_ts_ms": 5000, "end_ts_ms": 7000, "metrics_affected": ["loss"], "severity": "ticket"},
              {"kind": "data_stall", "onset_ts_ms": 5500, "end_ts_ms": 7000, "metrics_affected": ["step_time_ms"], "severity": "ticket"}]}
            """,
            "a");
        Assert.That(Score().Of(TrainingFault.Ticket).Where(f => f.IsDetected).Select(f => f.Fault.Kind),
            Is.EqualTo(new[] { "corrupt_batches" }));
    }

    [Test]
    public void Run_RunThatNeverReportsItsEnd_IsPlayedOnUntilItIsDead()
    {
        Run("a", _ => null);
        Run("b", _ => null);
        Lists(
            """{"a": [{"kind": "dead_run", "onset_ts_ms": 7010, "metrics_affected": ["all (no rows)"], "severity": "page"}], "b": []}""",
            finished: ["b"], "a", "b");
        var score = Score();
        var outcome = score.Of(TrainingFault.Page).Single();
        Assert.That(outcome.IsDetected, Is.True);
        Assert.That(outcome.Delay!.Value.TotalSeconds, Is.InRange(268, 275),
            "a run of 700 steps has made no checkpoint yet: it is met with patience");
        Assert.That(score.NormalEpisodes, Is.Zero, "one that reports it may be silent");
    }

    [Test]
    public void WriteJson_TrainingRuns_HasTheDocumentedShape()
    {
        Run("a", step => step >= 600 ? "NaN" : null);
        Run("b", _ => null);
        Lists($$"""{"a": [{{Overflow(6000)}}], "b": []}""", "a", "b");
        var result = new BacktestRun(new(_folder)).Run(default);
        using var output = new MemoryStream();
        BacktestJson.Write(result, output);
        using var json = JsonDocument.Parse(output.ToArray());
        var training = json.RootElement.GetProperty("training");
        Assert.That(training.EnumerateObject().Select(p => p.Name), Is.EqualTo(new[]
        {
            "faults", "detected", "prompt", "pageFaults", "pageFound", "pagePaged", "ticketFaults", "ticketFound", "infoPaged",
                "normalRuns", "normalPages",
            "normalEpisodesPerRun", "falseEpisodes", "kinds",
        }));
        var kind = training.GetProperty("kinds").GetProperty("nan_overflow");
        Assert.That(kind.EnumerateObject().Select(p => (p.Name, p.Value.GetDouble())), Is.EqualTo(new[]
        {
            ("faults", 1.0), ("detected", 1.0), ("prompt", 1.0), ("paged", 1.0), ("medianDelaySteps", 0.0),
        }));
        Assert.That(BacktestReport.Text(result),
            Does.Contain("1 of 1 page faults in time").And.Contain("1 normal runs with 0 alarm episodes"));
    }

    [Test]
    public void Run_Scores_WritesTheAlarms()
    {
        Run("a", step => step == 600 ? "NaN" : null);
        Lists("""{"a": []}""", "a");
        var output = Path.Combine(_folder, "out");
        _ = new BacktestRun(new(_folder, Scores: output)).Run(default);
        Assert.That(File.ReadAllLines(Path.Combine(output, "a.csv")), Is.EqualTo(new[]
        {
            "ts_ms,step,kind,metric,severity,score", "6000,600,non-finite,loss,warning,3",
        }));
    }

    [Test]
    public void Run_ListThatIsNone_IsSkippedWithItsReason()
    {
        Run("a", _ => null);
        File.WriteAllText(Path.Combine(_folder, "labels.json"), """{"a": [{"kind": 7}]}""");
        File.WriteAllText(Path.Combine(_folder, "runs.json"), "{}");
        Assert.That(new BacktestRun(new(_folder)).Run(default).Skipped.Single().Reason,
            Does.Contain("labels.json is no list of training runs"));
    }

    private TrainingScore Score() => new BacktestRun(new(_folder)).Run(default).Training!;

    // Rows 10 ms apart; the weights' norm stands for a run whose steps can be told to be skipped.
    private void Run(string name, Func<int, string?> loss)
    {
        var noise = new Random(3);
        File.WriteAllLines(Path.Combine(_folder, name + ".csv"),
        [
            "ts_ms,step,loss,grad_norm,param_norm,step_time_ms",
            .. Enumerable.Range(1, Rows).Select(step => string.Create(
                CultureInfo.InvariantCulture,
                $"{10 * step},{step},{loss(step) ?? Noisy(2)},{Noisy(0.5)},{40 + (0.001 * step)},{Noisy(10)}")),
        ]);

        string Noisy(double value) => (value * (1 + (0.1 * noise.NextDouble()))).ToString("G6", CultureInfo.InvariantCulture);
    }

    private static string Overflow(int onset) => Fault("nan_overflow", onset, 7000, "loss", "page");

    private static string Fault(string kind, int onset, int end, string metric, string severity) => JsonSerializer.Serialize(new
    {
        kind,
        onset_ts_ms = onset,
        end_ts_ms = end,
        metrics_affected = (string[])[metric],
        severity,
    });

    private void Lists(string labels, params string[] runs) => Lists(labels, finished: runs, runs);

    private void Lists(string labels, string[] finished, params string[] runs)
    {
        File.WriteAllText(Path.Combine(_folder, "labels.json"), labels);
        File.WriteAllText(Path.Combine(_folder, "runs.json"), JsonSerializer.Serialize(runs.ToDictionary(r => r, r => new
        {
            median_step_ms = 10.0,
            finished_ts_ms = finished.Contains(r) ? 7000 : (int?)null,
            replay_until_ts_ms = finished.Contains(r) ? 400_000 : 367_000,
        })));
    }
}
