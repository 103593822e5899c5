using System.Globalization;
using LeptonStream.Alerts;
using LeptonStream.Core.Tests.Detection.Store;
using LeptonStream.Core.Tests.Detectors;
using LeptonStream.Detection;
using LeptonStream.Samples;

namespace LeptonStream.Core.Tests.Detection;

/// <summary>
/// Whatever a producer sent, through judging and writing: nothing throws, no NaN stays in the state of series, entity, limit or training
/// run, and a thousand ordinary samples later a series judges as one that never saw it. Scores of the next ordinary samples are within a
/// hundredth, the band within a half, and the same incident is told by both within two samples: by an alert, or by an update of the alert
/// that the end of the hostile values opened and that has not recovered. A run whose loss has no critical alert open tells an incident of
/// the loss.
/// </summary>
public sealed class AfterHostileValuesLaws
{
    private const int Ordinary = 1000;
    private const int Quiet = 60;
    private const int Incident = 30;
    private const int Seeds = 8;

    // Where NaN is a word and not a number: a reading or an expectation that there is not.
    private static readonly string[] Unknown =
    [
        "BucketedHistory._levels", "TrainingFinding.Expected", "TrainingFinding.Value", "WeightRule._ordinary", "TreeBuilder._table",
    ];

    private static readonly Sample[] Usual = Streams.Noise(seed: 11, Ordinary + Quiet + Incident);

    [Test]
    public void Process_AfterAnyShape_JudgesAsAFreshSeriesDoes(
        [ValueSource(typeof(HostileShapes), nameof(HostileShapes.Names))] string shape, [Range(1, Seeds)] int seed)
    {
        var (troubled, fresh) = (new Story(), new Story());
        foreach (var value in HostileShapes.Of(shape, seed)) troubled.Step(value);
        Assert.That(StateInspection.NotFinite(troubled.Driver.Pipeline), Is.Empty, "numbers of series, now");
        fresh.Driver.Now = troubled.Driver.Now;
        Go(0, Ordinary, shift: 0);
        Assert.That(StateInspection.NotFinite(troubled.Driver.Pipeline), Is.Empty, "numbers of series, later");
        Assert.That(StateWalk.NotANumber(troubled.Driver.Pipeline).Except(StateWalk.NotANumber(fresh.Driver.Pipeline)),
            Is.SubsetOf(Unknown), "all state, later");
        var open = Story.Metrics.Where(metric => troubled.Last(metric).IsAlerting).ToHashSet();

        Go(Ordinary, Quiet, shift: 0);
        Assert.That(troubled.Driver.Judged, Is.Not.Empty);
        foreach (var (seen, expected) in troubled.Driver.Judged.Zip(fresh.Driver.Judged))
            Assert.That(seen.Score, Is.EqualTo(expected.Score).Within(0.01), $"{seen.Key.Metric} at {seen.Sample.Time}");
        foreach (var metric in Story.Metrics.Except(open))
        {
            var (seen, expected) = (troubled.Last(metric), fresh.Last(metric));
            Assert.That(seen.Upper - seen.Lower, Is.EqualTo(expected.Upper - expected.Lower).Within(50).Percent, $"band of {metric}");
        }

        var isPaged = troubled.IsPaged("loss");
        Go(Ordinary + Quiet, Incident, shift: 30);
        Assert.That(fresh.HasTold("loss"), Is.True, "the incident in the loss of a fresh run");
        Assert.That(isPaged || troubled.HasTold("loss"), Is.True, "the incident in the loss of a run that has no critical alert");
        foreach (var metric in Story.Metrics)
        {
            var told = troubled.FirstTold(metric, open.Contains(metric) ? AlertEventType.Updated : AlertEventType.Opened);
            var due = fresh.FirstTold(metric, AlertEventType.Opened);
            Assert.That(due, Is.Not.Null, $"the incident in {metric}, of a fresh series");
            Assert.That(told, Is.Not.Null, $"the incident in {metric}{(open.Contains(metric) ? ", whose alert is open" : "")}");
            Assert.That((told!.Value - due!.Value).Duration(), Is.LessThanOrEqualTo(TimeSpan.FromMinutes(2)), metric);
        }

        void Go(int from, int count, double shift)
        {
            troubled.Forget();
            fresh.Forget();
            foreach (var sample in Usual.AsSpan(from, count))
            {
                troubled.Step(sample.Value + shift);
                fresh.Step(sample.Value + shift);
            }
        }
    }

    /// <summary>An entity with a limit, and a training run; the values of all follow one.</summary>
    private sealed class Story
    {
        public static readonly string[] Metrics = ["x", "vllm:gpu_cache_usage_perc", "DCGM_FI_DEV_GPU_TEMP"];

        private long _step;
        private readonly List<(AlertEvent Event, Timestamp Time)> _told = [];
        private readonly Dictionary<string, AlertEvent> _open = [];

        public PipelineTestDriver Driver { get; } = new();

        public JudgedSample Last(string metric) => Driver.Judged.Last(judged => judged.Key.Metric == metric);

        public Timestamp? FirstTold(string metric, AlertEventType type) =>
            _told.Where(told => told.Event.Metric == metric && told.Event.Type == type && told.Event.EarlyWarning is null)
                .Select(told => (Timestamp?)told.Time)
                .FirstOrDefault();

        public bool HasTold(string metric) => _told.Exists(told => told.Event.Metric == metric && !told.Event.IsProgress);

        public bool IsPaged(string metric) => _open.Values.Any(open => open.Metric == metric && open.Severity == AlertSeverity.Critical);

        public void Forget()
        {
            Driver.Judged.Clear();
            _told.Clear();
        }

        public void Step(double value)
        {
            Driver.Now += TimeSpan.FromMinutes(1);
            Send("a", "", ("x", value), ("vllm:gpu_cache_usage_perc", value / 400), ("DCGM_FI_DEV_GPU_TEMP", value / 2));
            Send("run", $"\"step\":{_step++},", ("loss", value / 50), ("grad_norm", value / 100), ("learning_rate", 1e-3),
                ("param_norm", value));
        }

        private void Send(string model, string step, params (string Name, double Value)[] metrics)
        {
            var text = string.Join(',', metrics.Select(metric => $"\"{metric.Name}\":{Text(metric.Value)}"));
            var outcome = Driver.Send($$$"""{"model":"{{{model}}}",{{{step}}}"ts":"{{{Driver.Now}}}","metrics":{ {{{text}}} } }""");
            Assert.That(outcome.IsAccepted, Is.True, outcome.Detail);
            foreach (var told in Driver.Events)
            {
                Assert.That(AlertEventJson.Write(told), Is.Not.Empty);
                _told.Add((told, Driver.Now));
                if (told.Type == AlertEventType.Resolved) _open.Remove(told.AlertId);
                else _open[told.AlertId] = told;
            }

            Driver.Events.Clear();
        }

        private static string Text(double value) => double.IsFinite(value)
            ? value.ToString("R", CultureInfo.InvariantCulture)
            : $"\"{value.ToString(CultureInfo.InvariantCulture)}\"";
    }
}
