using LeptonStream.Detection;
using LeptonStream.Samples;

namespace LeptonStream.Core.Tests.Detection;

public sealed class AlertTrackerTests
{
    private readonly AlertTiming _timing = new() { ResolveAfter = 3, Refractory = 4, AcceptAfter = 10 };

    [Test]
    public void Observe_ScoresThatAddUpToEnough_OpenWithTheOnset()
    {
        var tracker = new AlertTracker(_timing);
        Assert.That(Drive(tracker, enough: 3, 0.2, 1.1, 1.2, 1.3), Is.EqualTo("...O"));
        Assert.That(tracker.Onset, Is.EqualTo(Timestamp.FromUnixSeconds(1)));
        Assert.That(tracker.Worst, Is.EqualTo(1.3));
    }

    [Test]
    public void Observe_WhereOneIsEnough_OpensOnTheFirst() => Assert.That(Drive(new(_timing), 1, 0.2, 1.1), Is.EqualTo(".O"));

    [Test]
    public void Observe_OneLapseWhilePending_IsForgiven() => Assert.That(Drive(new(_timing), 3, 1.1, 0.1, 1.1, 1.1), Is.EqualTo("...O"));

    [Test]
    public void Observe_TwoLapsesWhilePending_BeginsAnew() => Assert.That(Drive(new(_timing), 3, 1.1, 0.1, 0.1, 1.1, 1.1), Is.EqualTo("....."));

    [Test]
    public void Observe_OneVeryHighScore_IsEnough() => Assert.That(Drive(new(_timing), 3, 3), Is.EqualTo("O"));

    [Test]
    public void Observe_BetweenCalmAndTheLine_KeepsTheAlertOpen() =>
        Assert.That(Drive(new(_timing), 1, 1.5, 0.8, 0.8, 0.8, 0.8, 0.1, 0.1, 0.8, 0.1, 0.1, 0.1), Is.EqualTo("O.........R"));

    [Test]
    public void Observe_WithinTheRefractoryTime_NeedsTwiceTheEvidence() =>
        Assert.That(Drive(new(_timing), 1, 1.5, 0, 0, 0, 1.2, 1.2), Is.EqualTo("O..R.O"));

    [Test]
    public void Observe_TwiceAsBad_TellsAgainOnce() => Assert.That(Drive(new(_timing), 1, 1.5, 2.9, 3.0, 3.1, 6.0), Is.EqualTo("O.W.W"));

    [Test]
    public void Observe_AnomalousForTooLong_IsTakenAsTheNewNormal() =>
        Assert.That(Drive(new(_timing), 1, [.. Enumerable.Repeat(1.5, 10)]), Is.EqualTo("O........A"));

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
