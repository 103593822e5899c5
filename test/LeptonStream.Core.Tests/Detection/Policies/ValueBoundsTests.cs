using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Policies.Presets;
using LeptonStream.Series;

namespace LeptonStream.Core.Tests.Detection.Policies;

public sealed class ValueBoundsTests
{
    [TestCase("error_rate", 0, 1)]
    [TestCase("kv_cache_usage_perc", 0, 1)]
    [TestCase("num_requests_waiting", 0, double.PositiveInfinity)]
    [TestCase("DCGM_FI_DEV_ECC_SBE_VOL_TOTAL", 0, double.PositiveInfinity)]
    [TestCase("DCGM_FI_DEV_GPU_UTIL", 0, 100)]
    [TestCase("accelerator_nvidia_power_used_percent", 0, double.PositiveInfinity)]
    [TestCase("DCGM_FI_DEV_GPU_TEMP", double.NegativeInfinity, double.PositiveInfinity)]
    [TestCase("loss", double.NegativeInfinity, double.PositiveInfinity)]
    [TestCase("DCGM_FI_DEV_XID_ERRORS", double.NegativeInfinity, double.PositiveInfinity)]
    [TestCase("our_latency_ms", 0, double.PositiveInfinity)]
    [TestCase("our_cpu_percent", 0, double.PositiveInfinity)]
    [TestCase("clock_offset_seconds", double.NegativeInfinity, double.PositiveInfinity)]
    [TestCase("our_own_metric", double.NegativeInfinity, double.PositiveInfinity)]
    public void BoundsOfAMetric_AreThoseOfItsNature(string metric, double lower, double upper) =>
        Assert.That(PolicySet.Default.For(new("m", metric, LabelSet.Empty)).Bounds, Is.EqualTo(new ValueBounds(lower, upper)));

    [Test]
    public void EveryEntryOfTheCatalogue_HasAKindAndItsLimitInItsRange()
    {
        foreach (var source in Enum.GetValues<MetricSource>())
            foreach (var entry in PresetCatalog.TableOf(source))
            {
                Assert.That(CanonicalMetrics.KindOf(entry.Canonical), Is.Not.EqualTo(MetricKind.Other), entry.Canonical);
                var range = CanonicalMetrics.BoundsOf(entry.Canonical, entry.Unit, entry.Settings.Type ?? MetricType.Gauge);
                if (entry.Settings.Limit is { } limit) Assert.That(range.Contains(limit.Value), Is.True, entry.Canonical);
            }
    }

    [TestCase(-0.5, 0)]
    [TestCase(0.5, 0.5)]
    [TestCase(1.5, 1)]
    [TestCase(double.NaN, double.NaN)]
    public void Clamp_StaysInside(double value, double inside) => Assert.That(ValueBounds.Share.Clamp(value), Is.EqualTo(inside));
}
