using System.Text;
using System.Text.Json.Nodes;
using LeptonStream.Alerting;
using LeptonStream.Alerting.Muting;
using LeptonStream.Alerting.Remediation;
using LeptonStream.Alerts;
using LeptonStream.Core.Tests.Detection.Snapshots;
using LeptonStream.Detection;
using LeptonStream.Detection.EarlyWarning;
using LeptonStream.Detection.Events;
using LeptonStream.Detection.Gaps;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Policies.Presets;
using LeptonStream.Detection.Snapshots;
using LeptonStream.Detection.Training;
using LeptonStream.Detectors;
using LeptonStream.Feedback;
using LeptonStream.Forecasting;
using LeptonStream.Samples;
using LeptonStream.Series;
using LeptonStream.State;
using LeptonStream.Testing;

namespace LeptonStream.Core.Tests.State;

/// <summary>
/// While an upgrade rolls, and after one that was taken back, a program reads what a later version has written, and with it values of enums
/// that it does not know. Each enum of this assembly has its place here: no value of it leaves the process, or readers take it as text, or
/// a new one raises the version of states, or a case says what stands for an unknown one. docs/upgrading.md has the table.
/// </summary>
public sealed class UnknownValuesTests
{
    private const int Unknown = 99;

    private static readonly string[] Inside =
    [
        "AlertChange", "BaselineStand", "BurstSight", "CodeChange", "EngineRole", "Fields", "GateVerdict", "LimitChange", "MatchOperator",
        "Measure", "OutlookVerdict", "Stage", "XidAction", nameof(RemediationMode),
    ];

    private static readonly string[] ReadAsText =
    [
        nameof(SuppressionCause), nameof(RemedyKind), nameof(RejectReason), nameof(SampleRefusal), nameof(TrainingKind), "TrainingRole",
    ];

    // Blocks, detectors, distributions and the numbers of series lie as these say: see StateLayout.Version.
    private static readonly string[] RaiseTheVersion = [nameof(SnapshotBlockKind), nameof(DetectorKind), "Kind", nameof(MemoryPlan)];

    private static readonly SeriesPolicy Plain = PolicySet.Default.For(new("m", "x", LabelSet.Empty));
    private static readonly MetricPreset Preset = PolicySet.Default.For(new("m", "DCGM_FI_DEV_GPU_TEMP", LabelSet.Empty)).Preset!;

    private static readonly Dictionary<string, Action> Cases = new()
    {
        [nameof(AlertEventType)] = () =>
        {
            Assert.That(Read(AlertEvents.Opened("a"), alert => alert["type"] = "reopened").Type, Is.EqualTo(AlertEventType.Updated));
            Assert.That(Read(AlertEvents.Closed("a", 1, EndedReason.Gone), alert => alert["type"] = "expired").Type,
                Is.EqualTo(AlertEventType.Resolved), "an end ends");
            var published = new PublishedAlerts(1 << 20);
            published.Take(AlertEventJson.Write(AlertEvents.Opened("a")));
            published.Take(Changed(AlertEvents.Opened("a"), alert => alert["type"] = "reopened"));
            Assert.That(published.LastEvents.Count(), Is.EqualTo(1));
            published.Take(Changed(AlertEvents.Closed("a", 1, EndedReason.Gone), alert => alert["type"] = "expired"));
            Assert.That(published.LastEvents, Is.Empty, "for who takes a partition over as well");
        },
        [nameof(EndedReason)] = () =>
        {
            var end = Read(AlertEvents.Resolved("a", 1), alert => alert["endedReason"] = "retired");
            Assert.That((end.Type, end.EndedReason), Is.EqualTo((AlertEventType.Resolved, (EndedReason?)EndedReason.Other)));
        },
        [nameof(AlertSeverity)] = () =>
        {
            Assert.That(Read(AlertEvents.Opened("a"), alert => alert["severity"] = "urgent").Severity, Is.EqualTo(AlertSeverity.Warning));
            Assert.That(Copy(state => state.Write(Unknown), (ref StateReader state) => state.ReadEnum(AlertSeverity.Warning)),
                Is.EqualTo(AlertSeverity.Warning));
        },
        [nameof(UpdateVerdict)] = () => Assert.That(Update("verdict").Verdict, Is.EqualTo(UpdateVerdict.Unknown)),
        [nameof(UpdateMethod)] = () => Assert.That(Update("method").Metrics[0].Method, Is.EqualTo(UpdateMethod.Before)),
        [nameof(NotifyReason)] = () =>
        {
            Assert.That(AlertingJson.Read<NotifyReason>("\"worse_than_before\""), Is.EqualTo(NotifyReason.NewAlerts));
            foreach (var known in Enum.GetValues<NotifyReason>())
                Assert.That(AlertingJson.Read<NotifyReason>(AlertingJson.Write(known)), Is.EqualTo(known));
        },
        [nameof(Verdict)] = () =>
        {
            var word = SampleFeedback.Of(AlertEvents.Opened("a"), Verdict.False).Write();
            Assert.That(FeedbackEvent.Read(word.Replace("\"false\"", "\"maybe\"", StringComparison.Ordinal)), Is.Null,
                "nothing is guessed from a person's word: it is a dead letter");
            var labels = new Dictionary<string, string>();
            var book = VerdictBook.Of([new("a", "m", "x", labels, (Verdict)Unknown, 2), new("b", "m", "x", labels, Verdict.False, 2)]);
            Assert.That(book.Verdicts.Select(one => one.AlertId), Is.EqualTo((string[])["b"]));
        },
        [nameof(Direction)] = () =>
            Assert.That(Policy(Plain with { Direction = (Direction)Unknown }).Direction, Is.EqualTo(Direction.Both)),
        [nameof(MetricType)] = () => Assert.That(Policy(Plain with { Type = (MetricType)Unknown }).Type, Is.EqualTo(MetricType.Gauge)),
        [nameof(TypeOrigin)] = () =>
            Assert.That(Policy(Plain with { TypeOrigin = (TypeOrigin)Unknown }).TypeOrigin, Is.EqualTo(TypeOrigin.Undeclared)),
        [nameof(MetricKind)] = () =>
            Assert.That(Policy(Plain with { Preset = Preset with { Kind = (MetricKind)Unknown } }).Preset!.Kind,
                Is.EqualTo(MetricKind.Other)),
        [nameof(MetricSource)] = () =>
        {
            var policy = Policy(Plain with { Preset = Preset with { Source = (MetricSource)Unknown }, WarmUp = 7 });
            Assert.That((policy.Preset, policy.WarmUp), Is.EqualTo(((MetricPreset?)null, 7)));
        },
        [nameof(AlertPhase)] = () =>
        {
            Assert.That(Numbers(new() { Phase = (AlertPhase)Unknown, Events = 2 }).Phase, Is.EqualTo(AlertPhase.Open));
            Assert.That(Numbers(new() { Phase = (AlertPhase)Unknown }).Phase, Is.EqualTo(AlertPhase.Quiet));
        },
        [nameof(LimitPhase)] = () =>
        {
            var limit = new MetricLimit(1, IsFloor: false, TimeSpan.FromHours(1));
            var phase = Copy(
                state =>
                {
                    var watch = new StateWriter();
                    new LimitWatch(limit).Save(watch);
                    state.Write(Unknown);
                    state.WriteRaw(watch.Written[sizeof(int)..]);
                },
                (ref StateReader state) =>
                {
                    var watch = new LimitWatch(limit);
                    watch.Load(ref state);
                    return watch.Phase;
                });
            Assert.That(phase, Is.EqualTo(LimitPhase.Quiet));
        },
        [nameof(StateGapCause)] = () =>
        {
            // The cause is part of the alert's id: the end must be that of the alert.
            var events = new List<AlertEvent>();
            var (place, at) = (new RecordPosition("metrics", 0, 5), Timestamp.FromUnixSeconds(1_800_000_000));
            var watch = new GapWatch();
            watch.Tell(new((StateGapCause)Unknown, 5, 5, at, "something new"), place, 1, [], events);
            var queue = new EventQueue(9);
            Copy(watch.Save, (ref StateReader state) =>
            {
                var copy = new GapWatch();
                copy.Load(ref state);
                copy.Advance(at, new(place, 1, queue));
                copy.Advance(at + StateGap.WarmAfter, new(place, 1, queue));
                return 0;
            });
            queue.Release(events);
            Assert.That(events.Select(each => each.Type), Is.EqualTo((AlertEventType[])[AlertEventType.Opened, AlertEventType.Resolved]));
            Assert.That(events.Select(each => each.AlertId).Distinct().Count(), Is.EqualTo(1));
        },
        [nameof(SnapshotList)] = () =>
        {
            // That of a later version has no parts that must be named; here that of open alerts stands for it.
            var (story, changed) = (new PartitionStory(3, 600), 0);
            var whole = story.New();
            for (var i = 0; i < story.Count; i++) story.Play(whole, i);
            var snapshot = SnapshotBytes.Of(whole).Bytes;
            var loader = story.New(story.Count).Load();
            while (!snapshot.IsEmpty)
            {
                var block = SnapshotBlock.ReadFrom(ref snapshot);
                var bytes = block.Bytes.ToArray();
                if (block.Kind == SnapshotBlockKind.List && (SnapshotList)bytes[0] == SnapshotList.OpenSeries)
                    (bytes[0], changed) = (Unknown, changed + 1);
                loader.Take(new(block.Kind, block.Id, bytes));
            }

            Assert.That(loader.IsComplete, Is.True);
            Assert.That(changed, Is.Positive);
        },
        [nameof(Period)] = () =>
        {
            object learned = default(HoltWintersForecaster);
            var forecaster = (HoltWintersForecaster)learned;
            for (var i = 0; i < 9; i++) forecaster.Learn(new(Timestamp.FromUnixSeconds(60 * i), i), 60);
            learned = forecaster;
            typeof(HoltWintersForecaster).GetProperty(nameof(Period))!.SetValue(learned, (Period)Unknown);
            var time = Timestamp.FromUnixSeconds(600);
            Assert.That(((HoltWintersForecaster)learned).Predict(time), Is.EqualTo(forecaster.Predict(time)));
        },
    };

    private static IEnumerable<string> WithCases => Cases.Keys;

    [TestCaseSource(nameof(WithCases))]
    public void Read_AValueOfALaterVersion_CostsNothingElse(string name) => Cases[name]();

    [Test]
    public void Enums_OfThisAssembly_HaveTheirPlaceHere()
    {
        var all = typeof(StateLayout).Assembly.GetTypes().Where(type => type.IsEnum).Select(type => type.Name);
        Assert.That(all, Is.EquivalentTo([.. Inside, .. ReadAsText, .. RaiseTheVersion, .. Cases.Keys]));
    }

    private delegate T Reads<T>(ref StateReader state);

    private static T Copy<T>(Action<StateWriter> write, Reads<T> read)
    {
        var writer = new StateWriter();
        write(writer);
        var state = new StateReader(writer.Written);
        var value = read(ref state);
        state.End();
        return value;
    }

    private static SeriesPolicy Policy(SeriesPolicy policy) =>
        Copy(state => PolicyState.Save(policy, state), (ref StateReader state) => PolicyState.Load(ref state, out _));

    private static AlertNumbers Numbers(AlertNumbers numbers) =>
        Copy(state => numbers.Save(state), (ref StateReader state) => AlertNumbers.Load(ref state));

    private static ModelUpdate Update(string field)
    {
        var path = Path.Combine(SharedFolder.RepositoryRoot, "test", "LeptonStream.Core.Tests", "Alerts", "Approved", "model-update.json");
        var json = JsonNode.Parse(File.ReadAllText(path))!;
        var update = json["modelUpdate"]!;
        if (field == "verdict") update[field] = "mixed";
        else update["metrics"]![0]![field] = "week_before";
        return Read(Encoding.UTF8.GetBytes(json.ToJsonString())).ModelUpdate!;
    }

    private static AlertEvent Read(AlertEvent alert, Action<JsonNode> change) => Read(Changed(alert, change));

    private static byte[] Changed(AlertEvent alert, Action<JsonNode> change)
    {
        var json = JsonNode.Parse(AlertEventJson.Write(alert))!;
        change(json);
        return Encoding.UTF8.GetBytes(json.ToJsonString());
    }

    private static AlertEvent Read(byte[] json) =>
        AlertEventJson.TryRead(json, out var read, out var error) ? read! : throw new AssertionException(error ?? "");
}
