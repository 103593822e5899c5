using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Points;
using static LeptonStream.Roles.Tests.Collector.Mapping.MappingPayload;

namespace LeptonStream.Roles.Tests.Collector.Mapping;

/// <summary>The parts of a histogram come in any number of payloads, in any order, and late: none of it makes up numbers.</summary>
public sealed class ScatteredFamilyTests
{
    private static readonly string[] Parts = ["_bucket:0.1", "_bucket:1", "_bucket:+Inf", "_sum", "_count"];

    private PointMapper _mapper = null!;
    private double _now;

    [SetUp]
    public void Begin() => (_mapper, _now) = (new(CollectorConfig.Default), 0);

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void Map_ShardsOfWhichOneLags_GivesTheNumbersOfTheWhole(int lag)
    {
        var samples = new List<string>();
        for (var i = 0; i < 40; i++)
        {
            samples.AddRange(Map(i, 0, 2));
            if (i >= lag) samples.AddRange(Map(i - lag, 2, 5));
        }

        AssertSound(samples);
        Assert.That(samples.Count(sample => sample.Contains("_p50", StringComparison.Ordinal)), Is.GreaterThan(25));
    }

    [Test]
    public void Map_PartsInRecordsOfTheirOwn_AreAHistogram()
    {
        var samples = new List<string>();
        for (var i = 0; i < 10; i++)
            for (var part = 0; part < 5; part++) samples.AddRange(Map(i, part, part + 1));
        AssertSound(samples);
        Assert.That(samples.Count(sample => sample.Contains("_p50", StringComparison.Ordinal)), Is.EqualTo(9));
    }

    [Test]
    public void Map_PayloadsThatComeTwice_DelayNothing()
    {
        var samples = new List<string>();
        for (var i = 0; i < 10; i++)
            for (var times = 0; times < 2; times++) samples.AddRange(Map(i, 0, 5));
        AssertSound(samples);
        Assert.That(samples.Count(sample => sample.Contains("_p50", StringComparison.Ordinal)), Is.EqualTo(9));
    }

    [Test]
    public void Map_BucketsThatAreGoneForGood_AreTheUsualOnesSoon()
    {
        for (var i = 0; i < 5; i++) Map(i, 0, 5);
        var samples = new List<string>();
        for (var i = 5; i < 15; i++) samples.AddRange(Map(i, 1, 5));
        Assert.That(samples.Count(sample => sample.Contains("_p50", StringComparison.Ordinal)), Is.GreaterThan(4));
    }

    [Test]
    public void Map_SumAndCountThatAreCalledSo_NeedNotComeTogether()
    {
        var samples = new List<string>();
        for (var i = 0; i < 10; i++)
        {
            samples.AddRange(SamplesOf(new MappingPayload().Untyped("gpu_sum{job=j}", i * 10, 1).MapBy(_mapper)));
            samples.AddRange(SamplesOf(new MappingPayload().Untyped("gpu_count{job=j}", (i * 10) - 3, 8).MapBy(_mapper)));
        }

        Assert.That(samples.Count(sample => sample == "j gpu_sum 1"), Is.EqualTo(10));
        Assert.That(samples.Count(sample => sample == "j gpu_count 8"), Is.EqualTo(10));
    }

    [Test]
    public void Map_TheEndOfABucket_EndsNoHistogram()
    {
        for (var i = 0; i < 3; i++) Map(i, 0, 5);
        var one = new MappingPayload().Stale(PointKind.Untyped, "h_bucket{job=j,le=0.1}", 30);
        one.Points.Last.Flags |= PointFlags.Part;
        Assert.That(one.MapBy(_mapper).Ended.Length, Is.Zero);
        var all = new MappingPayload();
        foreach (var part in Parts)
        {
            all.Stale(PointKind.Untyped, Named(part), 40);
            all.Points.Last.Flags |= PointFlags.Part;
        }

        Assert.That(all.MapBy(_mapper).Ended.ToArray().Select(ended => ended.Series.Metric).Distinct(), Has.Exactly(5).Items);
        Assert.That(_mapper.SeriesCount, Is.LessThanOrEqualTo(1));
    }

    [TestCase(PointKind.ExponentialHistogram)]
    [TestCase(PointKind.Untyped)]
    public void Map_TheEndOfAHistogram_EndsItWhateverItsMarkerIs(PointKind kind)
    {
        for (var i = 0; i < 3; i++) new MappingPayload().Histogram("h{job=j}", i * 10, [1, 2], [i, i, 0], i).MapBy(_mapper);
        var end = new MappingPayload().Stale(kind, "h{job=j}", 30);
        if (kind == PointKind.ExponentialHistogram) end.Points.Last.Temporality = Temporality.Cumulative;
        Assert.That(end.MapBy(_mapper).Ended.Length, Is.EqualTo(5));
        Assert.That(_mapper.SeriesCount, Is.Zero);
    }

    // Each interval has 10 observations: 5 to 0.1, 5 to 1.
    private string[] Map(int time, int from, int to)
    {
        var payload = new MappingPayload();
        foreach (var part in Parts[from..to])
        {
            var count = (time + 1) * 10.0;
            payload.Part(Named(part), time * 10, part.EndsWith(":0.1", StringComparison.Ordinal) || part == "_sum" ? count / 2 : count);
        }

        _now = Math.Max(_now, time * 10);
        return SamplesOf(payload.MapBy(_mapper, received: _now));
    }

    private static string Named(string part) =>
        part.Split(':') is [var ending, var bound] ? $"h{ending}{{job=j,le={bound}}}" : $"h{part}{{job=j}}";

    private static void AssertSound(List<string> samples) => Assert.That(samples.Distinct(), Is.SubsetOf(new[]
    {
        "j h_count_per_second 1", "j h_mean 0.5", "j h_p50 0.1", "j h_p90 0.82", "j h_p99 0.982",
    }));
}
