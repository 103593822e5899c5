using System.Globalization;
using System.Text;
using LeptonStream.Alerting;
using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Detection.Calendars;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Policies.Presets;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Core.Tests.Detection.Snapshots;

/// <summary>
/// What happens to one partition, from a seed: records of a small fleet with incidents, silences and training runs, hostile ones among
/// them, ticks, and policies that are adopted in between. Limits are small and times short, so that all that can happen does.
/// </summary>
internal sealed class PartitionStory
{
    private const int Gpus = 7;

    private static readonly DetectionPolicy Detection = DetectionPolicy.Default with
    {
        SeriesPerPartition = 160,
        DistributionsPerPartition = 6,
        RunsPerPartition = 3,
        EventsPerRecord = 2,
        ForgetAfter = TimeSpan.FromHours(3),
        ForgetRunAfter = TimeSpan.FromHours(4),
        Timing = new() { OpenYoungAfter = TimeSpan.FromMinutes(2), ResolveAfter = TimeSpan.FromMinutes(2),
        Refractory = TimeSpan.FromMinutes(5), YoungFor = TimeSpan.FromHours(2) },
        Training = new() { WarmUpSteps = 20, WarmUpRows = 10, ForgetAfter = TimeSpan.FromHours(2) },
    };

    private static readonly PolicySettings Defaults = new() { WarmUp = 10, WarningBudget = TimeSpan.FromHours(6),
        CriticalBudget = TimeSpan.FromHours(12) };

    private static readonly MetricLimit Soon = new(30, IsFloor: true, TimeSpan.FromMinutes(30));

    private const long Second = 1_000_000_000;
    private const long Begin = 1795341600 * Second;

    private static readonly DayCalendar Nights = new("nights", [.. Enumerable.Range(0, 400).Select(hour =>
        new CalendarSpan(new(Begin + (7200 * hour * Second)), new(Begin + ((7200 * hour) + 1200) * Second), hour % 7))]);

    // What an operator tries one after the other.
    private static readonly PolicySet[] Policies =
    [
        Set(("free_gb", new() { Limit = Soon }), ("mem_bw", new() { Mute = Nights, Like = new(Nights, DayOfWeek.Sunday) })),
        Set(("power_w", new() { Ignore = true }), ("temp_c", new()
            { Detectors = DetectorChange.Add(DetectorSet.Of([DetectorSet.Peers])) })),
        Set(("requests_total", new() { Type = MetricType.Gauge }), ("free_gb", new() { Limit = Soon with { Value = 20 } })),
        Set(("temp_c", new() { Memory = MemoryPlan.Lean, Detectors = DetectorChange.Add(DetectorSet.Of([DetectorSet.Peers])) }),
            ("free_gb", new() { Ignore = true })),
        Set(("entity", new() { Ignore = true }), ("loss", new()
            { Detectors = DetectorChange.Remove(DetectorSet.Of([DetectorSet.Training])) }), ("x", new() { Ignore = true })),
    ];

    private readonly List<Act> _acts = [];
    private readonly Random _random;
    private readonly HostileProducer _hostile;
    private readonly Random _drift;
    private readonly double[] _level = new double[8];
    private readonly long[] _step = new long[5];
    private readonly long[] _count = new long[8];
    private readonly long[] _tokens = new long[8];
    private Timestamp _now = Timestamp.FromUnixSeconds(1795341600);

    public PartitionStory(int seed, int acts)
    {
        _random = new(seed);
        _drift = new(~seed);
        _hostile = new(seed, extremes: false);
        var silent = 0;
        var odd = 0;
        for (var i = 0; i < acts; i++)
        {
            if (i % 211 == 0) silent = _random.Next(256);
            if (i % 37 == 0) odd = _random.Next(5) switch { 0 => _random.Next(1, 256), 1 => 256 | _random.Next(1, 256), _ => 0 };
            _acts.Add(Next(i, silent, odd));
        }
    }

    public int Count => _acts.Count;

    public PartitionPipeline New(int at = 0) => new("metrics", 5, Detection, PoliciesAt(at), new Guid(7, 7, 7, 1, 2, 3, 4, 5, 6, 7, 8));

    /// <summary>Lets an act happen; returns the events as JSON, each ended by a new line.</summary>
    public string Play(PartitionPipeline pipeline, int at)
    {
        var act = _acts[at];
        var events = new List<AlertEvent>();
        if (act.Policies is { } policies) pipeline.Adopt(policies);
        else if (act.Tick is { } tick) pipeline.Tick(tick, events);
        else pipeline.Process(act.Record, at, act.LogTime, events);
        if (act.Forgets) pipeline.ForgetLastEntities();
        return events.Count == 0 ? "" : string.Concat(events.Select(alert => Encoding.UTF8.GetString(AlertEventJson.Write(alert)) + "\n"));
    }

    private PolicySet PoliciesAt(int at)
    {
        for (var i = at - 1; i >= 0; i--)
            if (_acts[i].Policies is { } adopted) return adopted;
        return Policies[0];
    }

    private Act Next(int i, int silent, int odd)
    {
        if (i % 173 == 172) return new(null, default, null, Policies[_random.Next(Policies.Length)], false);
        var draw = _random.Next(1000);
        if (draw < 40) return new(null, default, TimeSpan.FromSeconds(_random.Next(1, 90)), null, false);
        if (draw < 43) _now += TimeSpan.FromMinutes(_random.Next(1, 300));
        _now += TimeSpan.FromSeconds(draw < 700 ? 5 : 0);
        if (draw is >= 43 and < 80) return new(_hostile.Next(), _now, null, null, false);
        if (draw < 400) return new(Encoding.UTF8.GetBytes(Training(_random.Next(_step.Length), odd)), _now, null, null, false);
        // Most producers of the fleet speak in one record.
        var fleet = draw < 900 ? Enumerable.Range(0, Gpus).Where(gpu => ((silent >> gpu) & 1) == 0) : [_random.Next(Gpus)];
        _now += TimeSpan.FromSeconds(10);
        return new(Encoding.UTF8.GetBytes(string.Join('\n', fleet.Append(0).Distinct().Select(gpu => Serving(gpu, odd)))), _now, null,
            null, draw == 999);
    }

    private string Serving(int gpu, int odd)
    {
        // Some incidents are seen in one metric, others only in all of them together.
        var isHit = ((odd >> gpu) & 1) != 0;
        var isOdd = isHit && odd < 256;
        var together = isHit && odd >= 256 ? 3.3 : 0;
        _level[gpu] = _random.Next(150) == 0 ? 0 : Math.Min(70, _level[gpu] + 0.4);
        _count[gpu] = _random.Next(200) == 0 ? 0 : _count[gpu] + _random.Next(50, 60) + (isOdd ? 900 : 0);
        var temp = 60 + Noise() + (isOdd ? 25 : 0);
        string[] metrics =
        [
            Number("temp_c", temp), Number("power_w", 300 + (10 * Noise()) + (isOdd ? 200 : 0)), Number("requests_total", _count[gpu]),
            Number("free_gb", 80 - _level[gpu]), _random.Next(60) == 0
                ? "\"ttft_p99_ms\":\"NaN\""
                : Number("ttft_p99_ms", 200 + (9 * Noise()) + (isOdd ? 700 : 0)),
            Number("DCGM_FI_DEV_XID_ERRORS", isOdd ? 79 : 0),
            Number("DCGM_FI_DEV_GPU_TEMP", _random.Next(90) == 0 ? 9223372036854775794 : temp),
            Number("sm_clk", 1500 + (20 * Noise())), Number("mem_bw", 70 + Noise()), Number("batch", 30 + Noise()),
            Number("pcie_rx", 9 + (0.1 * Noise())),
            Number("vllm:gpu_cache_usage_perc", Math.Min(1, _level[gpu] / 30)),
            Number("vllm:num_requests_running", _random.Next(3)), Number("vllm:generation_tokens_total", _tokens[gpu] += isOdd ? 0 : 40),
            Number("error_ratio", 0.02 + (0.01 * Math.Abs(Noise()))), Number("requests_per_s", 5 + Math.Abs(Noise())),
        ];
        var few = _random.Next(20) == 0 ? metrics.Where(_ => _random.Next(2) == 0).Append(metrics[0]).Distinct() : metrics;
        // Names that come once and are forgotten.
        if (_random.Next(40) == 0) few = few.Append(Number($"job_{_random.Next(300)}", 1));
        return Message($"\"host\":\"h\",\"gpu\":\"{gpu}\"", null, few, Version(gpu) + (gpu == 0 ? Distributions(isOdd) : ""));

        double Noise() => Detectors.Streams.Gauss(_random) + together;
    }

    // One version after the other; one GPU is ahead of the others, and one says none.
    private string Version(int gpu) => gpu switch
    {
        0 => "",
        1 => $"\"model_version\":\"v{(_now.UnixMilliseconds + 900_000) / 10_800_000}\",",
        _ => $"\"model_version\":\"v{_now.UnixMilliseconds / 10_800_000}\",",
    };

    private string Training(int run, int odd)
    {
        var isOdd = ((odd >> run) & 1) != 0;
        _step[run] += _random.Next(200) switch { 0 => -30, 1 => 40, < 20 => 0, _ => 1 };
        _step[run] = Math.Max(0, _step[run]);
        List<string> metrics =
        [
            Number("loss", 2 + Math.Exp(-_step[run] / 300.0) + (0.02 * _random.NextDouble()) + (isOdd ? 1.5 : 0)),
            Number("grad_norm", 1 + (0.1 * _random.NextDouble()) + (isOdd ? 9 : 0)),
            Number("lr", 1e-4), Number("tokens_per_second", 5000 + (50 * _random.NextDouble()) - (isOdd ? 3000 : 0)),
            Number("step_time_s", 1 + (0.01 * _random.NextDouble())),
        ];
        if (_random.Next(4) == 0) metrics = [Number("eval_loss", 2.2 + (0.02 * _random.NextDouble()) + (isOdd ? 2 : 0)),
            Number("eval_accuracy", 0.7 + (0.01 * _random.NextDouble()))];
        if (_random.Next(9) == 0) metrics.Add(Number("param_norm", isOdd ? 1e6 : 100 + _random.NextDouble()));
        if (_random.Next(9) == 0) metrics.Add(Number("update_norm", 0.1 + (0.01 * _random.NextDouble())));
        if (_random.Next(90) == 0) metrics.Add(Number("data_stage", _random.Next(3)));
        if (_random.Next(300) == 0) metrics.Add("\"finished\":1");
        if (_random.Next(90) == 0) metrics = ["\"loss\":\"NaN\""];
        return Message($"\"run\":\"r{run}\"", _step[run], metrics);
    }

    // Their own random numbers: the rest of the story is as it was before they were there.
    private string Distributions(bool isOdd)
    {
        var counts = new int[6];
        for (var i = 0; i < 60; i++) counts[Math.Min(5, _drift.Next(6) + (isOdd ? 3 : 0))]++;
        List<string> all =
        [
            $$"""size":{"bounds":[0,1,2,3,4],"counts":[{{string.Join(',', counts)}}]}""",
            $$$"""lang":{"categories":{"en":{{{40 + _drift.Next(20)}}},"zh":{{{(isOdd ? 90 : 20) + _drift.Next(9)}}}}}""",
        ];
        if (_drift.Next(3) == 0)
        {
            const string Projections = "\"projections\":[{\"bounds\":[0,1],\"counts\":[5]}]";
            all.Add(string.Create(CultureInfo.InvariantCulture,
                $$"""vec":{"count":9,"centroid":[{{_drift.NextDouble():R}}],"variance":[1],{{Projections}}}"""));
        }

        if (_drift.Next(3) == 0) all.Add("""declared":{"bounds":[0,1],"counts":[5],"reference":{"bounds":[0,1],"counts":[7]}}""");
        // Names that come once, for which there may be no room.
        if (_drift.Next(30) == 0) all.Add($$$"""once-{{{_drift.Next(300)}}}":{"categories":{"a":1}}""");
        return $"\"distributions\":{{{string.Join(',', all.Select(one => "\"" + one))}}},";
    }

    private string Message(string labels, long? step, IEnumerable<string> metrics, string distributions = "")
    {
        var steps = step is { } known ? $"\"step\":{known}," : "";
        var head = $$"""{"model":"llama","ts":{{_now.UnixMilliseconds + _random.Next(3)}},{{steps}}{{distributions}}"labels":{ """;
        return head + $$$"""{{{labels}}} },"metrics":{ {{{string.Join(',', metrics)}}} } }""";
    }

    private static string Number(string name, double value) => string.Create(CultureInfo.InvariantCulture, $"\"{name}\":{value:R}");

    private static PolicySet Set(params (string Metric, PolicySettings Settings)[] rules) =>
        new([.. rules.Select(rule => new PolicyRule([Matcher.Of("metric", MatchOperator.Equal, rule.Metric)], rule.Settings))], Defaults,
            PresetCatalog.Default);

    private sealed record Act(byte[]? Record, Timestamp LogTime, TimeSpan? Tick, PolicySet? Policies, bool Forgets);
}
