using LeptonStream.Alerting;
using LeptonStream.Alerting.Muting;
using LeptonStream.Series;
using LeptonStream.Testing;

namespace LeptonStream.Core.Tests.Alerting;

/// <summary>An acknowledgement in a maintenance window, from 100 s to 600 s, hides nothing and causes no first notification.</summary>
public sealed class AcknowledgedMaintenanceTests
{
    [Test]
    public void FirstNotification_InTheWindow_IsNotCausedByAnAcknowledgement()
    {
        var story = Story().Fires("latency", 200).Acknowledges("latency").PassTo(500);

        Assert.That(story.Lines, Is.Empty);
        Assert.That(story.Suppressed, Is.Not.Empty.And.All.Contain("latency: maintenance [drivers]"));
        Assert.That(story.PassTo(700).Lines, Has.One.Contains("first notification +latency"), "it still fires after the window");
    }

    [Test]
    public void OneThatWasSentBefore_StaysInTheMessagesOfItsGroup()
    {
        var story = Story().Fires("latency", 0).PassTo(60).Acknowledges("latency").Fires("errors", 200).PassTo(300);

        Assert.That(story.Lines.Last(), Does.Contain("+latency").And.Contain("+errors"));
    }

    // Others in the group are sent still, and it among them.
    [Test]
    public void Repetition_WithOneThatSomebodyWorksOn_SaysWho()
    {
        var story = new NotificationStory(
            new RoutingConfig(new RouteConfig { Receiver = "ops", GroupBy = ["model"] }, [new("ops", [new("webhook/0", true)])]), step: 5)
            .Fires("latency", 0).Fires("errors", 0).PassTo(60).Acknowledges("latency").PassTo(5 * 3600);

        var said = story.Sent[^1].Alerts.ToDictionary(alert => alert.Labels["metric"]!, alert => alert.Annotations);
        Assert.That(story.Sent[^1].Reason, Is.EqualTo(NotifyReason.RepeatInterval));
        Assert.That(said["latency"]["acknowledged_by"], Is.EqualTo("rosa"));
        Assert.That(said["latency"]["acknowledged_at"], Is.EqualTo(AlertEvents.At(60 + 5).ToString()));
        Assert.That(said["errors"]["acknowledged_by"], Is.Null);
        Assert.That(story.Sent[0].Alerts.Select(alert => alert.Annotations["acknowledged_by"]), Is.All.Null);
    }

    // A program that forgets what is not sent again gets it, whoever works on it.
    [TestCase(null, 1)]
    [TestCase(1, 4)]
    public void Acknowledged_ChannelThatIsRenewed_GetsItAgain(int? everyHours, int sent)
    {
        var channel = new ChannelConfig("alertmanager/0", true)
        {
            RenewEvery = everyHours is { } hours ? TimeSpan.FromHours(hours) : null,
        };
        var story = new NotificationStory(
            new RoutingConfig(new RouteConfig { Receiver = "ops", GroupBy = ["model"] }, [new("ops", [channel])]), step: 5);

        Assert.That(story.Fires("latency", 0).Acknowledges("latency").PassTo(3.5 * 3600).Lines.Count(), Is.EqualTo(sent));
    }

    private static NotificationStory Story() => new(
        new RoutingConfig(new RouteConfig { Receiver = "ops", GroupBy = ["model"] }, [new("ops", [new("webhook/0", true)])])
    {
        Maintenance =
        [
            new()
            {
                Name = "drivers", Matchers = [Matcher.Of("metric", MatchOperator.Equal, "latency")], From = AlertEvents.At(100),
                Until = AlertEvents.At(600),
            },
        ],
    });
}
