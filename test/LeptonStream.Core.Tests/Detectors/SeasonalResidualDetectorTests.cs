using LeptonStream.Samples;

namespace LeptonStream.Core.Tests.Detectors;

public sealed class SeasonalResidualDetectorTests
{
    private const int PerDay = 288;

    [Test]
    public void Score_OfTheNoonValueAtNight_StandsOutThoughItIsOrdinaryAtNoon()
    {
        var days = Days(seed: 51, count: 10);
        var rig = new DetectorRig("seasonal-residual");
        var usual = rig.Run(days[..^PerDay])[(3 * PerDay)..].Max();
        var night = days[^PerDay..].MinBy(s => s.Value);
        Assert.That(rig.Score(night with { Value = days.Max(s => s.Value) }), Is.GreaterThan(4 * usual));
        Assert.That(rig.Score(night), Is.LessThan(usual));
    }

    [Test]
    public void Score_OfOneDeviationOfTheLoudHours_StandsOutInTheQuietOnesOnly()
    {
        var days = Days(seed: 52, count: 10);
        var rig = new DetectorRig("seasonal-residual");
        rig.Run(days[..^PerDay]);
        var scores = days[^PerDay..].Select(s => (IsLoud: IsLoud(s), Score: rig.Score(s with { Value = Course(s) + 5 }))).ToArray();
        Assert.That(scores.Where(s => s.IsLoud).Max(s => s.Score), Is.LessThan(3));
        Assert.That(scores.Where(s => !s.IsLoud).Min(s => s.Score), Is.GreaterThan(6));
    }

    [Test]
    public void Score_OfTheDayAfterAnIncident_IsLowAgain()
    {
        var days = Days(seed: 53, count: 10);
        var incident = days.Select((s, i) => i / PerDay == 8 && i % PerDay < 48 ? s with { Value = s.Value + 200 } : s).ToArray();
        var scores = new DetectorRig("seasonal-residual").Run(incident);
        Assert.That(scores[(8 * PerDay)..((8 * PerDay) + 48)].Min(), Is.GreaterThan(20));
        Assert.That(scores[(9 * PerDay)..].Max(), Is.LessThan(10));
    }

    [Test]
    public void Score_OfALevelThatWandersByWeeks_StaysLow()
    {
        var days = Days(seed: 54, count: 30);
        var wandering = days.Select((s, i) => s with { Value = s.Value + (0.5 * i / PerDay) }).ToArray();
        Assert.That(new DetectorRig("seasonal-residual").Run(wandering)[(10 * PerDay)..].Max(), Is.LessThan(8));
    }

    [Test]
    public void Score_OfAHalfHourSeenOnOneDay_IsNeutral() =>
        Assert.That(new DetectorRig("seasonal-residual").Run(Days(seed: 55, count: 2)[..^6]), Is.All.Zero);

    // A daily course of 100 with noise of deviation 5 in one half of the day, 0.5 in the other.
    private static Sample[] Days(int seed, int count)
    {
        var random = new Random(seed);
        var blank = Streams.Of(new double[count * PerDay]);
        return [.. blank.Select(s => s with { Value = Course(s) + ((IsLoud(s) ? 5 : 0.5) * Streams.Gauss(random)) })];
    }

    private static bool IsLoud(Sample sample) => Hour(sample) < 12;

    private static double Course(Sample sample) => IsLoud(sample) ? 200 : 100;

    private static double Hour(Sample sample) => sample.Time.UnixSeconds % 86_400 / 3600;
}
