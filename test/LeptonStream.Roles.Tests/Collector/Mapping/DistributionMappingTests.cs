using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Points;
using NUnit.Framework;
using static LeptonStream.Roles.Tests.Collector.Mapping.MappingPayload;

namespace LeptonStream.Roles.Tests.Collector.Mapping;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class DistributionMappingTests
{
    private static readonly double[] Bounds = [0.1, 1];

    private readonly PointMapper _mapper = new(CollectorConfig.Default);

    [Test]
    public void Map_ACumulativeHistogram_GivesRateMeanAndQuantilesOfTheTimeBetween()
    {
        Assert.That(DropsOf(Point(0, [5, 5, 0], 3)), Is.EqualTo(new[] { "Baseline h{job=\"j\"}" }));
        Assert.That(SamplesOf(Point(10, [15, 15, 0], 8)), Is.EqualTo(new[]
        {
            "j h_count_per_second 2", "j h_mean 0.25", "j h_p50 0.1", "j h_p90 0.82", "j h_p99 0.982",
        }));
    }

    [Test]
    public void Map_AHistogramWithoutNewObservations_GivesARateOfZeroAndNothingElse()
    {
        Point(0, [5, 5, 0], 3);
        var mapped = Point(10, [5, 5, 0], 3);
        Assert.That(SamplesOf(mapped), Is.EqualTo(new[] { "j h_count_per_second 0" }));
        Assert.That(mapped.CountOf(DropReason.NoTraffic), Is.EqualTo(1));
    }

    [Test]
    public void Map_AHistogramThatBeganAgain_IsABaseline()
    {
        Point(0, [5, 5, 0], 3);
        Assert.That(Point(10, [6, 4, 9], 3).CountOf(DropReason.Reset), Is.EqualTo(1), "a bucket fell, though the count rose");
        Assert.That(SamplesOf(Point(20, [7, 4, 9], 3)), Has.Some.EqualTo("j h_count_per_second 0.1"));
    }

    [Test]
    public void Map_BoundsThatChanged_AreABaseline()
    {
        Point(0, [5, 5, 0], 3);
        var other = new MappingPayload().Histogram("h{job=j}", 10, [0.2, 1], [9, 9, 0], 5).MapBy(_mapper);
        Assert.That(other.CountOf(DropReason.BadHistogram), Is.EqualTo(1));
    }

    [Test]
    public void Map_ADeltaHistogram_NeedsNoBaselineWhereItSaysItsStart()
    {
        var mapped = new MappingPayload().Histogram("h{job=j}", 10, Bounds, [10, 0, 0], 0.5, Temporality.Delta, start: 0).MapBy(_mapper);
        Assert.That(SamplesOf(mapped), Is.EqualTo(new[]
        {
            "j h_count_per_second 1", "j h_mean 0.05", "j h_p50 0.05", "j h_p90 0.09", "j h_p99 0.099",
        }));
    }

    [Test]
    public void Map_AnExponentialHistogramThatBecameCoarser_IsComparedAtTheCoarserScale()
    {
        new MappingPayload().Exponential("h{job=j}", 0, scale: 1, offset: 0, [4, 4, 0, 0]).MapBy(_mapper);
        var mapped = new MappingPayload().Exponential("h{job=j}", 10, scale: 0, offset: 0, [8, 10], zero: 0).MapBy(_mapper);
        Assert.That(SamplesOf(mapped), Is.EqualTo(new[]
        {
            "j h_count_per_second 1", "j h_p50 2.828427125", "j h_p90 3.732131966", "j h_p99 3.972369982",
        }));
    }

    // The detector refuses a message that has a name twice.
    [TestCase(0.5)]
    [TestCase(0.500000000000001, Description = "differs by less than names tell")]
    public void Map_ASummaryWithAQuantileTwice_TakesTheFirst(double again)
    {
        for (var i = 0; i < 2; i++)
        {
            var mapped = new MappingPayload().Summary("s{job=j}", i * 10, 10, 5, (0.5, 0.4), (again, 0.6), (0.9, 0.7)).MapBy(_mapper);
            Assert.That(SamplesOf(mapped).Where(sample => sample.Contains(" s_p", StringComparison.Ordinal)),
                Is.EqualTo(new[] { "j s_p50 0.4", "j s_p90 0.7" }));
        }
    }

    [Test]
    public void Map_ASummary_GivesItsQuantilesButNoneWithoutTraffic()
    {
        new MappingPayload().Summary("s{job=j}", 0, 10, 5, (0.5, 0.4), (0.99, 2.1)).MapBy(_mapper);
        var mapped = new MappingPayload().Summary("s{job=j}", 10, 20, 10, (0.5, 0.6), (0.99, double.NaN)).MapBy(_mapper);
        Assert.That(SamplesOf(mapped), Is.EquivalentTo(new[] { "j s_p50 0.6", "j s_count_per_second 1", "j s_mean 0.5" }));
        var silent = new MappingPayload().Summary("s{job=j}", 20, 20, 10, (0.5, double.NaN), (0.99, double.NaN)).MapBy(_mapper);
        Assert.That((SamplesOf(silent).Single(), silent.CountOf(DropReason.NoTraffic)), Is.EqualTo(("j s_count_per_second 0", 1)));
    }

    [Test]
    public void Map_AQuantileAsLabel_IsPartOfTheNameAndNaNIsNoTraffic()
    {
        var mapped = new MappingPayload().Gauge("s{job=j,quantile=0.99}", 0, 2.5).Gauge("s{job=j,quantile=0.999}", 0, double.NaN)
            .MapBy(_mapper);
        Assert.That(SamplesOf(mapped), Is.EqualTo(new[] { "j s_p99 2.5" }));
        Assert.That(mapped.CountOf(DropReason.NoTraffic), Is.EqualTo(1));
    }

    [Test]
    public void Map_PartsOfAHistogram_AreJoinedAcrossPointsAndPayloads()
    {
        Parts(0, 10).MapBy(_mapper);
        var whole = Parts(10, 30).MapBy(_mapper);
        Assert.That(SamplesOf(whole), Is.EqualTo(new[]
        {
            "m infer.ttft_s_count_per_second 2", "m infer.ttft_s_mean 0.5", "m infer.ttft_s_p50 0.1", "m infer.ttft_s_p90 0.82",
            "m infer.ttft_s_p99 0.982",
        }));
        Assert.That(whole.CountOf(DropReason.Joined), Is.EqualTo(5));

        var half = new MappingPayload().Part(Ttft("_bucket", "0.1"), 20, 25).Part(Ttft("_sum"), 20, 25).MapBy(_mapper);
        Assert.That(half.SampleCount, Is.Zero);
        var rest = new MappingPayload().Part(Ttft("_bucket", "1"), 20, 50).Part(Ttft("_bucket", "+Inf"), 20, 50)
            .Part(Ttft("_count"), 20, 50);
        Assert.That(SamplesOf(rest.MapBy(_mapper))[0], Is.EqualTo("m infer.ttft_s_count_per_second 2"));
    }

    [Test]
    public void Map_PartsThatNeverCame_AreSaidWithTheNextAndDisturbNothing()
    {
        Parts(0, 10).MapBy(_mapper);
        new MappingPayload().Part(Ttft("_bucket", "0.1"), 10, 7).MapBy(_mapper);
        var next = Parts(20, 50).MapBy(_mapper);
        Assert.That(next.CountOf(DropReason.IncompleteHistogram), Is.EqualTo(1));
        Assert.That(SamplesOf(next)[0], Is.EqualTo("m infer.ttft_s_count_per_second 2"));
    }

    [Test]
    public void Map_SeveralTimesOfAFamilyInOnePayload_AreEachTheirOwn()
    {
        var payload = new MappingPayload();
        foreach (var part in new[] { "0.1", "1", "+Inf" })
            foreach (var time in new[] { 0, 10, 20 }) payload.Part(Ttft("_bucket", part), time, (part == "0.1" ? 1 : 2) * (time + 10));
        foreach (var time in new[] { 0, 10, 20 }) payload.Part(Ttft("_count"), time, 2 * (time + 10));
        var mapped = payload.MapBy(_mapper);
        Assert.That(SamplesOf(mapped).Where(sample => sample.Contains("per_second", StringComparison.Ordinal)), Is.EqualTo(new[]
        {
            "m infer.ttft_s_count_per_second 2", "m infer.ttft_s_count_per_second 2",
        }));
    }

    [Test]
    public void Map_SumAndCountWithoutBuckets_GiveRateAndMean()
    {
        new MappingPayload().Part("x_sum{job=j}", 0, 1).Part("x_count{job=j}", 0, 1).MapBy(_mapper);
        var mapped = new MappingPayload().Part("x_sum{job=j}", 10, 6).Part("x_count{job=j}", 10, 11).MapBy(_mapper);
        Assert.That(SamplesOf(mapped), Is.EqualTo(new[] { "j x_count_per_second 1", "j x_mean 0.5" }));
    }

    [Test]
    public void Map_UntypedSumAndCount_BelongToTheHistogramOfTheirNameIfThereIsOne()
    {
        foreach (var time in new[] { 0, 10 })
        {
            var payload = new MappingPayload().Part("h_bucket{job=j,le=1}", time, time).Part("h_bucket{job=j,le=+Inf}", time, time)
                .Untyped("h_sum{job=j}", time, time / 2.0).Untyped("h_count{job=j}", time, time);
            var mapped = payload.Untyped("gpu_count{job=j}", time, 8).MapBy(_mapper);
            // Whether a count belongs to a histogram shows when a second time of it comes.
            string[] next = ["j gpu_count 8", "j h_count_per_second 1", "j h_mean 0.5", "j h_p50 0.5", "j h_p90 0.9", "j h_p99 0.99"];
            Assert.That(SamplesOf(mapped), Is.EquivalentTo(time == 0 ? [] : (string[])["j gpu_count 8", .. next]));
        }
    }

    private MappedBatch Point(double seconds, double[] counts, double sum) =>
        new MappingPayload().Histogram("h{job=j}", seconds, Bounds, counts, sum).MapBy(_mapper);

    private static MappingPayload Parts(double seconds, double count) => new MappingPayload()
        .Part(Ttft("_bucket", "0.1"), seconds, count / 2).Part(Ttft("_bucket", "1"), seconds, count)
        .Part(Ttft("_bucket", "+Inf"), seconds, count).Part(Ttft("_sum"), seconds, count / 2).Part(Ttft("_count"), seconds, count);

    /// <summary>
    /// As remote write sends a summary: its quantiles, sum and count are series, in any order. Where it says no types, a sum and a count
    /// without buckets are metrics of their own.
    /// </summary>
    [TestCase(true, true)]
    [TestCase(true, false)]
    [TestCase(false, true)]
    [TestCase(false, false)]
    public void Map_ASummaryInParts_KeepsItsQuantilesBesideItsRateAndMean(bool isTyped, bool quantilesFirst)
    {
        var mapper = new PointMapper(CollectorConfig.Default);
        var samples = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            var payload = new MappingPayload();
            if (quantilesFirst) Quantiles(payload, i);
            if (isTyped) payload.Part("lag_sum{model=m}", i * 10, i * 6).Part("lag_count{model=m}", i * 10, i * 20);
            else payload.Untyped("lag_sum{model=m}", i * 10, i * 6).Untyped("lag_count{model=m}", i * 10, i * 20);
            if (!quantilesFirst) Quantiles(payload, i);
            var mapped = payload.MapBy(mapper);
            samples.AddRange(SamplesOf(mapped));
            Assert.That(mapped.CountOf(DropReason.Collision), Is.Zero);
        }

        Assert.That(samples.Where(sample => sample.Contains("p50", StringComparison.Ordinal)), Has.Exactly(4).EqualTo("m lag_p50 0.25"));
        var others = isTyped ? (string[])["m lag_count_per_second 2", "m lag_mean 0.3"] : ["m lag_sum 12", "m lag_count 40"];
        foreach (var other in others) Assert.That(samples, Has.Member(other));

        static void Quantiles(MappingPayload payload, int i) => payload.Untyped("lag{model=m,quantile=0.5}", i * 10, 0.25)
            .Untyped("lag{model=m,quantile=0.99}", i * 10, 1.5);
    }

    private static string Ttft(string ending, string? bound = null) =>
        $"vllm:time_to_first_token_seconds{ending}{{model_name=m{(bound is null ? "" : $",le={bound}")}}}";
}
