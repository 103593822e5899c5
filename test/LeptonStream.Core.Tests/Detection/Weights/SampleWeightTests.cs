using System.Globalization;
using LeptonStream.Alerts;
using LeptonStream.Core.Tests.Detection.Snapshots;
using LeptonStream.Detection;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Policies.Presets;
using LeptonStream.Series;
using MathNet.Numerics.Distributions;

namespace LeptonStream.Core.Tests.Detection.Weights;

/// <summary>Shares and means that say of how many they are.</summary>
public sealed class SampleWeightTests
{
    private const int Learned = 1500;

    [Test]
    public void AShareOfThree_NeverOpensAnAlert([Values(1, 2, 3)] int count, [Values(5, 60, 4000)] int usual,
        [Values("share", "pct")] string unit)
    {
        var shares = new Shares(unit, seed: count + usual);
        shares.Learn(usual);
        for (var i = 0; i < 400; i++) shares.Send(count, i % 8 == 7 ? 1 : 0);
        Assert.That(shares.Events.Select(e => e.English.Summary), Is.Empty);
    }

    [TestCase(3, 20, Description = "sixty of sixty, three at a time")]
    [TestCase(30, 4)]
    [TestCase(30_000, 4)]
    public void AShareThatAddsUp_OpensAnAlert(int count, int samples)
    {
        var shares = new Shares("share", seed: 3);
        shares.Learn(60);
        for (var i = 0; i < samples; i++) shares.Send(count, 1);
        Assert.That(shares.Events.Select(e => e.Type), Has.Some.EqualTo(AlertEventType.Opened));
    }

    [Test]
    public void AShareOfManyAsEver_IsJudgedAsWithoutItsDenominator()
    {
        var (with, without) = (new Shares("share", seed: 7), new Shares("share", seed: 7, by: null));
        foreach (var shares in (Shares[])[with, without])
        {
            shares.Learn(30_000);
            for (var i = 0; i < 4; i++) shares.Send(30_000, 0.05);
        }

        Assert.That(with.Events.Select(e => (e.Type, e.Onset, e.DetectedAt)), Is.EqualTo(without.Events.Select(e => (e.Type, e.Onset,
            e.DetectedAt))).And.Not.Empty);
    }

    // Whoever does not say of how many it is, is of as many as ever.
    [TestCase(null)]
    [TestCase("\"NaN\"")]
    [TestCase("-5")]
    [TestCase("\"inf\"")]
    public void AShareWhoseDenominatorIsNotKnown_CountsAsItIs(string? denominator)
    {
        var shares = new Shares("share", seed: 9);
        shares.Learn(60);
        for (var i = 0; i < 5; i++) shares.SendText(denominator, 1);
        Assert.That(shares.Events.Select(e => e.Type), Has.Some.EqualTo(AlertEventType.Opened));
    }

    [Test]
    public void AShareOfNothing_SaysNothing([Values(0.0, 1.0, double.NaN)] double share)
    {
        var shares = new Shares("share", seed: 11);
        shares.Learn(60);
        for (var i = 0; i < 300; i++) shares.Send(0, share);
        Assert.That(shares.Events.Select(e => e.English.Summary), Is.Empty);
        shares.Forget();
        for (var i = 0; i < 5; i++) shares.Send(60, 1);
        Assert.That(shares.Events.Select(e => e.Type), Has.Some.EqualTo(AlertEventType.Opened));
    }

    [Test]
    public void AShareOfNothing_LeavesAnOpenAlertOpenForAsLongAsSilenceDoes()
    {
        var shares = new Shares("share", seed: 12);
        shares.Learn(60);
        for (var i = 0; i < 5; i++) shares.Send(60, 1);
        Assert.That(shares.Events, Has.Count.EqualTo(1));
        for (var i = 0; i < 15; i++) shares.Send(0, 0);
        Assert.That(shares.Ended, Is.Empty);
        for (var i = 0; i < 30; i++) shares.Send(60, 0.02);
        Assert.That(shares.Events[^1].EndedReason, Is.EqualTo(EndedReason.Recovered));
    }

    // Twenty intervals and ten minutes, as of a series that is silent. Whether it is critical, or came back in between, is no matter.
    [Test]
    public void AShareOfNothing_ThatLasts_EndsAnOpenAlertAsGone([Values(0.0, 1.0)] double share, [Values(0, 3)] int returns)
    {
        var shares = new Shares("share", seed: 12);
        shares.Learn(60);
        for (var i = 0; i < 40; i++) shares.Send(60, 1);
        Assert.That(shares.Events[^1].Severity, Is.EqualTo(AlertSeverity.Critical));
        for (var round = 0; round < returns; round++)
        {
            for (var i = 0; i < 18; i++) shares.Send(0, share);
            shares.Send(60, 1);
        }

        for (var i = 0; i < 19; i++) shares.Send(0, share);
        Assert.That(shares.Ended, Is.Empty);
        for (var i = 0; i < 3; i++) shares.Send(0, share);
        var end = shares.Ended.Single();
        Assert.That(end.EndedReason, Is.EqualTo(EndedReason.Gone));
        Assert.That(end.English.Summary, Does.EndWith(" counts nothing: of is 0; it did not recover"));
        Assert.That(end.Chinese.Summary, Does.EndWith("已无可统计的对象：of 为 0，未见恢复"));

        shares.Restore();
        for (var i = 0; i < 100; i++) shares.Send(0, share);
        Assert.That(shares.Ended, Has.Count.EqualTo(1), "it neither opens nor ends once more");
        for (var i = 0; i < 40; i++) shares.Send(60, 0.02);
        for (var i = 0; i < 10; i++) shares.Send(60, 1);
        Assert.That(shares.Events[^1].Type, Is.Not.EqualTo(AlertEventType.Resolved), "it opens where it was well in between");
    }

    // There is no spread to weigh by, and 0 by 0 is no weight.
    [Test]
    public void AMeanThatNeverChanged_IsJudgedThroughout([Values("mean_wait_s", "share", "pct")] string unit)
    {
        var shares = new Shares(unit, seed: 21);
        for (var i = 0; i < 300; i++) shares.Send(i % 3 == 2 ? 99 : 100, 0.5);
        for (var i = 0; i < 20; i++) shares.Send(100, 0.9);
        Assert.That(shares.Events.Select(e => e.Type), Has.Some.EqualTo(AlertEventType.Opened));
    }

    [Test]
    public void ADenominatorOfAnySize_KeepsTheStateFinite([Values(1e-300, 1e300)] double count)
    {
        var shares = new Shares("mean_wait_s", seed: 22);
        for (var i = 0; i < 200; i++) shares.SendText(count.ToString("R", CultureInfo.InvariantCulture), i % 7 == 0 ? 1e200 : 1e-200);
        Assert.That(shares.Restore, Throws.Nothing);
    }

    // Before the share or behind it, in its message or in another one.
    [Test]
    public void ADenominator_CountsWhereverItStands([Values] Place place)
    {
        var shares = new Shares("share", seed: 13, place: place);
        shares.Learn(60);
        for (var i = 0; i < 100; i++) shares.Send(1, i % 9 == 0 ? 1 : 0);
        Assert.That(shares.Events.Select(e => e.English.Summary), Is.Empty);
    }

    // 1/√n: a mean of a sixteenth as many strays four times as far.
    [TestCase(1000, 1.0, false)]
    [TestCase(60, 4.0, false)]
    [TestCase(60, 30.0, true)]
    [TestCase(1000, 9.0, true)]
    public void AMeanOfFew_MayStrayFurther(int count, double times, bool isNews)
    {
        var means = new Shares("mean_latency_ms", seed: 15);
        var random = new Random(15);
        for (var i = 0; i < Learned; i++) means.Send(1000, 100 + Normal.Sample(random, 0, 3));
        for (var i = 0; i < 200; i++) means.Send(count, 100 + (times * Normal.Sample(random, 0, 3)));
        Assert.That(means.Events.Exists(e => e.Type == AlertEventType.Opened), Is.EqualTo(isNews));
    }

    public enum Place
    {
        Before,
        Behind,
        Another,
    }

    private sealed class Shares(string unit, int seed, string? by = "of", Place place = Place.Behind)
    {
        private readonly Random _random = new(seed);
        private readonly PipelineTestDriver _driver = New(unit, by);

        /// <summary>Those of the share or mean; its denominator has alerts of its own.</summary>
        public List<AlertEvent> Events => _driver.Events.FindAll(e => e.Metric == NameOf(unit));

        /// <summary>The ends of its alerts.</summary>
        public List<AlertEvent> Ended => Events.FindAll(e => e.Type == AlertEventType.Resolved);

        /// <summary>Reads a snapshot of the partition.</summary>
        public void Restore() => SnapshotBytes.Load(SnapshotBytes.Of(_driver.Pipeline).Bytes, New(unit, by).Pipeline);

        public void Forget() => _driver.Events.Clear();

        public void Learn(int usual)
        {
            for (var i = 0; i < Learned; i++) Send(usual, Binomial.Sample(_random, 0.02, usual) / (double)usual);
        }

        public void Send(int count, double share) => SendText(count.ToString(CultureInfo.InvariantCulture), share);

        public void SendText(string? count, double share)
        {
            _driver.Now += TimeSpan.FromMinutes(2);
            var value = share * (unit == "pct" ? 100 : 1);
            var number = double.IsNaN(value) ? "\"NaN\"" : value.ToString("R", CultureInfo.InvariantCulture);
            var (own, other) = ($"\"{NameOf(unit)}\":{number}", count is null ? "\"x\":1" : $"\"of\":{count}");
            if (place == Place.Another) Message(other);
            Message(place switch { Place.Before => $"{other},{own}", Place.Behind => $"{own},{other}", _ => own });
        }

        private static PipelineTestDriver New(string unit, string? by) =>
            new(policies: new([new([Matcher.Of("metric", MatchOperator.Equal, NameOf(unit))], new() { WeightBy = by })],
                PolicySettings.None, PresetCatalog.Default));

        private static string NameOf(string unit) => unit switch { "share" => "share_ratio", "pct" => "share_pct", _ => unit };

        private void Message(string metrics) =>
            Assert.That(_driver.Send($$$"""{"model":"m","ts":"{{{_driver.Now}}}","metrics":{ {{{metrics}}} } }""").IsAccepted, Is.True);
    }
}
