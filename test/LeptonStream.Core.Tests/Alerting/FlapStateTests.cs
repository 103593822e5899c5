using LeptonStream.Alerting.Flapping;
using LeptonStream.Samples;
using LeptonStream.Series;
using LeptonStream.Testing;

namespace LeptonStream.Core.Tests.Alerting;

/// <summary>When an alert flaps: more than 2 openings within 100 s; steady after 50 s.</summary>
public sealed class FlapStateTests
{
    private static readonly FlapRule Rule = new(2, TimeSpan.FromSeconds(100), TimeSpan.FromSeconds(50));

    [Test]
    public void OnOpened_MoreThanTheRuleWithinTheWindow_Flaps() =>
        Assert.That(Opened(0, 40, 80).Since, Is.EqualTo(At(80)));

    [Test]
    public void OnOpened_ThatManyOverALongerTime_DoesNot() => Assert.That(Opened(0, 60, 120, 180, 240).Since, Is.Null);

    [Test]
    public void OnOpened_WhileItFlaps_KeepsItsBeginning() => Assert.That(Opened(0, 40, 80, 120).Since, Is.EqualTo(At(80)));

    [Test]
    public void IsSteady_NothingChangesForLongEnough()
    {
        var state = Opened(0, 40, 80).OnEnded(Rule, At(90));

        Assert.That(state.IsSteady(Rule, At(139)), Is.False);
        Assert.That(state.IsSteady(Rule, At(140)), Is.True);
        Assert.That(state.OnOpened(Rule, At(300), At(300)).Since, Is.Null, "it was steady: counting begins again");
        Assert.That(state.OnEnded(Rule, At(300)).Since, Is.Null, "the end of one that was steady is no flapping");
    }

    [Test]
    public void IsSteady_AChangeFarAhead_IsOfAClockThatWasSetBack()
    {
        var state = Opened(1000, 1040, 1080);

        Assert.That(state.IsSteady(Rule, At(1031)), Is.False, "clocks of two machines differ a little");
        Assert.That(state.IsSteady(Rule, At(0)), Is.True);
    }

    [Test]
    public void OnOpened_ManyOpenings_KeepsFew() =>
        Assert.That(Opened([.. Enumerable.Range(0, 90).Select(at => (double)at)]).Openings, Has.Count.LessThanOrEqualTo(3));

    [Test]
    public void KeyOf_OtherSeverity_IsTheSame()
    {
        var (warning, critical) = (AlertEvents.Opened("latency").RoutingLabels, AlertEvents.Opened("latency", 0,
            LeptonStream.Alerts.AlertSeverity.Critical).RoutingLabels);

        Assert.That(FlapState.KeyOf(critical), Is.EqualTo(FlapState.KeyOf(warning)));
        Assert.That(FlapState.KeyOf(warning.With(("gpu", "1"))), Is.Not.EqualTo(FlapState.KeyOf(warning)));
    }

    private static FlapState Opened(params double[] times) => times.Skip(1).Aggregate(
        FlapState.First(At(times[0]), At(times[0])), (state, at) => state.OnOpened(Rule, At(at), At(at)));

    private static Timestamp At(double seconds) => AlertEvents.At(seconds);
}
