using LeptonStream.Alerting;
using LeptonStream.Alerts;

namespace LeptonStream.Core.Tests.Alerting;

/// <summary>Messages that a channel refuses for good. group_wait 5 s, group_interval 60 s, repeat_interval 4 h.</summary>
public sealed class RefusedNotificationTests
{
    [Test]
    public void OnRefused_TheFirstPage_IsTriedAtTheNextIntervalAndThenMoreAndMoreSeldom()
    {
        var story = Story(refuses: true).Fires("latency", 0, AlertSeverity.Critical).PassTo(4000);

        // One interval later, then after 1 (at the flush behind it), 3, 7, 15 and 31 more.
        Assert.That(story.Lines, Is.EqualTo(new[] { 5, 65, 125, 305, 725, 1625, 3485 }
            .Select(at => $"{at}s ops: first notification +latency")));
    }

    [Test]
    public void OnRefused_ThenTheChannelWorks_GetsItOnceAndIsRepeatedAsEver()
    {
        var story = Story(refuses: true).Fires("latency", 0).PassTo(30);
        story.Refuses = false;

        Assert.That(story.PassTo(3600).Delivered.Select(NotificationStory.Line),
            Is.EqualTo(new[] { "65s ops: first notification +latency" }));
    }

    [Test]
    public void OnRefused_AnEnd_IsTriedAgainAlthoughItsGroupIsGone()
    {
        var story = Story(refuses: false).Fires("latency", 0).PassTo(30);
        story.Refuses = true;
        story.Resolves("latency", 40).PassTo(70);
        story.Refuses = false;

        Assert.That(story.PassTo(3600).Delivered.Select(NotificationStory.Line).Skip(1),
            Is.EqualTo(new[] { "125s ops: all alerts resolved -latency" }));
        Assert.That(story.Groups.All, Is.Empty);
    }

    [Test]
    public void OnRefused_AnEndOfWhichNobodyNeedsToLearnAnyMore_IsGivenUp()
    {
        var story = Story(refuses: false).Fires("latency", 0).PassTo(30);
        story.Refuses = true;
        story.Resolves("latency", 40).PassTo(26 * 3600);

        Assert.That(story.Groups.All, Is.Empty);
        Assert.That(story.Sent, Has.Count.InRange(8, 20), "more and more seldom, and for a day");
    }

    [Test]
    public void OnRefused_ALaterMessageIsTaken_BringsTheLostEndWithTheNextMessage()
    {
        var story = Story(refuses: false).Fires("latency", 0).Fires("errors", 1).PassTo(30);
        story.Refuses = true;
        story.Resolves("latency", 40).PassTo(66);
        story.Refuses = false;

        Assert.That(story.Fires("queue", 80).PassTo(3600).Delivered.Select(NotificationStory.Line).Skip(1),
            Is.EqualTo(new[] { "125s ops: first notification +errors +queue -latency" }));
    }

    [Test]
    public void OnRefused_ItFiresAgainMeanwhile_IsNotSaidToBeOver()
    {
        var story = Story(refuses: false).Fires("latency", 0).PassTo(30);
        story.Refuses = true;
        story.Resolves("latency", 40).PassTo(66);
        story.Refuses = false;

        Assert.That(story.Fires("latency", 80).PassTo(3600).Delivered.Select(NotificationStory.Line).Skip(1),
            Is.EqualTo(new[] { "125s ops: first notification +latency" }));
    }

    private static NotificationStory Story(bool refuses) => new(new RoutingConfig(
        new RouteConfig
        {
            Receiver = "ops", GroupBy = ["model"], GroupWait = TimeSpan.FromSeconds(5), GroupInterval = TimeSpan.FromSeconds(60),
            RepeatInterval = TimeSpan.FromHours(4),
        },
        [new("ops", [new("webhook/0", SendResolved: true)])]), step: 1) { Refuses = refuses };
}
