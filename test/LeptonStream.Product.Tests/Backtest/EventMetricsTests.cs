using LeptonStream.Backtest;

namespace LeptonStream.Product.Tests.Backtest;

internal sealed class EventMetricsTests
{
    [Test]
    public void Of_TwoHitsOneMissTwoFalse_CountsAsByHand()
    {
        // Events 100-109 (alarm from 103: delay 3), 200-204 (alarm from 195 on: delay 0), 300-310 (none). False: 20-22, and 28 joins it;
        // 400.
        var metrics = EventMetrics.Of(Series(
            600,
            alarms: [20, 21, 22, 28, 103, 104, 105, 195, 196, 197, 198, 199, 200, 201, 400],
            events: [new(100, 109), new(200, 204), new(300, 310)],
            days: 4));
        Assert.Multiple(() =>
        {
            Assert.That(metrics.Events, Is.EqualTo(3));
            Assert.That(metrics.Detected, Is.EqualTo(2));
            Assert.That(metrics.Episodes, Is.EqualTo(4));
            Assert.That(metrics.FalseEpisodes, Is.EqualTo(2));
            Assert.That(metrics.Precision, Is.EqualTo(0.5));
            Assert.That(metrics.Recall, Is.EqualTo(2.0 / 3).Within(1e-12));
            Assert.That(metrics.F1, Is.EqualTo(4.0 / 7).Within(1e-12));
            Assert.That(metrics.FalseEpisodesPerSeriesDay, Is.EqualTo(0.5));
            Assert.That(metrics.MedianDelaySamples, Is.Zero);
        });
    }

    [Test]
    public void Of_AlarmRowsAGapApart_AreOneEpisodeAndBeyondItTwo()
    {
        Assert.That(EventMetrics.Of(Series(100, [10, 10 + EventMetrics.MergeGap], [], 1)).Episodes, Is.EqualTo(1));
        Assert.That(EventMetrics.Of(Series(100, [10, 11 + EventMetrics.MergeGap], [], 1)).Episodes, Is.EqualTo(2));
    }

    [Test]
    public void Of_ShortEventInsideTheGapOfAnEpisode_IsMissedAndTheEpisodeFalse()
    {
        var metrics = EventMetrics.Of(Series(100, [40, 48], [new(43, 45)], 1));
        Assert.That((metrics.Detected, metrics.FalseEpisodes), Is.EqualTo((0, 1)));
    }

    [Test]
    public void Of_WarmUp_CountsNeitherEventsNorAlarmsInIt()
    {
        var metrics = EventMetrics.Of(Series(100, [5, 60], [new(4, 6), new(15, 25)], 1, firstScored: 20));
        Assert.That((metrics.Events, metrics.Detected, metrics.Episodes, metrics.FalseEpisodes), Is.EqualTo((1, 0, 1, 1)));
    }

    [Test]
    public void Of_NothingToFindAndNothingSaid_HasNoShares()
    {
        var metrics = EventMetrics.Of(Series(100, [], [], 1));
        Assert.That((metrics.Precision, metrics.Recall, metrics.F1, metrics.MedianDelaySamples),
            Is.EqualTo(((double?)null, (double?)null, (double?)null, (int?)null)));
    }

    [Test]
    public void Of_EventsAndNoAlarm_HasF1Zero() => Assert.That(EventMetrics.Of(Series(100, [], [new(5, 9)], 1)).F1, Is.Zero);

    [Test]
    public void Sum_TwoSeries_AddsCountsAndTakesTheMiddleOfAllDelays()
    {
        var one = EventMetrics.Of(Series(100, [51, 70], [new(50, 60), new(64, 80)], 2));
        var other = EventMetrics.Of(Series(100, [30, 59], [new(50, 60)], 3));
        var sum = EventMetrics.Sum([one, other]);
        Assert.That((sum.Series, sum.Events, sum.Detected, sum.FalseEpisodes, sum.Days), Is.EqualTo((2, 3, 3, 1, 5.0)));
        Assert.That(sum.MedianDelaySamples, Is.EqualTo(6));
    }

    [Test]
    public void RecallAt_Thresholds_TakesTheBestThatKeepsTheBudget()
    {
        // By score: hit 9, false 8, hit 7, false 6, hit 5. One day: recall 1/3 at no false episode, 2/3 at one, 1 at two.
        var scores = new double[1000];
        (scores[100], scores[200], scores[300], scores[400], scores[500]) = (9, 8, 7, 6, 5);
        var series = new ScoredSeries(scores, new bool[1000], [new(100, 100), new(300, 300), new(500, 500)], 0, 1);
        Assert.That(RecallAtBudget.Of([series], 0.5, 1, 2), Is.EqualTo(new double?[] { 1.0 / 3, 2.0 / 3, 1 }));
    }

    [Test]
    public void RecallAt_FlagsEverything_DoesNotCount()
    {
        // One endless episode would be within any budget.
        var scores = Enumerable.Repeat(1.0, 1000).ToArray();
        var series = new ScoredSeries(scores, new bool[1000], [new(100, 110)], 0, 10);
        Assert.That(RecallAtBudget.Of([series], 1), Is.EqualTo(new double?[] { 0 }));
    }

    [Test]
    public void RecallAt_FalseRowsThatTouchAnEvent_AreNoFalseEpisode()
    {
        var scores = new double[1000];
        (scores[95], scores[100], scores[108]) = (9, 5, 7);
        var series = new ScoredSeries(scores, new bool[1000], [new(100, 102)], 0, 1);
        Assert.That(RecallAtBudget.Of([series], 0), Is.EqualTo(new double?[] { 1 }));
    }

    [Test]
    public void RecallAt_SameRowsInTwoSeries_DoNotMerge()
    {
        var early = new double[20];
        var late = new double[20];
        (early[19], late[0]) = (5, 5);
        ScoredSeries[] series = [new(early, new bool[20], [], 0, 0.5), new(late, new bool[20], [new(10, 12)], 0, 0.5)];
        Assert.That(RecallAtBudget.Of(series, 1), Is.EqualTo(new double?[] { 0 }));
    }

    private static ScoredSeries Series(int rows, int[] alarms, RowRange[] events, double days, int firstScored = 0)
    {
        var flags = new bool[rows];
        foreach (var row in alarms) flags[row] = true;
        return new(new double[rows], flags, events, firstScored, days);
    }
}
