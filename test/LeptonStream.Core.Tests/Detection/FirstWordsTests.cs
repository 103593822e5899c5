using MathNet.Numerics.Distributions;

namespace LeptonStream.Core.Tests.Detection;

/// <summary>A slow detector needs days before it speaks, and its first word is no news: it has nothing to compare it with.</summary>
public sealed class FirstWordsTests
{
    // The day after the start lies elsewhere, so the detector of levels has something to say as soon as it may: after 120 samples.
    [TestCase(300)]
    [TestCase(3600)]
    public void SeriesWhoseFirstDayLayElsewhere_AreQuietWhenASlowDetectorBeginsToSpeak(int seconds)
    {
        const int Series = 40;
        var loud = 0;
        for (var seed = 0; seed < Series; seed++)
        {
            var (driver, random) = (new PipelineTestDriver(), new Random(seed));
            for (var i = 0; i < 4 * 86_400 / seconds || i < 135; i++)
                driver.Step("m", "queue_seconds", (i < 30 ? 22 : 15) + Normal.Sample(random, 0, 2), seconds);
            var first = Math.Max(119, 2 * 86_400 / seconds);
            if (driver.Judged.Skip(first).Take(5).Any(judged => judged.Score >= 1)) loud++;
        }

        TestContext.Out.WriteLine($"{loud} of {Series} series speak as soon as they may");
        Assert.That(loud, Is.LessThanOrEqualTo(5));
    }
}
