using LeptonStream.Alerting.Muting;
using LeptonStream.Samples;
using LeptonStream.Testing;

namespace LeptonStream.Core.Tests.Alerting.Muting;

/// <summary>When a silence until resolved ends: quiet period 60 s.</summary>
public sealed class ResolvedWatchTests
{
    private static readonly ResolvedWatch New = new(TimeSpan.FromSeconds(60), HasMatched: false, OverSince: null);

    [Test]
    public void Observe_NothingMatchedYet_WaitsForTheFirstAlert()
    {
        var watch = New.Observe(fires: false, At(0)).Observe(fires: false, At(1000));

        Assert.That(watch.IsOver(At(100_000)), Is.False);
    }

    [Test]
    public void Observe_AlertsAreOver_EndsAfterTheQuietPeriod()
    {
        var watch = New.Observe(fires: true, At(0)).Observe(fires: false, At(10)).Observe(fires: false, At(40));

        Assert.That(watch.IsOver(At(69)), Is.False);
        Assert.That(watch.IsOver(At(70)), Is.True);
    }

    [Test]
    public void Observe_AnAlertComesBack_CountsFromItsEnd()
    {
        var watch = New.Observe(fires: true, At(0)).Observe(fires: false, At(10)).Observe(fires: true, At(60));

        Assert.That(watch.IsOver(At(1000)), Is.False);
        Assert.That(watch.Observe(fires: false, At(100)).IsOver(At(159)), Is.False);
        Assert.That(watch.Observe(fires: false, At(100)).IsOver(At(160)), Is.True);
    }

    private static Timestamp At(double seconds) => AlertEvents.At(seconds);
}
