using LeptonStream.Detector;

namespace LeptonStream.Roles.Tests.Detector;

public sealed class BrokerOutageTests
{
    private readonly JumpingClock _clock = new();

    [TestCase(5, null)]
    [TestCase(30, 60)]
    [TestCase(180, 180)]
    [TestCase(7200, 600)]
    public void IsRecent_TheBrokerWasAway_ForAsLongAsItTookWithinAMinuteAndTen(int awaySeconds, int? recentSeconds)
    {
        var outage = new BrokerOutage(_clock);
        _clock.Jump(TimeSpan.FromSeconds(awaySeconds));
        outage.Answered();
        Assert.That(outage.IsRecent, Is.EqualTo(recentSeconds is not null));
        if (recentSeconds is not { } recent) return;

        for (var second = 5; second < recent; second += 5)
        {
            _clock.Jump(TimeSpan.FromSeconds(5));
            outage.Answered();
        }

        Assert.That(outage.IsRecent, Is.True, "answers in between are no other outage");
        _clock.Jump(TimeSpan.FromSeconds(6));
        Assert.That(outage.IsRecent, Is.False);
    }
}
