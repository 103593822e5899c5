using LeptonStream.Detection;
using LeptonStream.Simulator;

namespace LeptonStream.Product.Tests.Simulator;

/// <summary>What is promised of the band that people see around a series: ordinary points lie inside.</summary>
[Category("Slow")]
public sealed class BandPromiseTests
{
    private const double LeastInside = 0.97;

    // Fewer points say little about a share.
    private const int EnoughPoints = 500;

    [Test]
    public void Band_OfEachSeriesOfAnOrdinaryWeek_HoldsItsPoints()
    {
        var points = new Dictionary<string, (int All, int Inside)>();
        var rehearsal = new Rehearsal(new Story { Duration = TimeSpan.FromDays(7), WithFaults = false }, observer: Count);

        var shares = points.Where(series => series.Value.All >= EnoughPoints)
            .Select(series => (series.Key, Share: (double)series.Value.Inside / series.Value.All)).OrderBy(series => series.Share)
            .ToArray();
        foreach (var (series, share) in shares.Take(10)) TestContext.Out.WriteLine($"{share:P2} {series}");
        TestContext.Out.WriteLine($"{shares.Length} series of {rehearsal.Models} models, {shares.Average(s => s.Share):P2} inside");
        Assert.That(shares, Is.Not.Empty);
        Assert.That(shares.Where(series => series.Share < LeastInside).Select(series => $"{series.Key}: {series.Share:P2}"), Is.Empty);

        void Count(in JudgedSample judged)
        {
            if (judged.IsAlerting || !double.IsFinite(judged.Lower) || !double.IsFinite(judged.Upper)) return;
            var key = judged.Key.ToString();
            var (all, inside) = points.GetValueOrDefault(key);
            points[key] = (all + 1, inside + (judged.Sample.Value >= judged.Lower && judged.Sample.Value <= judged.Upper ? 1 : 0));
        }
    }
}
