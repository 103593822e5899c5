using LeptonStream.Detection.Cleaning;

namespace LeptonStream.Core.Tests.Detection.Cleaning;

public sealed class SamplingIntervalTests
{
    // A job that was tried by hand on its first day, and one that was moved to another rhythm.
    [TestCase(60, 1, 86_400, 4)]
    [TestCase(1, 1, 15, 4)]
    [TestCase(15, 5_000, 3_600, 17)]
    [TestCase(3_600, 5_000, 15, 280)]
    public void After_AnotherRhythmThanAtFirst_IsFoundWithinAFewSamples(double before, int times, double after, int within)
    {
        var interval = Learn([.. Enumerable.Repeat(before, times), .. Enumerable.Repeat(after, within)]);
        Assert.That(interval, Is.EqualTo(after).Within(5).Percent);
    }

    [Test]
    public void After_OutagesAndHiccups_StaysWhereItWas()
    {
        var random = new Random(3);
        var gaps = Enumerable.Range(0, 5_000).Select(i => i % 9 < 2 ? 15 * 40.0 : i % 9 == 5 ? 0.5 : 14 + (2 * random.NextDouble()));
        Assert.That(Learn([.. Enumerable.Repeat(15.0, 100), .. gaps]), Is.EqualTo(15).Within(10).Percent);
    }

    private static double Learn(IReadOnlyList<double> intervals)
    {
        var (usual, far) = (0.0, 0);
        for (var i = 0; i < intervals.Count; i++) usual = SamplingInterval.After(usual, intervals[i], ref far, learned: i + 1);
        return usual;
    }
}
