using LeptonStream.Collector.Mapping.Rates;
using NUnit.Framework;

namespace LeptonStream.Roles.Tests.Collector.Mapping;

public sealed class BucketQuantilesTests
{
    // By hand from the definition of histogram_quantile.
    [TestCase(0.5, new[] { 0.1, 1.0 }, new[] { 10.0, 10, 1 }, 0.145)]
    [TestCase(0.25, new[] { 0.1, 1.0 }, new[] { 10.0, 10, 1 }, 0.0525)]
    [TestCase(0.99, new[] { 0.1, 1.0 }, new[] { 10.0, 10, 1 }, 1.0)]
    [TestCase(0.5, new[] { -1.0, 1.0 }, new[] { 3.0, 1, 0 }, -1.0)]
    [TestCase(0.5, new[] { 1.0, 2.0, 4.0 }, new[] { 0.0, 0, 8, 0 }, 3.0)]
    [TestCase(0.5, new[] { 1.0 }, new[] { 0.0, 0 }, double.NaN)]
    [TestCase(0.5, new double[0], new[] { 4.0 }, double.NaN)]
    public void Linear_AHistogram_IsThatOfPrometheus(double quantile, double[] bounds, double[] counts, double expected) =>
        Assert.That(BucketQuantiles.Linear(bounds, counts, quantile), Is.EqualTo(expected).Within(1e-12));

    [Test]
    public void Linear_ManyObservations_LiesInTheBucketOfTheTrueQuantile([Range(0, 49)] int seed)
    {
        var random = new Random(seed);
        double[] bounds = [.. Enumerable.Range(0, 12).Select(i => Math.Pow(2, i) / 100)];
        double[] values = [.. Enumerable.Range(0, 500).Select(_ => Math.Exp(random.NextDouble() * 8) / 200).Order()];
        var counts = new double[bounds.Length + 1];
        foreach (var value in values) counts[Array.FindIndex(bounds, bound => value <= bound) is >= 0 and var at ? at : bounds.Length]++;
        foreach (var quantile in new[] { 0.5, 0.9, 0.99 })
        {
            var truth = values[(int)Math.Ceiling(quantile * values.Length) - 1];
            var estimate = BucketQuantiles.Linear(bounds, counts, quantile);
            var bucket = Array.FindIndex(bounds, bound => truth <= bound);
            Assert.That(estimate, Is.InRange(bucket <= 0 ? 0 : bounds[bucket - 1], bucket < 0 ? bounds[^1] : bounds[bucket]));
        }
    }

    [Test]
    public void Exponential_ManyObservations_IsWithinABucketOfTheTrueQuantile([Range(0, 49)] int seed)
    {
        var random = new Random(seed);
        var scale = random.Next(-1, 6);
        var factor = Math.Pow(2, Math.Pow(2, -scale));
        double[] values =
            [.. Enumerable.Range(0, 400).Select(_ => (random.Next(3) == 0 ? -1 : 1) * Math.Exp(random.NextDouble() * 6)).Order()];
        var buckets = new ExponentialBuckets();
        var positive = Counts(values.Where(value => value > 0), factor, out var offset);
        var negative = Counts(values.Where(value => value < 0).Select(value => -value), factor, out var negativeOffset);
        buckets.Set(scale, 0, offset, positive, negativeOffset, negative);
        foreach (var quantile in new[] { 0.1, 0.5, 0.9, 0.99 })
        {
            var truth = values[(int)Math.Ceiling(quantile * values.Length) - 1];
            var estimate = BucketQuantiles.Exponential(buckets, quantile);
            Assert.That(Math.Sign(estimate), Is.EqualTo(Math.Sign(truth)));
            Assert.That(Math.Abs(Math.Log(estimate / truth, factor)), Is.LessThanOrEqualTo(1.000001));
        }

        // A coarser scale holds the same observations.
        var total = buckets.Total;
        buckets.Coarsen(scale - 1);
        Assert.That(buckets.Total, Is.EqualTo(total));
        var median = BucketQuantiles.Exponential(buckets, 0.5);
        Assert.That(Math.Abs(Math.Log(median / values[199], factor)), Is.LessThanOrEqualTo(2.000001));
    }

    private static double[] Counts(IEnumerable<double> values, double factor, out int offset)
    {
        int[] places = [.. values.Select(value => (int)Math.Ceiling(Math.Log(value, factor)) - 1)];
        var first = offset = places.Length == 0 ? 0 : places.Min();
        var counts = new double[places.Length == 0 ? 0 : places.Max() - first + 1];
        foreach (var place in places) counts[place - first]++;
        return counts;
    }
}
