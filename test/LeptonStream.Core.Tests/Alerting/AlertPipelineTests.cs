using LeptonStream.Alerting;
using LeptonStream.Alerting.Muting;
using LeptonStream.Alerts;
using LeptonStream.Series;
using LeptonStream.Testing;

namespace LeptonStream.Core.Tests.Alerting;

/// <summary>Stories with group_wait 5 s, group_interval 60 s, repeat_interval 240 s, unless they say otherwise.</summary>
public sealed class AlertPipelineTests
{
    private static readonly ReceiverConfig Ops = new("ops", [new("webhook/0", SendResolved: true)]);

    private static readonly RouteConfig Everything = new()
    {
        Receiver = "ops",
        GroupBy = ["model"],
        GroupWait = TimeSpan.FromSeconds(5),
        GroupInterval = TimeSpan.FromSeconds(60),
        RepeatInterval = TimeSpan.FromSeconds(240),
    };

    [Test]
    public void OnTick_GroupWaitOver_SendsWhatFiredMeanwhileTogether()
    {
        var story = Story().Fires("latency", 0).Fires("errors", 3).PassTo(20);

        Assert.That(story.Lines, Is.EqualTo(new[] { "5s ops: first notification +errors +latency" }));
    }

    [Test]
    public void OnTick_AlertIsOldAlready_SendsAtOnce()
    {
        var story = Story().Fires("latency", at: 100, publishedAt: 90).PassTo(120);

        Assert.That(story.Lines, Is.EqualTo(new[] { "100s ops: first notification +latency" }));
    }

    [Test]
    public void OnTick_ResolvedBeforeGroupWait_SendsNothingAndDropsTheGroup()
    {
        var story = Story().Fires("latency", 0).Resolves("latency", 4).PassTo(400);

        Assert.That(story.Lines, Is.Empty);
        Assert.That(story.Groups.All, Is.Empty);
    }

    [Test]
    public void OnTick_OneOfTwoResolvedBeforeGroupWait_SendsItAsResolvedWithItsGroup()
    {
        var story = Story().Fires("latency", 0).Fires("errors", 1).Resolves("errors", 4).PassTo(100);

        Assert.That(story.Lines, Is.EqualTo(new[] { "5s ops: first notification +latency -errors" }));
    }

    [Test]
    public void OnTick_FiredAndResolvedBetweenTwoFlushes_SendsItAsResolvedWithItsGroup()
    {
        var story = Story().Fires("latency", 0).Fires("errors", 10).Resolves("errors", 30).PassTo(100);

        Assert.That(story.Lines, Is.EqualTo(new[] { "5s ops: first notification +latency",
            "65s ops: some alerts resolved +latency -errors" }));
    }

    [Test]
    public void OnTick_AlertJoinsToldGroup_WaitsForGroupInterval()
    {
        var story = Story().Fires("latency", 0).Fires("errors", 10).PassTo(70);

        Assert.That(story.Lines, Is.EqualTo(new[] { "5s ops: first notification +latency", "65s ops: new alerts added +errors +latency" }));
    }

    [TestCase(10, "20s ops: new alerts added +errors +latency", TestName = "OnTick_CriticalWait_SendsTheFirstCriticalSoon")]
    [TestCase(90, "65s ops: new alerts added +errors +latency", TestName = "OnTick_CriticalWaitBeyondTheInterval_ChangesNothing")]
    public void OnTick_CriticalJoinsToldGroup_WaitsForCriticalWait(double wait, string second)
    {
        var story = Story(Everything with { CriticalWait = TimeSpan.FromSeconds(wait) })
            .Fires("latency", 0).Fires("errors", 10, AlertSeverity.Critical).PassTo(64 + (wait > 60 ? 1 : 0));

        Assert.That(story.Lines, Is.EqualTo(new[] { "5s ops: first notification +latency", second }));
    }

    [Test]
    public void OnTick_SecondCriticalOfAGroup_WaitsForTheInterval_AlsoBehindARestart()
    {
        var story = Story(Everything with { CriticalWait = TimeSpan.FromSeconds(10) })
            .Fires("latency", 0, AlertSeverity.Critical).Restarts(8).Fires("errors", 10, AlertSeverity.Critical).PassTo(64);

        Assert.That(story.Lines, Is.EqualTo(new[] { "5s ops: first notification +latency" }));
    }

    [Test]
    public void OnTick_AllResolved_SendsOnceAndDropsTheGroup()
    {
        var story = Story().Fires("latency", 0).Resolves("latency", 30).PassTo(400);

        Assert.That(story.Lines, Is.EqualTo(new[] { "5s ops: first notification +latency", "65s ops: all alerts resolved -latency" }));
        Assert.That(story.Groups.All, Is.Empty);
    }

    [Test]
    public void OnTick_OneOfTwoResolved_SendsItOnceAndKeepsTheOther()
    {
        var story = Story().Fires("latency", 0).Fires("errors", 1).Resolves("latency", 30).PassTo(200);

        Assert.That(story.Lines, Is.EqualTo(new[] { "5s ops: first notification +errors +latency",
            "65s ops: some alerts resolved +errors -latency" }));
        Assert.That(story.Groups.All.Single().Alerts, Has.Count.EqualTo(1));
    }

    [Test]
    public void OnTick_NothingChanges_RepeatsAtTheRepeatInterval()
    {
        var story = Story().Fires("latency", 0).PassTo(490);

        Assert.That(story.Lines, Is.EqualTo(new[]
        {
            "5s ops: first notification +latency", "245s ops: repeat interval elapsed +latency",
            "485s ops: repeat interval elapsed +latency",
        }));
    }

    [Test]
    public void OnTick_RepeatIntervalBetweenFlushes_WaitsForTheNextFlush()
    {
        var story = Story(Everything with { RepeatInterval = TimeSpan.FromSeconds(61) }).Fires("latency", 0).PassTo(130);

        Assert.That(story.Lines, Is.EqualTo(new[] { "5s ops: first notification +latency", "125s ops: repeat interval elapsed +latency" }));
    }

    [Test]
    public void OnTick_FiresAgainAfterEverythingResolved_IsAFirstNotificationAfterGroupWait()
    {
        var story = Story().Fires("latency", 0).Resolves("latency", 30).Fires("latency", 100).PassTo(110);

        Assert.That(story.Lines.Last(), Is.EqualTo("105s ops: first notification +latency"));
    }

    [Test]
    public void OnTick_ResolvesAndFiresAgainWithinOneInterval_SaysNothing()
    {
        var story = Story().Fires("latency", 0).Resolves("latency", 30).Fires("latency", 40).PassTo(200);

        Assert.That(story.Lines, Is.EqualTo(new[] { "5s ops: first notification +latency" }));
    }

    [Test]
    public void OnTick_ChannelWithoutResolves_HearsOnlyOfFiring()
    {
        var story =
            Story(Everything, new ReceiverConfig("ops", [new("webhook/0", SendResolved: false), new("console/0", SendResolved: true)]))
            .Fires("latency", 0).Fires("errors", 1).Resolves("latency", 30).Resolves("errors", 90).Fires("errors", 140).PassTo(150);

        Assert.That(story.Lines, Is.EqualTo(new[]
        {
            "5s ops: first notification +errors +latency",
            "5s ops console/0: first notification +errors +latency",
            "65s ops console/0: some alerts resolved +errors -latency",
            "125s ops console/0: all alerts resolved -errors",
            "145s ops: first notification +errors",
            "145s ops console/0: first notification +errors",
        }));
    }

    [Test]
    public void OnTick_ReceiverWithoutChannels_TellsNobodyAndForgetsWhatIsOver()
    {
        var story = Story(Everything, new ReceiverConfig("ops", [])).Fires("latency", 0).Resolves("latency", 30).PassTo(100);

        Assert.That(story.Lines, Is.Empty);
        Assert.That(story.Groups.All, Is.Empty);
    }

    [Test]
    public void OnTick_ClockWasSetBack_SendsAllTheSame()
    {
        var pipeline = new AlertPipeline(new RouteTree(new(Everything, [Ops])));
        var groups = new AlertGroups();
        var alert = AlertEvents.Opened("latency");
        AlertPipeline.OnAlert(groups, alert, pipeline.TargetsOf(alert.RoutingLabels), AlertEvents.At(3600), AlertEvents.At(3600));

        var sent = pipeline.OnTick(groups, Mutes.None, AlertEvents.At(0)).Notifications;

        Assert.That(sent, Has.Count.EqualTo(1));
    }

    [Test]
    public void OnAlert_SeverityRises_EndsTheOldLabelsAndFiresUnderTheNew()
    {
        var story = Story().Fires("latency", 0).Changes("latency", 20, AlertSeverity.Critical).Resolves("latency", 100,
            AlertSeverity.Critical).PassTo(200);

        Assert.That(story.Lines, Is.EqualTo(new[]
        {
            "5s ops: first notification +latency", "65s ops: new alerts added +latency -latency", "125s ops: all alerts resolved -latency",
        }));
        Assert.That(story.Sent[1].Firing.Single().Labels["severity"], Is.EqualTo("critical"));
        Assert.That(story.Sent[1].Resolved.Single().Labels["severity"], Is.EqualTo("warning"));
    }

    [Test]
    public void OnAlert_SeverityLeadsToAnotherReceiver_TheFirstOneHearsTheEnd()
    {
        var story = Story(
                Everything with { Routes = [new RouteConfig { Receiver = "pager",
                    Matchers = [Matcher.Of("severity", MatchOperator.Equal, "critical")] }] },
                Ops, new ReceiverConfig("pager", [new("webhook/0", SendResolved: true)]))
            .Fires("latency", 0).Changes("latency", 20, AlertSeverity.Critical).Resolves("latency", 100,
            AlertSeverity.Critical).PassTo(300);

        Assert.That(story.Lines, Is.EqualTo(new[]
        {
            "5s ops: first notification +latency",
            "25s pager: first notification +latency",
            "65s ops: all alerts resolved -latency",
            "145s pager: all alerts resolved -latency",
        }));
    }

    [Test]
    public void OnAlert_UpdateOfAnAlertNeverSeen_CountsAsFiring()
    {
        var story = Story().Changes("latency", 0, AlertSeverity.Warning).PassTo(10);

        Assert.That(story.Lines, Is.EqualTo(new[] { "5s ops: first notification +latency" }));
    }

    [Test]
    public void OnAlert_ResolveOfAnAlertNeverSeen_IsNothing()
    {
        var story = Story().Resolves("latency", 0).PassTo(100);

        Assert.That(story.Lines, Is.Empty);
        Assert.That(story.Groups.All, Is.Empty);
    }

    [Test]
    public void OnAlert_Update_KeepsTheEarliestStart()
    {
        var story = Story().Fires("latency", 0).Changes("latency", 3, AlertSeverity.Warning).PassTo(10);

        Assert.That(story.Sent.Single().Alerts.Single().StartsAt, Is.EqualTo(AlertEvents.At(0)));
    }

    [Test]
    public void OnAlert_Continue_TellsBothReceiversOnTheirOwnTimes()
    {
        var story = Story(
                Everything with
                {
                    Routes =
                    [
                        new RouteConfig { Receiver = "log", Continue = true, GroupWait = TimeSpan.Zero, GroupBy = [RouteTree.AllLabels] },
                        new RouteConfig { Receiver = "ops", Matchers = [Matcher.Of("model", MatchOperator.Matches, "llama.*")] },
                    ],
                },
                Ops, new ReceiverConfig("log", [new("console/0", SendResolved: true)]))
            .Fires("latency", 0).Fires("errors", 1).PassTo(20);

        Assert.That(story.Lines, Is.EqualTo(new[]
        {
            "0s log console/0: first notification +latency",
            "1s log console/0: first notification +errors",
            "5s ops: first notification +errors +latency",
        }));
    }

    [Test]
    public void OnAlert_GroupByModel_TellsEachModelForItself()
    {
        var story = Story().Fires("latency", 0, model: "a").Fires("latency", 1, model: "b").PassTo(20);

        Assert.That(story.Sent.Select(sent => sent.GroupKey), Is.EqualTo(new[] { """{}:{model="a"}""", """{}:{model="b"}""" }));
    }

    [Test]
    public void Restart_BetweenFlushes_ChangesNothing()
    {
        var through = Tell(Story());
        var restarted = Tell(Story(), story => story.Restarts(4)).Restarts(33).Restarts(301).PassTo(700);

        Assert.That(restarted.Lines, Is.EqualTo(through.PassTo(700).Lines));
        Assert.That(through.Sent, Has.Count.GreaterThan(3));

        static NotificationStory Tell(NotificationStory story, Action<NotificationStory>? interrupt = null)
        {
            story.Fires("latency", 0);
            interrupt?.Invoke(story);
            return story.Fires("errors", 5).Resolves("latency", 30);
        }
    }

    [Test]
    public void Reroute_ReceiverOfAFiringAlertChanges_OldOneHearsTheEndAndNewOneTheStart()
    {
        var pager = new ReceiverConfig("pager", [new("webhook/0", SendResolved: true)]);
        var story = Story(Everything, Ops, pager).Fires("latency", 0).Fires("errors", 1)
            .Restarts(30, new RoutingConfig(Everything with { Receiver = "pager" }, [Ops, pager])).Resolves("latency", 100).PassTo(200);

        Assert.That(story.Lines, Is.EqualTo(new[]
        {
            "5s ops: first notification +errors +latency",
            "30.25s pager: first notification +errors +latency",
            "65s ops: all alerts resolved -errors -latency",
            "150.25s pager: some alerts resolved +errors -latency",
        }));
    }

    [Test]
    public void Reroute_SameRoutesWithAnotherInFront_SaysNothing()
    {
        var more = Everything with { Routes = [new RouteConfig { Matchers = [Matcher.Of("model", MatchOperator.Equal, "other")] }] };
        var story = Story().Fires("latency", 0).Restarts(30, new RoutingConfig(more, [Ops])).PassTo(200);

        Assert.That(story.Lines, Is.EqualTo(new[] { "5s ops: first notification +latency" }));
    }

    [Test]
    public void Reroute_ReceiverIsGone_AlertMovesAndTheOldGroupGoes()
    {
        var story = Story().Fires("latency", 0).Restarts(30,
            new RoutingConfig(Everything with { Receiver = "new" }, [new("new", [new("webhook/0", true)])])).PassTo(100);

        Assert.That(story.Lines, Is.EqualTo(new[] { "5s ops: first notification +latency", "30.25s new: first notification +latency" }));
        Assert.That(story.Groups.All, Has.Count.EqualTo(1));
    }

    private static NotificationStory Story(RouteConfig? route = null, params ReceiverConfig[] receivers) =>
        new(new RoutingConfig(route ?? Everything, receivers.Length == 0 ? [Ops] : receivers));

    [Test]
    public void OnAlert_Progress_IsToldToNobodyAndRefreshesTheTexts()
    {
        var (pipeline, groups) =
            (new AlertPipeline(new RouteTree(new(new() { Receiver = "ops" }, [new("ops", [new("console/0", true)])]))), new AlertGroups());
        var opened = AlertEvents.Opened("latency");
        Take(opened, 0);
        Take(AlertEvents.Progress("latency", 1) with { Annotations = LabelSet.Of(("summary", "too early")) }, 1);
        var first = pipeline.OnTick(groups, Mutes.None, AlertEvents.At(5)).Notifications.Single().Alerts.Single();
        Assert.That(first.Annotations["summary"], Is.EqualTo(opened.Annotations["summary"]), "the first notification says how it opened");

        Take(AlertEvents.Progress("latency", 60) with { Annotations = LabelSet.Of(("summary", "still high")) }, 60);
        Take(AlertEvents.Progress("never-opened", 60), 60);

        Assert.That(pipeline.OnTick(groups, Mutes.None, AlertEvents.At(3600)).Notifications, Is.Empty);
        Assert.That(groups.All.Single().Alerts.Values.Single().Annotations["summary"], Is.EqualTo("still high"));

        void Take(AlertEvent alert, double at) =>
            AlertPipeline.OnAlert(groups, alert, alert.IsProgress
                ? []
                : pipeline.TargetsOf(alert.RoutingLabels), AlertEvents.At(at), AlertEvents.At(at));
    }

    // Nobody was notified while a silence held, or no route led anywhere: the first notification comes late.
    [Test]
    public void OnAlert_ProgressOfAnOldAlert_IsTheTextOfItsFirstNotification()
    {
        var pipeline = new AlertPipeline(new RouteTree(new(new() { Receiver = "ops", GroupWait = TimeSpan.FromHours(1) },
            [new("ops", [new("console/0", true)])])));
        var groups = new AlertGroups();
        var opened = AlertEvents.Opened("latency");
        AlertPipeline.OnAlert(groups, opened, pipeline.TargetsOf(opened.RoutingLabels), AlertEvents.At(0), AlertEvents.At(0));
        var progress = AlertEvents.Progress("latency", 2580) with { Annotations = LabelSet.Of(("summary", "4 by now")) };
        AlertPipeline.OnAlert(groups, progress, [], AlertEvents.At(2580), AlertEvents.At(2580));

        var first = pipeline.OnTick(groups, Mutes.None, AlertEvents.At(3600)).Notifications.Single();

        Assert.That(first.Alerts.Single().Annotations["summary"], Is.EqualTo("4 by now"));
    }

    [TestCase(EndedReason.Recovered, false)]
    [TestCase(EndedReason.Accepted, true)]
    [TestCase(EndedReason.Gone, true)]
    public void OnAlert_Ended_TellsTheEndWithItsReason(EndedReason reason, bool isUnrecovered)
    {
        var (pipeline, groups) =
            (new AlertPipeline(new RouteTree(new(new() { Receiver = "ops" }, [new("ops", [new("console/0", true)])]))), new AlertGroups());
        var opened = AlertEvents.Opened("latency");
        AlertPipeline.OnAlert(groups, opened, pipeline.TargetsOf(opened.RoutingLabels), AlertEvents.At(0), AlertEvents.At(0));
        pipeline.OnTick(groups, Mutes.None, AlertEvents.At(5));

        AlertPipeline.OnAlert(groups, AlertEvents.Closed("latency", 30, reason), [], AlertEvents.At(30), AlertEvents.At(30));

        var told = pipeline.OnTick(groups, Mutes.None, AlertEvents.At(65)).Notifications.Single().Alerts.Single();
        Assert.That((told.IsResolved, told.IsClosedUnrecovered), Is.EqualTo((true, isUnrecovered)), "receivers must close it either way");
        Assert.That(told.Annotations["ended_reason"], Is.EqualTo(AlertEventJson.NameOf(reason)));
    }
}
