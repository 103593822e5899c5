using LeptonStream.Alerts;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Policies.Presets;
using LeptonStream.Series;
using MathNet.Numerics.Distributions;

namespace LeptonStream.Core.Tests.Detection.Lifecycle;

/// <summary>
/// An alert that something cuts short: its series falls silent or slows down, people or policies say otherwise, another trouble came just
/// before. Whatever it was, trouble that goes on is an alert, and normal values are none.
/// </summary>
public sealed class InterruptedAlertTests
{
    private const int Day = 86_400;
    private const int Hour = 3_600;

    private Random _random = null!;
    private PipelineTestDriver _driver = null!;

    [SetUp]
    public void Learn()
    {
        (_driver, _random) = (new(), new(1));
        Run(Day + (2 * Hour), 100);
    }

    // Short, and long enough to be learned. Of little trouble, five hours would be much of what the series knows.
    [Test]
    public void ASeriesThatIsGoneAndComesBackWithItsTrouble_IsAnAlertAgainUntilItIsNormal(
        [Values(20, 90, 300)] int troubleMinutes, [Values(13, 180)] int silentMinutes, [Values(200, 20)] double trouble) =>
        AssertAlertAgain(troubleMinutes, silentMinutes, trouble);

    [Test]
    public void ASeriesThatIsGoneAndComesBackWithLittleTrouble_IsAnAlertAgainUntilItIsNormal(
        [Values(20, 90)] int troubleMinutes, [Values(13, 180)] int silentMinutes) =>
        AssertAlertAgain(troubleMinutes, silentMinutes, 130);

    [Test]
    public void ASeriesThatItsProducerEndsAndThatComesBackWithItsTrouble_IsAnAlertAgain()
    {
        Run(300, 200);
        _driver.Now += TimeSpan.FromSeconds(15);
        Assert.That(_driver.Send($$"""{"model":"m","ts":"{{_driver.Now}}","labels":{},"ended":["x"]}""").IsAccepted, Is.True);
        Silence(75);
        Assert.That(Last(AlertEventType.Resolved).EndedReason, Is.EqualTo(EndedReason.Gone));
        Run(2 * Hour, 200);
        Assert.That(_driver.OpenAlerts, Has.Count.EqualTo(1));
        Run(Hour, 100);
        AssertCalmAfter(Last(AlertEventType.Opened));
    }

    // It was normal when it fell silent, or comes back normal.
    [Test]
    public void ASeriesThatIsGoneAndComesBackNormal_IsNoAlert([Values] bool wasBack)
    {
        Run(20 * 60, 200);
        if (wasBack) Run(120, 100);
        Silence(13 * 60);
        var events = _driver.Events.Count;
        Run(6 * Hour, 100);
        Assert.That(_driver.Events.Skip(events), Is.Empty);
    }

    [Test]
    public void ASeriesThatSlowsDownInItsTrouble_IsEndedOnceAtMost()
    {
        Run(300, 200);
        for (var i = 0; i < 40; i++) Run(600, 200, step: 600);
        Assert.That(_driver.Events.Count(e => e.EndedReason == EndedReason.Gone), Is.LessThanOrEqualTo(1));
        Assert.That(_driver.OpenAlerts, Has.Count.EqualTo(1));
    }

    // The first value back is little evidence. A silence, a moment that is normal, or both.
    [TestCase(13, 0, 0)]
    [TestCase(0, 8, 0)]
    [TestCase(30, 5, 12)]
    public void ACriticalTroubleThatIsInterrupted_IsCriticalAgain(int silent, int normal, int silentAgain)
    {
        Assert.Multiple(() =>
        {
            foreach (var sigmas in (double[])[8, 12, 30])
            {
                for (var seed = 1; seed <= 4; seed++)
                {
                    (_driver, _random) = (new(), new(seed));
                    Run(2 * Day, 100);
                    Run(90 * 60, 100 + (3 * sigmas));
                    var first = Last(AlertEventType.Opened);
                    Silence(60 * silent);
                    Run(60 * normal, 100);
                    Silence(60 * silentAgain);
                    Run(30 * 60, 100 + (3 * sigmas));
                    var name = $"{sigmas} deviations, seed {seed}";
                    Assert.That(_driver.OpenAlerts, Has.Count.EqualTo(1), name);
                    Assert.That(Last(AlertEventType.Opened).AlertId, Is.Not.EqualTo(first.AlertId), name);
                    Assert.That(Last(AlertEventType.Opened).Severity, Is.EqualTo(AlertSeverity.Critical), name);
                    Run(Hour, 100);
                    Assert.That(_driver.OpenAlerts, Is.Empty, name);
                }
            }
        });
    }

    // People have said it before, while it was open or after its end, and whether or not their word moves the line further.
    [Test]
    public void AFaultThatPeopleSayIsNone_IsNotAtOnceCriticalWhenItReturns([Values] bool whileOpen, [Values(1.0, 3.0)] double line)
    {
        Run(600, 200);
        if (!whileOpen) Run(Hour, 100);
        _driver.Deny(Last(AlertEventType.Opened), line, line);
        Run(Hour, 100);
        for (var i = 0; i < 5; i++)
        {
            Run(600, 200);
            Run(2 * Hour, 100);
        }

        Assert.That(_driver.Events.Count(e => e is { Type: AlertEventType.Opened, Severity: AlertSeverity.Critical }), Is.EqualTo(1));
    }

    [Test]
    public void AnAlertOnASideThatNewPoliciesDoNotLookAt_EndsAsTheirs(
        [Values(200, 20)] double trouble, [Values(Direction.Both, Direction.Up, Direction.Down)] Direction direction)
    {
        Run(300, trouble);
        var rule = new PolicyRule([Matcher.Of("metric", MatchOperator.Equal, "x")], new() { Direction = direction });
        _driver.Pipeline.Adopt(new([rule], PolicySettings.None, PresetCatalog.Default));
        Run(Hour, trouble);
        var isAsked = direction == Direction.Both || direction == Direction.Up == trouble > 100;
        Assert.That(_driver.Events[^1].EndedReason, Is.EqualTo(isAsked ? null : EndedReason.Policy));
    }

    // The expectation has followed the first, and the second is held against that: the usual values lie far from it.
    [Test]
    public void TroubleSoonAfterTroubleOnTheOtherSide_EndsWhenValuesAreUsual(
        [Values(30, 60, 100, 200, 400)] int samples, [Values(60, 90)] int between, [Values(-1, 1)] int side)
    {
        for (var i = 1; i <= samples; i++) Run(15, 100 + (side * Math.Min(14, 0.7 * i)));
        Run(15 * between, 100);
        Run(900, 100 - (side * 60));
        var alert = Last(AlertEventType.Opened);
        Run(3 * Hour, 100);
        AssertCalmAfter(alert);
    }

    private void AssertAlertAgain(int troubleMinutes, int silentMinutes, double trouble)
    {
        Run(60 * troubleMinutes, trouble);
        var first = Last(AlertEventType.Opened);
        Silence(60 * silentMinutes);
        Assert.That(Last(AlertEventType.Resolved).EndedReason, Is.EqualTo(EndedReason.Gone));
        Run(2 * Hour, trouble);
        var second = Last(AlertEventType.Opened);
        Assert.That(second.AlertId, Is.Not.EqualTo(first.AlertId), "it is an alert again");
        Assert.That(second.Expected, Is.InRange(90, 110), "held against what was normal before the first");
        Assert.That(_driver.OpenAlerts, Has.Count.EqualTo(1), "while the trouble goes on");
        Run(Hour, 100);
        AssertCalmAfter(second);
    }

    private void AssertCalmAfter(AlertEvent alert)
    {
        Assert.That(_driver.Events[^1].AlertId, Is.EqualTo(alert.AlertId), "nothing opens on normal values");
        Assert.That(_driver.Events[^1].EndedReason, Is.EqualTo(EndedReason.Recovered));
    }

    private AlertEvent Last(AlertEventType type) => _driver.Events.Last(e => e.Type == type);

    private void Run(int seconds, double mean, int step = 15)
    {
        for (var at = step; at <= seconds; at += step) _driver.Step("m", "x", Normal.Sample(_random, mean, 3), step);
    }

    // Another model goes on.
    private void Silence(int seconds)
    {
        for (var at = 15; at <= seconds; at += 15) _driver.Step("other", "y", Normal.Sample(_random, 10, 1), 15);
    }
}
