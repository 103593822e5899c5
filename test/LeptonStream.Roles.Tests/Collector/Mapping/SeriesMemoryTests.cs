using System.Globalization;
using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Mapping.Store;
using LeptonStream.Collector.Points;

namespace LeptonStream.Roles.Tests.Collector.Mapping;

/// <summary>The memory of series is bounded by bytes, whatever their labels hold, and given back.</summary>
public sealed class SeriesMemoryTests
{
    private const int Hour = 3600;

    [TestCase(15, 30, 20_000)]
    [TestCase(60, 4000, 500)]
    public void Map_Series_TakeNoMoreThanIsSaid(int attributes, int length, int series)
    {
        const long Limit = 64 << 20;
        var memory = new SeriesMemory(Limit);
        var mapper = new PointMapper(CollectorConfig.Default, null, memory);
        var mapped = new MappedBatch(0);
        Fill(mapper, attributes, length, series, mapped);
        Assert.That(mapped.CountOf(DropReason.Collision), Is.Zero);
        mapped = new MappedBatch(0);
        var (said, count) = (memory.Used, mapper.SeriesCount);
        var bytes = GC.GetTotalMemory(forceFullCollection: true);
        mapper.Forget();
        bytes -= GC.GetTotalMemory(forceFullCollection: true);
        TestContext.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{count} series, {bytes / count} bytes each, said {said / count}"));
        Assert.That(said, Is.LessThanOrEqualTo(Limit + 100_000));
        Assert.That(said, Is.GreaterThan(bytes / 2), "bytes are not said");
        GC.KeepAlive(mapper);
        GC.KeepAlive(mapped);
    }

    [Test]
    public void Map_BeyondTheBytes_RefusesNewSeriesAndTakesKnownOnes()
    {
        var memory = new SeriesMemory(1 << 20);
        var mapper = new PointMapper(CollectorConfig.Default, null, memory);
        var mapped = new MappedBatch(0);
        Fill(mapper, 15, 30, 5000, mapped);
        Assert.That(mapped.CountOf(DropReason.TooManySeries), Is.GreaterThan(1000));
        Assert.That(mapper.SeriesCount, Is.GreaterThan(100));
        mapper.Forget();
        Assert.That(memory.Used, Is.Zero);
    }

    // However many senders make up series all the time, their neighbours' series stay, and new ones of theirs come in.
    [TestCase(1)]
    [TestCase(12)]
    public void Map_BesideSendersThatMakeUpSeries_IsRefusedNothing(int exploding)
    {
        const int Limit = 16 << 20;
        var memory = new SeriesMemory(Limit);
        PointMapper[] mappers = [.. Enumerable.Range(0, exploding).Select(_ => new PointMapper(CollectorConfig.Default, null, memory))];
        var neighbour = new PointMapper(CollectorConfig.Default, null, memory);
        for (var minute = 0; minute < 40; minute++)
        {
            foreach (var mapper in mappers)
            {
                var many = new MappingPayload();
                for (var i = 0; i < 2000; i++) many.Gauge($"g{{job=j,request={minute}-{i}}}", minute * 60, 1);
                many.MapBy(mapper, received: minute * 60);
            }

            var few = new MappingPayload();
            for (var i = 0; i <= minute / 3; i++) few.Total($"t_total{{job=n,gpu={i}}}", minute * 60, minute);
            var mapped = few.MapBy(neighbour, received: minute * 60);
            Assert.That(mapped.CountOf(DropReason.TooManySeries), Is.Zero);
            // A total whose state had gone would begin again.
            if (minute > 0) Assert.That(mapped.SampleCount, Is.EqualTo(((minute - 1) / 3) + 1));
            Assert.That(memory.Used, Is.LessThanOrEqualTo(Limit + 2000));
        }

        Assert.That(mappers[0].ForgottenCount, Is.Positive, "a sender's silent series make room for its own");
    }

    [Test]
    public void Map_WhateverEnded_GivesItsBytesBack()
    {
        var memory = new SeriesMemory(1 << 20);
        var mapper = new PointMapper(CollectorConfig.Default, null, memory);
        for (var i = 0; i < 3; i++)
        {
            new MappingPayload().Gauge("g{job=j}", i * 10, 1).Part("h_bucket{job=j,le=1}", i * 10, 1)
                .Part("h_bucket{job=j,le=+Inf}", i * 10, 1).Part("h_count{job=j}", i * 10, 1)
                .Summary("s{job=j}", i * 10, 1, 1, (0.5, 1)).Untyped("k_count{job=j}", i * 10, 1).MapBy(mapper);
        }

        Assert.That(memory.Used, Is.Positive);
        new MappingPayload().Gauge("other{job=j}", 27 * Hour, 1).MapBy(mapper);
        Assert.That(mapper.SeriesCount, Is.EqualTo(1), "those that were silent for a day are forgotten");
        new MappingPayload().Stale(PointKind.Gauge, "other{job=j}", (27 * Hour) + 10).MapBy(mapper);
        Assert.That((mapper.SeriesCount, memory.Used), Is.EqualTo((0, 0L)));
    }

    // Each point has an attribute of its own, and those of its resource.
    private static void Fill(PointMapper mapper, int attributes, int length, int series, MappedBatch into)
    {
        const int Together = 500;
        var points = new PointBatch();
        for (var i = 0; i < series; i++)
        {
            if (i % Together == 0) points.Clear();
            var first = points.LabelCount;
            Label(points, "job", "j");
            for (var a = 0; a < attributes; a++) Label(points, $"attribute_{a:00}", new string((char)('a' + (a % 26)), length));
            var resource = points.LabelsSince(first);
            first = points.LabelCount;
            // The first by name: the 33rd label is left out.
            Label(points, "a", $"{i}");
            ref var point = ref points.Add();
            point.Name = points.AddText("gauge_of_the_test"u8);
            (point.Resource, point.Labels) = (resource, points.LabelsSince(first));
            (point.Kind, point.Value, point.Time) = (PointKind.Gauge, 1, MappingPayload.At(i / Together));
            if (i % Together == Together - 1 || i == series - 1)
            {
                mapper.Map(points, new SourceContext("test"), MappingPayload.At(i / Together), into);
                into.Withhold();
            }
        }
    }

    private static void Label(PointBatch points, string name, string value) => points.AddLabel(
        points.AddText(System.Text.Encoding.UTF8.GetBytes(name)), points.AddText(System.Text.Encoding.UTF8.GetBytes(value)));
}
