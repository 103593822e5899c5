using System.Security.Cryptography;
using LeptonStream.Series;
using LeptonStream.Simulator;

namespace LeptonStream.Product.Tests.Simulator;

internal sealed class FleetSimulatorTests
{
    private static readonly Lazy<Recording> Faulty = new(() => new(new Story()));
    private static readonly Lazy<Recording> Healthy = new(() => new(new Story { WithFaults = false }));

    private static IEnumerable<FaultKind> Kinds => Enum.GetValues<FaultKind>();

    [Test]
    public void Finish_OfEachEntityThatHasSteps_SaysThatItIsOver()
    {
        using var fleet = new FleetSimulator(new Story { Duration = TimeSpan.FromHours(3) });
        var messages = new List<FleetMessage>();
        fleet.Next(messages);

        var end = fleet.Finish();

        string[] Runs(IEnumerable<FleetMessage> of, Func<System.Text.Json.JsonElement, bool> wanted) =>
        [
            .. of.SelectMany(message => System.Text.Json.JsonDocument.Parse(message.Value).RootElement is var root
                    && root.ValueKind == System.Text.Json.JsonValueKind.Array ? root.EnumerateArray().ToArray() : [root])
                .Where(wanted).Select(entity => $"{entity.GetProperty("model")}{entity.GetProperty("labels")}"),
        ];
        var over = Runs([end], entity => entity.GetProperty("metrics").GetProperty("finished").GetDouble() == 1);
        Assert.That(over, Is.Not.Empty.And.EquivalentTo(Runs(messages, entity => entity.TryGetProperty("step", out _))));
    }

    [Test]
    public void Next_SameSeed_SameBytes()
    {
        var first = HashOf(7);
        var second = HashOf(7);
        Assert.That(second, Is.EqualTo(first));
    }

    [Test]
    public void Next_OtherSeed_OtherBytes() => Assert.That(HashOf(7), Is.Not.EqualTo(HashOf(8)));

    [Test]
    public void Next_OtherStart_ChangesNothingButTheTimes()
    {
        var story = new Story { Duration = TimeSpan.FromHours(3) };
        var later = new Recording(story with { Start = story.Start + TimeSpan.FromDays(40) });
        var first = new Recording(story);
        Assert.That(later.Series.Keys, Is.EqualTo(first.Series.Keys));
        foreach (var (key, values) in first.Series) Assert.That(later.Series[key], Is.EqualTo(values), key.ToString());
    }

    [Test]
    public void Script_AnyStory_HasTwelveFaultsApartFromEachOtherInTheSecondHalf([Values(3, 12, 48, 200)] int hours)
    {
        var story = new Story { Duration = TimeSpan.FromHours(hours) };
        var faults = FaultScript.For(story).Faults;
        Assert.That(faults.Select(f => f.Kind), Is.EquivalentTo(Kinds));
        Assert.That(faults[0].Onset, Is.GreaterThanOrEqualTo(story.Calm));
        Assert.That(faults[^1].End, Is.EqualTo(story.Duration), "the last one goes on");
        for (var i = 0; i < faults.Count; i++)
        {
            Assert.That((faults[i].End - faults[i].Onset) / story.Interval, Is.GreaterThanOrEqualTo(2), faults[i].Name);
            if (i > 0) Assert.That(faults[i].Onset, Is.GreaterThanOrEqualTo(faults[i - 1].Settled), faults[i].Name);
        }
    }

    [Test]
    public void Next_BeforeTheFirstFault_IsTheTwinOfTheHealthyStory()
    {
        var first = (int)(Faulty.Value.Script.Faults[0].Onset / Faulty.Value.Story.Interval);
        foreach (var (key, values) in Faulty.Value.Series)
            Assert.That(values.Take(first), Is.EqualTo(Healthy.Value.Series[key].Take(first)), key.ToString());
    }

    [Test]
    public void Next_HealthyStory_HasEveryLayerAndOnlyNumbers()
    {
        var models = Healthy.Value.Series.Keys.Select(k => k.Model).Distinct();
        Assert.That(models, Is.EquivalentTo(
            new[] { MetricNames.Training, MetricNames.Pool, MetricNames.Chat, MetricNames.Code, MetricNames.Features }));
        Assert.That(Healthy.Value.Series.Values.SelectMany(v => v), Has.None.EqualTo(double.PositiveInfinity));
        Assert.That(Healthy.Value.Series, Has.Count.InRange(50, 100));
    }

    [Test]
    public void Next_HealthyStory_LoadFollowsTheDay()
    {
        var tokens = Healthy.Value.Series.Single(s => s.Key.Model == MetricNames.Chat && s.Key.Metric == MetricNames.TokensOut).Value;
        var running = Healthy.Value.Series.Single(s => s.Key.Model == MetricNames.Chat && s.Key.Metric == MetricNames.Running).Value;
        Assert.That(MeanOfHour(tokens, 15), Is.GreaterThan(2 * MeanOfHour(tokens, 3)));
        Assert.That(MeanOfHour(running, 15), Is.GreaterThan(2 * MeanOfHour(running, 3)));

        static double MeanOfHour(double[] values, int hour) => values.Skip(hour * 240).Take(240).Average();
    }

    [Test]
    public void At_Weekend_IsBelowTheWorkingDay() =>
        Assert.That(LoadShape.At(TimeSpan.FromHours((5 * 24) + 12), TimeSpan.Zero),
            Is.LessThan(0.8 * LoadShape.At(TimeSpan.FromHours(12), TimeSpan.Zero)));

    [TestCaseSource(nameof(Kinds))]
    public void Next_Fault_ShowsInItsSymptomsAndNowhereItDoesNotClaim(FaultKind kind)
    {
        var fault = Faulty.Value.Script.Faults.Single(f => f.Kind == kind);
        var (from, to) = Indices(fault);
        var seen = 0;
        foreach (var (key, values) in Faulty.Value.Series)
        {
            var twin = Healthy.Value.Series[key];
            var visible = Deviation(values, twin, from, to) > 3;
            if (visible && fault.ShowsIn(key.Model, key.Metric, key.Labels)) seen++;
            if (visible && !LastsFromAnEarlierFault(key)) Assert.That(fault.Touches(key.Model, key.Metric, key.Labels), key.ToString());
        }

        Assert.That(seen, Is.Positive);
    }

    [Test]
    public void Next_FrozenExporter_RepeatsItsValues()
    {
        var (from, to) = Indices(Faulty.Value.Script.Faults.Single(f => f.Kind == FaultKind.FrozenExporter));
        foreach (var (_, values) in Faulty.Value.Series.Where(s => s.Key.Model == MetricNames.Chat))
            Assert.That(values[from..to].Distinct().Count(), Is.EqualTo(1));
    }

    [Test]
    public void Next_NanLoss_IsSentAsTextAndEnds()
    {
        var (from, to) = Indices(Faulty.Value.Script.Faults.Single(f => f.Kind == FaultKind.NanLoss));
        var loss = Faulty.Value.Series.Single(s => s.Key.Metric == MetricNames.Loss).Value;
        Assert.That(loss[from..to], Is.All.EqualTo(double.PositiveInfinity));
        Assert.That(loss[(to + 20)..(to + 40)].Where(double.IsFinite), Is.Not.Empty);
    }

    // The ECC storm ends with a reset: its counter stands lower ever after. A slow job stays some steps behind its twin: so does its
    // learning rate.
    private static bool LastsFromAnEarlierFault(SeriesKey key) => key.Metric is MetricNames.EccSingleBit or MetricNames.LearningRate;

    /// <summary>
    /// The largest number of samples' worth of robust deviation: how far the median of the fault's second half left the twin, in units of
    /// the twin's own spread.
    /// </summary>
    private static double Deviation(double[] values, double[] twin, int from, int to)
    {
        var middle = (from + to) / 2;
        if (values[middle..to].Any(double.IsPositiveInfinity)) return double.PositiveInfinity;
        if (values[middle..to].All(double.IsNaN) && !twin[middle..to].All(double.IsNaN)) return double.PositiveInfinity;
        if (values[middle..to].Distinct().Count() == 1 && twin[middle..to].Distinct().Count() > 5) return double.PositiveInfinity;
        var differences = Enumerable.Range(middle, to - middle).Select(i => Math.Abs(values[i] - twin[i])).Where(double.IsFinite).Order()
            .ToArray();
        if (differences.Length == 0) return 0;
        var before = twin[(from - 240)..from].Where(double.IsFinite).Order().ToArray();
        var spread = (before[before.Length * 9 / 10] - before[before.Length / 10]) / 2.56;
        return differences[differences.Length / 2] / Math.Max(spread, 1e-3 * Math.Abs(before[before.Length / 2]));
    }

    private static (int From, int To) Indices(Fault fault) =>
        ((int)(fault.Onset / Faulty.Value.Story.Interval), (int)(fault.End / Faulty.Value.Story.Interval));

    private static string HashOf(int seed)
    {
        using var fleet = new FleetSimulator(new Story { Seed = seed, Duration = TimeSpan.FromHours(6) });
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var messages = new List<FleetMessage>(); fleet.Next(messages); messages.Clear())
            foreach (var message in messages) hash.AppendData(message.Value);
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
