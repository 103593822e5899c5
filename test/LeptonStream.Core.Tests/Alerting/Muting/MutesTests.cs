using LeptonStream.Alerting;
using LeptonStream.Alerting.Muting;
using LeptonStream.Alerts;
using LeptonStream.Series;
using LeptonStream.Testing;

namespace LeptonStream.Core.Tests.Alerting.Muting;

/// <summary>Stories with silences, inhibition and times: group_wait 5 s, group_interval 60 s, repeat_interval 240 s.</summary>
public sealed class MutesTests
{
    // AlertEvents.Start is a Friday, 08:00 UTC.
    private static readonly TimeInterval Morning = new("morning", [new() { Minutes = [new(480, 482)] }]);

    private static readonly RouteConfig Everything = new()
    {
        Receiver = "ops",
        GroupBy = ["model"],
        GroupWait = TimeSpan.FromSeconds(5),
        GroupInterval = TimeSpan.FromSeconds(60),
        RepeatInterval = TimeSpan.FromSeconds(240),
    };

    [Test]
    public void OnTick_SilencedAlert_IsLeftOutOfItsGroupUntilTheSilenceEnds()
    {
        var story = Story().Silences(SilenceOf("latency", 0, 100)).Fires("latency", 0).Fires("errors", 1).PassTo(200);

        Assert.That(story.Lines, Is.EqualTo(new[] { "5s ops: first notification +errors", "125s ops: new alerts added +errors +latency" }));
        Assert.That(story.Suppressed, Is.EqualTo(new[] { "5s latency: silence [latency]", "65s latency: silence [latency]" }));
    }

    [Test]
    public void OnTick_OnlyAlertOfItsGroupIsSilenced_IsSentAsFirstNotificationAfterwards()
    {
        var story = Story().Silences(SilenceOf("latency", 0, 100)).Fires("latency", 0).PassTo(200);

        Assert.That(story.Lines, Is.EqualTo(new[] { "125s ops: first notification +latency" }));
    }

    [Test]
    public void OnTick_SilencedAfterItWasSent_IsNotRepeatedAndItsEndIsSent()
    {
        var story = Story().Fires("latency", 0).Silences(SilenceOf("latency", 30, 900)).Resolves("latency", 400).PassTo(1000);

        Assert.That(story.Lines, Is.EqualTo(new[] { "5s ops: first notification +latency", "425s ops: all alerts resolved -latency" }));
        Assert.That(story.Groups.All, Is.Empty);
        Assert.That(story.Suppressed.Last(), Is.EqualTo("365s latency: silence [latency]"));
    }

    [Test]
    public void OnTick_OneOfTwoSentIsSilenced_OtherEnds_SaysThatSomeAreResolvedAndKeepsTheIncidentOpen()
    {
        var story = Story().Fires("latency", 0).Fires("errors", 1).Silences(SilenceOf("latency", 30, 900)).Resolves("errors", 40)
            .PassTo(100);

        Assert.That(story.Lines,
            Is.EqualTo(new[] { "5s ops: first notification +errors +latency", "65s ops: some alerts resolved -errors" }));
        Assert.That(story.Sent[^1], Has.Property("IsOver").False.And.Property("Withheld").EqualTo(1));
    }

    [Test]
    public void OnTick_NeverSent_EndsUnseenInItsSilence() =>
        Assert.That(Story().Silences(SilenceOf("latency", 0, 900)).Fires("latency", 0).Resolves("latency", 100).PassTo(1000).Lines,
            Is.Empty);

    // Its old labels end, and the alert does not.
    [Test]
    public void OnTick_SentAlertBecomesCriticalInItsSilence_IsNotSaidToBeOverBeforeItIs()
    {
        var story = Story().Fires("latency", 0).Silences(SilenceOf("latency", 30, 900)).Changes("latency", 40, AlertSeverity.Critical)
            .PassTo(300);
        Assert.That(story.Lines, Is.EqualTo(new[] { "5s ops: first notification +latency" }));

        Assert.That(story.Resolves("latency", 310, AlertSeverity.Critical).PassTo(500).Lines.Skip(1),
            Is.EqualTo(new[] { "365s ops: all alerts resolved -latency" }));
        Assert.That(story.Groups.All, Is.Empty);
    }

    [Test]
    public void OnTick_SilenceEndsWhileTheAlertStillFires_SaysNothingBeforeTheRepeatInterval()
    {
        var story = Story().Fires("latency", 0).Silences(SilenceOf("latency", 30, 100)).PassTo(240).PassTo(250);

        Assert.That(story.Lines, Is.EqualTo(new[] { "5s ops: first notification +latency", "245s ops: repeat interval elapsed +latency" }));
    }

    [Test]
    public void OnTick_Inhibited_IsSentWhenTheSourceIsOver()
    {
        var story = Story().Fires("errors", 0).Fires("down", 1, AlertSeverity.Critical).Resolves("down", 70, AlertSeverity.Critical)
            .PassTo(200);

        Assert.That(story.Lines, Is.EqualTo(new[] { "5s ops: first notification +down", "125s ops: new alerts added +errors -down" }));
        Assert.That(story.Suppressed, Is.EqualTo(new[] { "5s errors: inhibition [down]", "65s errors: inhibition [down]" }));
    }

    [Test]
    public void OnTick_AlertBecomesTheSourceOfARuleWhoseTargetItWas_ItsOwnEndIsSent()
    {
        var story = Story(Everything with { GroupBy = ["severity"] }).Fires("latency", 0).Changes("latency", 20, AlertSeverity.Critical)
            .PassTo(100);

        Assert.That(story.Lines, Is.EqualTo(new[]
        {
            "5s ops: first notification +latency", "25s ops: first notification +latency", "65s ops: all alerts resolved -latency",
        }));
    }

    [Test]
    public void OnTick_MutedRoute_SendsWhenTheIntervalIsOver()
    {
        var story = Story(Everything with { Routes = [new() { Matchers = [Any()], MuteTimeIntervals = ["morning"] }] })
            .Fires("latency", 0).PassTo(200);

        Assert.That(story.Lines, Is.EqualTo(new[] { "125s ops: first notification +latency" }));
        Assert.That(story.Suppressed,
            Is.EqualTo(new[] { "5s latency: mute_time_interval [morning]", "65s latency: mute_time_interval [morning]" }));
    }

    [Test]
    public void OnTick_RouteOutsideItsActiveTimes_SendsNothing()
    {
        var story = Story(Everything with { Routes = [new() { Matchers = [Any()], ActiveTimeIntervals = ["morning"] }] })
            .Fires("latency", 0).Fires("errors", 80).PassTo(200);

        Assert.That(story.Lines, Is.EqualTo(new[] { "5s ops: first notification +latency" }));
        Assert.That(story.Suppressed.Last(), Is.EqualTo("185s latency: active_time_interval [morning]"));
    }

    [Test]
    public void OnTick_RouteBelowAMutedOne_IsNotMuted()
    {
        var muted = new RouteConfig { Matchers = [Any()], MuteTimeIntervals = ["morning"], Routes = [new() { Matchers = [Any()] }] };

        Assert.That(Story(Everything with { Routes = [muted] }).Fires("latency", 0).PassTo(10).Lines, Has.Exactly(1).Items);
    }

    [Test]
    public void OnTick_SeveralCauses_NamesTheFirstInAlertmanagersOrder()
    {
        var route = new RouteConfig { Matchers = [Any()], MuteTimeIntervals = ["morning"], ActiveTimeIntervals = ["never"] };
        var story = Story(Everything with { Routes = [route] }).Silences(SilenceOf("errors", 0, 900)).Silences(SilenceOf("latency", 0, 900))
            .Fires("errors", 0).Fires("down", 0, AlertSeverity.Critical).PassTo(5);

        Assert.That(story.Suppressed,
            Is.EquivalentTo(new[] { "5s errors: inhibition [down]", "5s down: active_time_interval [never]" }));
    }

    [TestCase(0, 0, false)]
    [TestCase(0, 1, true)]
    [TestCase(1, 2, false)]
    [TestCase(-2, -1, false)]
    public void IsActive_FromItsStartToItsEnd(double from, double to, bool isActive) =>
        Assert.That(SilenceOf("latency", from, to).IsActive(AlertEvents.At(0)), Is.EqualTo(isActive));

    [Test]
    public void Covers_WithoutMatchers_IsFalse() =>
        Assert.That((SilenceOf("x", 0, 1) with { Matchers = [] }).Covers(LabelSet.Of(("a", "b"))), Is.False);

    [TestCase("mute")]
    [TestCase("active")]
    public void RouteTree_RootOrUnknownInterval_IsRefused(string kind)
    {
        RouteConfig With(params string[] names) =>
            kind == "mute" ? new() { MuteTimeIntervals = names } : new RouteConfig { ActiveTimeIntervals = names };

        Assert.That(() => Story(With("morning") with { Receiver = "ops" }), Throws.ArgumentException.With.Message.Contains("root route"));
        Assert.That(() => Story(Everything with { Routes = [With("nights")] }),
            Throws.ArgumentException.With.Message.EqualTo("time interval 'nights' is not defined; defined are: morning, never"));
    }

    private static Matcher Any() => Matcher.Of("model", MatchOperator.Matches, ".+");

    private static Silence SilenceOf(string metric, double from, double to) => new()
    {
        Id = metric,
        Matchers = [Matcher.Of("metric", MatchOperator.Equal, metric)],
        StartsAt = AlertEvents.At(from),
        EndsAt = AlertEvents.At(to),
        CreatedBy = "ann",
        Comment = "known",
    };

    private static NotificationStory Story(RouteConfig? root = null) => new(new RoutingConfig(
        root ?? Everything, [new("ops", [new("webhook/0", SendResolved: true)])])
    {
        TimeIntervals = [Morning, new("never", [])],
        InhibitRules = [new()
        {
            Source = [Matcher.Of("severity", MatchOperator.Equal, "critical")],
            Target = [Matcher.Of("severity", MatchOperator.Equal, "warning")],
            Equal = ["model"],
        }],
    });
}
