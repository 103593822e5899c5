using System.Globalization;
using LeptonStream.Alerts;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Policies.Presets;
using LeptonStream.Samples;

namespace LeptonStream.Core.Tests.Detection.Engines;

/// <summary>Engines that have work and make no progress.</summary>
public sealed class ProgressWatchTests
{
    private static readonly (string Work, string Progress, string? Prompts)[] Names =
    [
        ("vllm:num_requests_running", "vllm:generation_tokens_total", "vllm:prompt_tokens_total"),
        ("vllm:num_requests_waiting", "vllm:iteration_tokens_total_count", null),
        ("sglang:num_running_reqs", "sglang:generation_tokens_total", "sglang:prompt_tokens_total"),
        ("tgi_queue_size", "tgi_request_success", null),
        ("tgi_batch_current_size", "tgi_batch_inference_success", null),
        ("nv_inference_pending_request_count", "nv_inference_exec_count", null),
        ("nv_inference_pending_request_count", "nv_inference_request_success", null),
        ("num_requests_running", "generation_tokens_per_s", null),
    ];

    [TestCaseSource(nameof(Names))]
    public void WorkWithoutProgress_IsOnePageUntilItMoves((string Work, string Progress, string? Prompts) names)
    {
        var engine = new Engine(names);
        engine.Run(minutes: 120, requests: 2, moves: true);
        engine.Run(minutes: 40, requests: 2, moves: false);
        var told = engine.Told;
        Assert.That(told.Count(e => e.Type == AlertEventType.Opened), Is.EqualTo(1));
        Assert.That(told[^1].Severity, Is.EqualTo(AlertSeverity.Critical));
        Assert.That(told.Exists(e => e.English.Summary.Contains($"while {names.Work} is at 2", StringComparison.Ordinal)), Is.True);

        engine.Run(minutes: 30, requests: 2, moves: true);
        Assert.That(engine.Told[^1].EndedReason, Is.EqualTo(EndedReason.Recovered));
    }

    // The first one lasted for hours, and was reported: that is not how long this engine pauses.
    [TestCaseSource(nameof(Names))]
    public void ASecondHang_IsReportedBeforeTwiceTheTimeOfTheFirst((string Work, string Progress, string? Prompts) names)
    {
        var engine = new Engine(names);
        engine.Run(minutes: 120, requests: 2, moves: true);
        engine.Run(minutes: 180, requests: 2, moves: false);
        engine.Run(minutes: 120, requests: 2, moves: true);
        var second = engine.Now;
        engine.Run(minutes: 70, requests: 2, moves: false);
        Assert.That(engine.Hangs.Exists(e => e.DetectedAt > second), Is.True);
    }

    [TestCaseSource(nameof(Names))]
    public void AnIdleEngine_IsQuiet((string Work, string Progress, string? Prompts) names)
    {
        var engine = new Engine(names);
        for (var i = 0; i < 20; i++)
        {
            engine.Run(minutes: 6, requests: 1, moves: true);
            engine.Run(minutes: 54, requests: 0, moves: false);
        }

        Assert.That(engine.Hangs, Is.Empty);
    }

    // Pauses of up to a quarter of an hour, before and after the rule knows them, and one of nearly twice as long.
    [Test]
    public void ALongPrefill_IsQuiet([Values(2, 7, 12)] int minutes)
    {
        var engine = new Engine(Names[0]);
        for (var i = 0; i < 20; i++)
        {
            engine.Run(minutes: 10, requests: 1, moves: true);
            engine.Run(minutes, requests: 1, moves: false);
        }

        engine.Run(minutes: 10, requests: 1, moves: true);
        engine.Run((2 * minutes) - 1, requests: 1, moves: false);
        engine.Run(minutes: 10, requests: 1, moves: true);
        Assert.That(engine.Hangs, Is.Empty);
    }

    [Test]
    public void APromptThatIsTakenIn_IsProgress()
    {
        var engine = new Engine(Names[0]);
        engine.Run(minutes: 60, requests: 1, moves: true);
        engine.Run(minutes: 90, requests: 1, moves: false, prompts: true);
        Assert.That(engine.Hangs, Is.Empty);
    }

    // A model of embeddings generates no token ever.
    [Test]
    public void ACounterThatNeverMoved_SaysNothing()
    {
        var engine = new Engine(Names[0]);
        engine.Run(minutes: 300, requests: 3, moves: false);
        Assert.That(engine.Hangs, Is.Empty);
    }

    [Test]
    public void WithoutANumberOfRequests_NothingIsSaid()
    {
        var engine = new Engine(Names[0]);
        engine.Run(minutes: 60, requests: 1, moves: true);
        engine.Run(minutes: 90, requests: null, moves: false);
        Assert.That(engine.Hangs, Is.Empty);
    }

    [Test]
    public void Restart_DuringAHang_StaysOpenUntilItMoves()
    {
        var engine = new Engine(Names[0]);
        engine.Run(minutes: 60, requests: 1, moves: true);
        engine.Run(minutes: 30, requests: 1, moves: false);
        Assert.That(engine.Hangs, Has.Count.EqualTo(1));
        engine.Restart();
        engine.Run(minutes: 10, requests: 0, moves: false);
        Assert.That(engine.Told[^1].EndedReason, Is.Null);
        engine.Run(minutes: 30, requests: 1, moves: true);
        Assert.That(engine.Told[^1].EndedReason, Is.EqualTo(EndedReason.Recovered));
    }

    // Twelve minutes of a pause before it, and ten behind it: together they would be a hang. The first tokens of a new process are the rush
    // of those who waited, and no rate is made of them.
    [Test]
    public void Restart_DuringAPause_BeginsThePatienceAgain([Values(10, 25)] int minutes)
    {
        var engine = new Engine(Names[1]);
        engine.Run(minutes: 60, requests: 1, moves: true);
        engine.Run(minutes: 12, requests: 1, moves: false);
        engine.Restart();
        engine.Run(minutes: 1, requests: 1, moves: false);
        engine.Rush(100);
        engine.Run(minutes, requests: 1, moves: false);
        Assert.That(engine.Hangs, Has.Count.EqualTo(minutes == 10 ? 0 : 1));
    }

    [Test]
    public void APolicy_TurnsItOff()
    {
        var off = new PolicySet([new([], new() { Detectors = DetectorChange.Remove(DetectorSet.Of([DetectorSet.NoProgress])) })],
            PolicySettings.None, PresetCatalog.Default);
        var engine = new Engine(Names[0], off);
        engine.Run(minutes: 120, requests: 2, moves: true);
        engine.Run(minutes: 60, requests: 2, moves: false);
        Assert.That(engine.Hangs, Is.Empty);
    }

    private sealed class Engine((string Work, string Progress, string? Prompts) names, PolicySet? policies = null)
    {
        private readonly PipelineTestDriver _driver = new(policies: policies);
        private readonly Random _random = new(1);
        private double _total = 1e6;
        private double _prompts = 1e6;

        /// <summary>The events of the metric that progress is seen in.</summary>
        public List<AlertEvent> Told => _driver.Events.FindAll(e => e.Metric == names.Progress);

        public List<AlertEvent> Hangs => _driver.Events.FindAll(e => e.Detectors[0].Name == DetectorSet.NoProgress);

        public Timestamp Now => _driver.Now;

        public void Restart() => _total = _prompts = 0;

        public void Rush(int tokens) => _total += tokens;

        // Progress first: it must wait for the work that stands behind it.
        public void Run(int minutes, int? requests, bool moves, bool prompts = false)
        {
            for (var i = 0; i < 4 * minutes; i++)
            {
                _driver.Now += TimeSpan.FromSeconds(15);
                var rate = 100 + (20 * _random.NextDouble());
                _total += moves ? Math.Round(15 * rate) : 0;
                _prompts += moves || prompts ? 900 : 0;
                var value = names.Progress.EndsWith("_per_s", StringComparison.Ordinal) ? moves ? rate : 0 : _total;
                var more = (names.Prompts is { } taken ? $",\"{taken}\":{_prompts}" : "")
                    + (requests is { } number ? $",\"{names.Work}\":{number}" : "");
                _driver.Send(string.Create(CultureInfo.InvariantCulture,
                    $$"""{"model":"m","ts":"{{_driver.Now}}","metrics":{"{{names.Progress}}":{{value}}{{more}} } }"""));
            }
        }
    }
}
