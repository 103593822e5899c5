using LeptonStream.Alerts;
using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Mapping.Store;
using LeptonStream.Collector.Points;
using LeptonStream.Samples;
using static LeptonStream.Roles.Tests.Collector.Mapping.MappingPayload;

namespace LeptonStream.Roles.Tests.Collector.Mapping;

/// <summary>Series end as Prometheus ends them, and the detector hears of it.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class SeriesEndTests
{
    private readonly PointMapper _mapper = new(CollectorConfig.Default);
    private readonly PageSeries _page = new();
    private readonly MappedBatch _ends = new();
    private double _now;

    [Test]
    public void EndMissing_ASeriesThatLeftItsPage_EndsAndIsForgotten()
    {
        Scrape(new MappingPayload().Gauge("a{job=j}", 0, 1).Gauge("b{job=j}", 0, 1), 0);
        Assert.That(Ended(0, isRead: true), Is.Empty);
        Scrape(new MappingPayload().Gauge("a{job=j}", 15, 1), 15);

        Assert.That(Ended(15, isRead: true), Is.EqualTo(new[] { "b of j" }));
        Assert.That((_mapper.SeriesCount, _page.Count), Is.EqualTo((1, 1)));
        Assert.That(Ended(15, isRead: true), Is.Empty, "once");
    }

    [Test]
    public void EndMissing_APageThatCannotBeHad_EndsItsSeriesOnceAndTotalsGoOnBehindTheHole()
    {
        Scrape(new MappingPayload().Total("t_total{job=j}", 0, 100).Gauge("g{job=j}", 0, 1), 0);
        Scrape(new MappingPayload().Gauge("up{job=j}", 15, 0), 15);
        Assert.That(Ended(15, isRead: false), Is.EquivalentTo(new[] { "t_per_second of j", "g of j" }));
        Scrape(new MappingPayload().Gauge("up{job=j}", 30, 0), 30);
        Assert.That(Ended(30, isRead: false), Is.Empty, "they have ended");

        var back = Scrape(new MappingPayload().Total("t_total{job=j}", 45, 145).Gauge("g{job=j}", 45, 1), 45);

        Assert.That(SamplesOf(back), Is.EqualTo(new[] { "j t_per_second 1", "j g 1" }));
        Scrape(new MappingPayload().Gauge("up{job=j}", 60, 0), 60);
        Assert.That(Ended(60, isRead: false), Is.EquivalentTo(new[] { "t_per_second of j", "g of j" }), "and end once more");
    }

    /// <summary>DCGM's exporter shows the last error in labels too, and the pod that has the GPU.</summary>
    [Test]
    public void EndMissing_ASeriesWhoseStateChanged_GoesOnAndDoesNotEnd()
    {
        Scrape(Gpu("err_code=0", 0), 0);
        Ended(0, isRead: true);
        Scrape(Gpu("err_code=31", 31), 15);
        Assert.That(Ended(15, isRead: true), Is.Empty);

        Assert.That(SamplesOf(Scrape(Gpu("err_code=31", 31), 30)), Is.EqualTo(new[] { "m{gpu=\"0\"} gpu.xid 31" }));
        Assert.That(Ended(30, isRead: true), Is.Empty);
        Assert.That((_mapper.SeriesCount, _page.Count), Is.EqualTo((1, 1)));

        MappingPayload Gpu(string state, int value) =>
            new MappingPayload().Gauge($"DCGM_FI_DEV_XID_ERRORS{{exported_job=m,gpu=0,{state}}}", value == 0 ? 0 : _now += 15, value);
    }

    [Test]
    public void EndMissing_WithoutItsTarget_EndsAllMetricsOfAHistogramToo()
    {
        Scrape(new MappingPayload().Summary("s{job=j}", 0, 1, 1, (0.99, 2)).Gauge("up{job=j}", 0, 1), 0);
        _ends.Clear();
        _mapper.EndMissing(_page, long.MaxValue, At(20), isRead: true, _ends);

        Assert.That(_ends.Ended.ToArray().Select(ended => ended.Series.Metric), Is.SupersetOf(new[] { "up", "s_p99", "s_mean" }));
        Assert.That(_ends.Ended.ToArray().Select(ended => ended.Time).Distinct(), Is.EqualTo(new[] { At(20) }));
        Assert.That(_mapper.SeriesCount, Is.Zero);
    }

    // Two pages with the same job and labels: each has the metrics of its process.
    [Test]
    public void EndMissing_ASeriesThatTwoPagesHave_IsKeptOnceAndEndsWithTheLastOfThem()
    {
        var other = new PageSeries();
        for (var i = 0; i < 20; i++)
        {
            Scrape(new MappingPayload().Gauge("shared{job=j}", 30 * i, 1), 30 * i);
            Assert.That(Ended(30 * i, isRead: true), Is.Empty);
            var at = (30 * i) + 15;
            new MappingPayload().Gauge("shared{job=j}", at, 1).MapBy(_mapper, new SourceContext("test") { Page = other }, at);
            _mapper.EndMissing(other, At(at), At(at), isRead: true, _ends);
        }

        Assert.That((_page.Count, other.Count), Is.EqualTo((1, 1)));
        Assert.That(Ended(700, isRead: true), Is.Empty, "it lives on the other page");
        Assert.That(_page.Count, Is.Zero);
        _ends.Clear();
        _mapper.EndMissing(other, At(700), At(700), isRead: true, _ends);
        Assert.That(_ends.Ended.Length, Is.EqualTo(1));
    }

    [Test]
    public void EndMissing_ByOtherRulesThanBefore_EndsNothing()
    {
        Scrape(new MappingPayload().Gauge("a{job=j}", 0, 1), 0);
        var other = new PointMapper(CollectorConfig.Default);
        other.EndMissing(_page, At(15), At(15), isRead: true, _ends);
        Assert.That(_ends.Ended.Length, Is.Zero);
    }

    [Test]
    public void EndMissing_OfAPageInPart_LetsGoOfWhatIsForgottenAndEndsNothing()
    {
        Scrape(new MappingPayload().Gauge("a{job=j}", 0, 1).Gauge("b{job=j}", 0, 1), 0);
        new MappingPayload().Stale(PointKind.Gauge, "a{job=j}", 10).MapBy(_mapper);
        _ends.Clear();
        _mapper.EndMissing(_page, long.MinValue, At(15), isRead: true, _ends);
        Assert.That((_page.Count, _ends.Ended.Length), Is.EqualTo((1, 0)));
    }

    [TestCase("g{job=j}", PointKind.Gauge, "g of j")]
    [TestCase("t_total{job=j}", PointKind.Cumulative, "t_per_second of j")]
    [TestCase("t_total{job=j}", PointKind.Untyped, "t_per_second of j")]
    public void AStaleMarker_OfASeriesThatAnotherReplicaHad_IsPassedOnAndKeepsNothing(string series, PointKind kind, string ended)
    {
        var batch = new MappingPayload().Stale(kind, series, 10).MapBy(_mapper);

        Assert.That(batch.Ended.ToArray().Select(end => end.Series.ToString()), Is.EqualTo(new[] { ended }));
        Assert.That((_mapper.SeriesCount, batch.Messages.Length), Is.EqualTo((0, 0)));
    }

    [TestCase("prometheus_remote_write")]
    [TestCase("otlp_proto")]
    public void AStaleMarker_EndsTheAlertOfItsSeriesAsGone(string format)
    {
        var partition = new CollectedPartition();
        var (at, random) = (Timestamp.FromUnixSeconds(1_790_553_600), new Random(2));
        for (var i = 0; i < 700; i++, at += TimeSpan.FromSeconds(15))
            partition.Take(format, TroublePayloads.Of(format, "x", (i < 660 ? 50 : 500) + random.NextDouble(), at)!, at);
        Assert.That(partition.Opened, Has.Count.EqualTo(1), "it goes far up");

        partition.Take(format, TroublePayloads.Stale(format, "x", at), at);
        var ended = at;
        for (var i = 0; i < 12; i++, at += TimeSpan.FromSeconds(15))
            partition.Take("influx", TroublePayloads.Of("influx", "other", 1, at)!, at);

        var last = partition.Events[^1];
        Assert.That(last.EndedReason, Is.EqualTo(EndedReason.Gone));
        Assert.That(last.DetectedAt - ended, Is.InRange(TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2)));
    }

    [Test]
    public void AStaleMarkerOfAScrapeThatFailedOnce_EndsNoAlert()
    {
        var partition = new CollectedPartition();
        var (at, random) = (Timestamp.FromUnixSeconds(1_790_553_600), new Random(2));
        for (var i = 0; i < 760; i++, at += TimeSpan.FromSeconds(15))
        {
            const string Format = "prometheus_remote_write";
            partition.Take(Format, i == 700 ? TroublePayloads.Stale(Format, "x", at)
                : TroublePayloads.Of(Format, "x", (i < 660 ? 50 : 500) + random.NextDouble(), at)!, at);
        }

        Assert.That(partition.Events.Where(e => !e.IsProgress).Select(e => e.EndedReason), Is.All.Null);
    }

    private MappedBatch Scrape(MappingPayload payload, double seconds) =>
        payload.MapBy(_mapper, new SourceContext("test") { Page = _page }, seconds);

    private string[] Ended(double seconds, bool isRead)
    {
        _ends.Clear();
        _mapper.EndMissing(_page, At(seconds), At(seconds), isRead, _ends);
        return [.. _ends.Ended.ToArray().Where(ended => ended.Series.Metric != "up").Select(ended => ended.Series.ToString())];
    }
}
