using LeptonStream.Detection;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Samples;

namespace LeptonStream.Core.Tests.Detection;

public sealed class AlertTrackerTests
{
    private readonly AlertTiming _timing = new() { ResolveAfter = 3, Refractory = 4, AcceptAfter = 10 };

    [Test]
    public void Observe_ScoresThatAddUpToEnough_OpenWithTheOnset()
    {
        var tracker = New();
        Assert.That(Drive(tracker, enough: 3, 0.2, 1.1, 1.2, 1.3), Is.EqualTo("...O"));
        Assert.That(tracker.Onset, Is.EqualTo(Timestamp.FromUnixSeconds(1)));
        Assert.That(tracker.Worst, Is.EqualTo(1.3));
    }

    [Test]
    public void Observe_WhereOneIsEnough_OpensOnTheFirst() => Assert.That(Drive(New(), 1, 0.2, 1.1), Is.EqualTo(".O"));

    [Test]
    public void Observe_OneLapseWhilePending_IsForgiven() => Assert.That(Drive(New(), 3, 1.1, 0.1, 1.1, 1.1), Is.EqualTo("...O"));

    [Test]
    public void Observe_TwoLapsesWhilePending_BeginsAnew() => Assert.That(Drive(New(), 3, 1.1, 0.1, 0.1, 1.1, 1.1), Is.EqualTo("....."));

    [Test]
    public void Observe_OneVeryHighScore_IsEnough() => Assert.That(Drive(New(), 3, 3), Is.EqualTo("O"));

    [Test]
    public void Observe_BetweenCalmAndTheLine_KeepsTheAlertOpen() =>
        Assert.That(Drive(New(), 1, 1.5, 0.8, 0.8, 0.8, 0.8, 0.1, 0.1, 0.8, 0.1, 0.1, 0.1), Is.EqualTo("O.........R"));

    [Test]
    public void Observe_WithinTheRefractoryTime_NeedsTwiceTheEvidence() =>
        Assert.That(Drive(New(), 1, 1.5, 0, 0, 0, 1.2, 1.2), Is.EqualTo("O..R.O"));

    [Test]
    public void Observe_ComesBackAgainAndAgain_StaysOpenForLongerEachTime()
    {
        var timing = AlertTiming.Default with { ResolveAfter = 2, Refractory = 3 };
        var tracker = new AlertTracker(timing, criticalScore: 100, TimeSpan.FromDays(91));
        double[] flap = [5, 0, 0, 0, 0, 0, 0];
        Assert.That(Drive(tracker, 1, flap[..3]), Is.EqualTo("O.R"));
        Assert.That(Drive(tracker, 1, flap[..5]), Is.EqualTo("O...R"), "the second time: twice the calm");
        Assert.That(Drive(tracker, 1, flap), Is.EqualTo("O.....R"), "the third time: three times");
        Assert.That(Drive(tracker, 1, 0, 0, 0, 0), Is.EqualTo("...."));
        Assert.That(Drive(tracker, 1, flap[..3]), Is.EqualTo("O.R"), "after the refractory time it is no flap");
    }

    [Test]
    public void Observe_TwiceAsBad_TellsAgainOnce() => Assert.That(Drive(new(_timing, criticalScore: 100, TimeSpan.FromDays(91)), 1, 1.5, 2.9, 3.0, 3.1, 6.0), Is.EqualTo("O.W.W"));

    [Test]
    public void Observe_AnomalousForTooLong_IsTakenAsTheNewNormal() =>
        Assert.That(Drive(New(), 1, [.. Enumerable.Repeat(1.5, 10)]), Is.EqualTo("O........A"));

    [Test]
    public void Observe_BeyondTheCriticalLine_IsCriticalWhileTheBudgetLasts()
    {
        var tracker = New();
        Assert.That(Drive(tracker, 1, 2.5, 0, 0, 0), Is.EqualTo("O..R"));
        Assert.That(tracker.IsCritical, Is.True, "the first one of a quarter");
        Drive(tracker, 1, 0, 0, 0, 0, 2.5);
        Assert.That((tracker.Phase, tracker.IsCritical), Is.EqualTo((AlertPhase.Open, false)), "the second one");
    }

    [Test]
    public void Observe_GraveOrRaised_IsToldAndStaysCritical()
    {
        var tracker = New();
        Assert.That(Drive(tracker, 1, 1.5, 2.1), Is.EqualTo("OW"), "crossing the critical line is news");
        Assert.That(tracker.IsCritical, Is.True);
        var grave = New();
        grave.Observe(1.1, Timestamp.FromUnixSeconds(1), enough: 1, isGrave: true);
        Assert.That(grave.IsCritical, Is.True);
    }

    private AlertTracker New() => new(_timing, criticalScore: 2, TimeSpan.FromDays(91));

    private static string Drive(AlertTracker tracker, double enough, params double[] scores) => string.Concat(scores.Select((score, i) =>
        tracker.Observe(score, Timestamp.FromUnixSeconds(i), enough) switch
        {
            AlertChange.None => '.',
            AlertChange.Opened => 'O',
            AlertChange.Worsened => 'W',
            AlertChange.Recovered => 'R',
            _ => 'A',
        }));
}
