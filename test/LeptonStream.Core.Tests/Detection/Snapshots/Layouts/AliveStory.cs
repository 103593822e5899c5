using System.Globalization;
using System.Reflection;
using System.Text;
using LeptonStream.Alerting;
using LeptonStream.Alerts;
using LeptonStream.Core.Tests.Detectors;
using LeptonStream.Detection;
using LeptonStream.Detection.Calendars;
using LeptonStream.Detection.Entities;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Policies.Presets;
using LeptonStream.Detection.Store;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Core.Tests.Detection.Snapshots.Layouts;

/// <summary>
/// Six days of a small fleet at whose end as much as can be is alive: alerts of series, of siblings, of all metrics together, of codes, of
/// values that are no number, of a limit and of a training run are open, and what comes daily is known. It must never change: dumps of
/// older programs hold its state at <see cref="Cut"/>.
/// </summary>
internal static class AliveStory
{
    /// <summary>Records before the dump; they come every two minutes.</summary>
    public const int Cut = Days * PerDay;

    /// <summary>The labels of the entity whose metrics are odd together.</summary>
    public static readonly LabelSet JointFault = LabelSet.Of(("gpu", "3"));

    private const int Days = 6;
    private const int PerDay = 720;
    private const int Gpus = 4;
    private const long Second = 1_000_000_000;

    // From here to some time behind the dump.
    private const int TroubleFrom = Cut - 25;
    private const int TroubleTo = Cut + 15;

    private static readonly Timestamp Begin = Timestamp.FromUnixSeconds(1_795_305_600);

    private static readonly DayCalendar Nights = new("nights", [.. Enumerable.Range(0, 12).Select(day =>
        new CalendarSpan(At(86_400 * day), At((86_400 * day) + 18_000), day % 7))]);

    private static readonly PolicySet Policies = new(
        [
            Rule("free_gb", new() { Limit = new(20, IsFloor: true, TimeSpan.FromHours(3)) }),
            Rule("mem_bw", new() { Mute = Nights, Like = new(Nights, DayOfWeek.Sunday) }),
            Rule("power_w", new() { Detectors = DetectorChange.Add(DetectorSet.Of([DetectorSet.Peers])) }),
            Rule("secret", new() { Ignore = true }),
            new([Matcher.Of("model", MatchOperator.Equal, "small")], new() { Memory = MemoryPlan.Lean }),
        ],
        new(), PresetCatalog.Default);

    /// <summary>The fingerprint of its policies in this program.</summary>
    public static string Fingerprint => Policies.Fingerprint;

    public static PartitionPipeline New() =>
        new("metrics", 3, DetectionPolicy.Default, Policies, new Guid(7, 7, 7, 1, 2, 3, 4, 5, 6, 7, 8));

    /// <summary>Lets the records from one number to before another happen.</summary>
    public static List<AlertEvent> Play(PartitionPipeline pipeline, int from, int to)
    {
        var events = new List<AlertEvent>();
        for (var at = from; at < to; at++)
        {
            var now = Begin + TimeSpan.FromMinutes(2 * at);
            pipeline.Process(Encoding.UTF8.GetBytes(string.Join('\n', Lines(at, now))), at, now, events);
        }

        return events;
    }

    /// <summary>The ids of the alerts that have begun and not ended, in order.</summary>
    public static IReadOnlyList<string> OpenAfter(IEnumerable<AlertEvent> events) =>
        [.. events.GroupBy(each => each.AlertId).Where(alert => alert.All(each => each.Type != AlertEventType.Resolved))
            .Select(alert => alert.Key).Order(StringComparer.Ordinal)];

    /// <summary>All that is alive, a line for each series, entity and kind.</summary>
    public static string Describe(PartitionPipeline pipeline)
    {
        var text = new StringBuilder();
        var registry = (SeriesRegistry)Private(pipeline, "_series")!;
        foreach (var series in registry.InOrder())
        {
            var rare = (RareState?)Private(series, "_rare");
            Line(string.Create(CultureInfo.InvariantCulture, $"{series.Key}: {series.Alert.Phase} {series.Alert.Onset}"
                + $" {series.Alert.Severity} {series.Alert.Worst:R} {series.OpenedBy} baseline {series.Baseline?.Onset}"
                + $" bursts {rare?.Bursts is not null} limit {series.Limit?.Phase}"
                + $" {series.Limit?.Forecast.At} counter {series.Counter is not null} code {series.Code is not null}"
                + $" peers {series.Peers is not null} weight {series.Weight is not null} place {series.Place} last {series.LastTime}"
                + $" interval {series.IntervalSeconds:R} mute {series.Policy.Mute?.Name} like {series.Policy.Like?.Calendar.Name}"
                + $" {series.Policy.Memory} {series.Policy.Preset?.Canonical}"));
        }

        foreach (var entity in registry.Entities.InOrder())
            Line($"{entity.Key}: {Alert(entity)} row {entity.Row.Count} of {entity.Row.Time} series {entity.SeriesCount}"
                + $" run {entity.Run is not null} open {entity.Run?.HasOpen}");
        Line($"runs {registry.Entities.Runs.Count} drift {Count("_drift")} versions {Count("_versions")}");
        return text.ToString();

        void Line(string line) => text.Append(line).Append('\n');

        object? Count(string field) => Private(pipeline, field)!.GetType().GetProperty("Count")!.GetValue(Private(pipeline, field));
    }

    private static string Alert(EntityState entity) => entity.HasOpenAlert
        ? string.Create(CultureInfo.InvariantCulture, $"{entity.Memory.Alert.Phase} {entity.Memory.Alert.Onset} "
            + $"{entity.Memory.Alert.Severity} baselines {entity.Memory.Baselines.Count} learned {entity.Memory.Numbers.Learned}")
        : "no alert";

    private static Timestamp At(long second) => new(Begin.UnixNanoseconds + (second * Second));

    private static object? Private(object of, string field) =>
        of.GetType().GetField(field, BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(of);

    private static PolicyRule Rule(string metric, PolicySettings settings) =>
        new([Matcher.Of("metric", MatchOperator.Equal, metric)], settings);

    private static IEnumerable<string> Lines(int at, Timestamp now)
    {
        var random = new Random(at);
        var isBad = at is >= TroubleFrom and < TroubleTo;
        var hour = at % PerDay / 30.0;
        var version = at < Cut - 500 ? "v1" : "v2";
        for (var gpu = 0; gpu < Gpus; gpu++)
        {
            // The last one is a little odd in four of its metrics at once, for three records.
            var together = at is >= Cut - 3 and < Cut && gpu == Gpus - 1 ? 3 : 0;
            string[] metrics =
            [
                Number("DCGM_FI_DEV_GPU_TEMP", 60 + Noise() + (isBad && gpu == 1 ? 25 : 0)),
                Number("power_w", 300 + (5 * Noise()) + (isBad && gpu == 1 ? 90 : 0)), Number("sm_clk", 1500 + (20 * Odd())),
                Number("mem_bw", 70 + Odd()), Number("pcie_rx", 9 + (0.1 * Odd())), Number("batch", 30 + Odd()),
                Number("DCGM_FI_DEV_XID_ERRORS", isBad && gpu == 0 ? 79 : 0),
            ];
            yield return Message($"\"gpu\":\"{gpu}\"", "", metrics);

            double Noise() => Streams.Gauss(random);

            double Odd() => Noise() + together;
        }

        // A burst each day at noon; a disk that fills up; a ratio of few requests; a counter; what is ignored.
        var isBurst = hour is >= 12 and < 12.5;
        yield return Message("\"host\":\"h\"", $"\"model_version\":\"{version}\",{Distribution()}",
        [
            Number("queue", 20 + Streams.Gauss(random) + (isBurst ? 400 : 0)),
            Number("free_gb", at < Cut - 120 ? 80 + (0.1 * Streams.Gauss(random)) : Math.Max(30, 80 - (0.35 * (at - Cut + 120)))),
            isBad ? "\"ttft_p99_ms\":\"NaN\"" : Number("ttft_p99_ms", 200 + (9 * Streams.Gauss(random))),
            Number("error_ratio", 0.02 + (0.003 * Math.Abs(Streams.Gauss(random)))), Number("requests_per_s", 50 + Streams.Gauss(random)),
            Number("requests_total", 100.0 * at), Number("secret", 1),
        ]);
        yield return Message("\"host\":\"s\"", "",
        [
            Number("a", 5 + (0.1 * Streams.Gauss(random)) + (isBad ? 4 : 0)), Number("b", 40 + Streams.Gauss(random)),
            Number("c", 900 + (30 * Streams.Gauss(random))),
        ], "small");
        yield return Message("\"run\":\"r1\"", $"\"step\":{at},",
        [
            isBad ? "\"loss\":\"NaN\"" : Number("loss", 2 + Math.Exp(-at / 600.0) + (0.01 * Streams.Gauss(random))),
            Number("grad_norm", 1 + (0.05 * Streams.Gauss(random))), Number("lr", 1e-4),
        ]);

        string Distribution() => $$$"""
            "distributions":{"size":{"bounds":[0,1,2],"counts":[{{{random.Next(20, 30)}}},{{{random.Next(20, 30)}}},9,9]}},
            """.ReplaceLineEndings("");

        string Message(string labels, string more, IEnumerable<string> metrics, string model = "llama")
        {
            var values = string.Join(',', metrics);
            var head = $$$"""{"model":"{{{model}}}","ts":{{{now.UnixMilliseconds}}},{{{more}}}"labels":{ {{{labels}}} },""";
            return $$$"""{{{head}}}"metrics":{ {{{values}}} } }""";
        }
    }

    private static string Number(string name, double value) => string.Create(CultureInfo.InvariantCulture, $"\"{name}\":{value:F4}");
}
