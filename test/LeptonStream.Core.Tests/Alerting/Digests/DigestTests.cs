using LeptonStream.Alerting;
using LeptonStream.Alerting.Digests;
using LeptonStream.Samples;
using LeptonStream.Series;
using LeptonStream.Testing;

namespace LeptonStream.Core.Tests.Alerting.Digests;

public sealed class DigestTests
{
    [Test]
    public void Of_EachAlertAsTheLastHasIt_TheWorstFirst_Counted()
    {
        var digest = Digest.Of(
            [
                Of(Alert("a", "warning"), Alert("b", "critical"), Alert("c", "info")),
                Of(Alert("a", "warning", end: 5)),
                Of(Alert("d", "warning")),
            ],
            AlertEvents.At(10));

        Assert.That(digest.Alerts.Select(alert => alert.Labels["metric"]), Is.EqualTo((string[])["b", "d", "c", "a"]));
        Assert.That(digest.Digest, Is.EqualTo(new Digest(3, 3, 1, digest.Digest!.Kinds)));
        Assert.That(digest.Digest.Kinds, Is.EqualTo((DigestKind[])[
            new("X", "warning", "llama", 2), new("X", "critical", "llama", 1), new("X", "info", "llama", 1)]));
        Assert.That(AlertingJson.Read<Notification>(AlertingJson.Write(digest)).Digest!.Kinds, Is.EqualTo(digest.Digest.Kinds));
    }

    [Test]
    public void Of_ManyAlerts_ShowsTheWorstAndCountsAll()
    {
        var digest = Digest.Of([Of([.. Enumerable.Range(0, 900).Select(number =>
            Alert($"m{number}", number % 100 == 7 ? "critical" : "warning"))])], AlertEvents.At(0));

        Assert.That(digest.Alerts, Has.Count.EqualTo(Digest.MostAlerts));
        Assert.That(digest.Alerts.Take(9).All(alert => alert.IsCritical), Is.True);
        Assert.That(digest.Digest!.Firing, Is.EqualTo(900));
    }

    [TestCase(0, 3600)]
    [TestCase(3599, 3600)]
    [TestCase(3600, 7200)]
    public void DueAt_IsTheEndOfThePeriod(double decided, double due) =>
        Assert.That(Digest.DueAt(TimeSpan.FromHours(1), AlertEvents.At(decided)), Is.EqualTo(AlertEvents.At(due)));

    [Test]
    public void Route_InheritsItsDigest_UnlessItHasItsOwn()
    {
        var tree = new RouteTree(new RoutingConfig(
            new RouteConfig
            {
                Receiver = "ops",
                Digest = TimeSpan.FromHours(1),
                Routes =
                [
                    new() { Matchers = [Matcher.Of("team", MatchOperator.Equal, "a")] },
                    new() { Matchers = [Matcher.Of("team", MatchOperator.Equal, "b")], Digest = TimeSpan.Zero },
                ],
            },
            [new("ops", [])]));

        Assert.That(tree.Root.Routes.Select(route => route.Digest), Is.EqualTo((TimeSpan?[])[TimeSpan.FromHours(1), null]));
    }

    private static Notification Of(params GroupedAlert[] alerts) => new()
    {
        GroupId = "g",
        GroupKey = "g",
        Receiver = "ops",
        Channel = "webhook/0",
        Reason = NotifyReason.FirstNotification,
        GroupLabels = LabelSet.Empty,
        RouteLabels = LabelSet.Empty,
        Alerts = alerts,
        At = AlertEvents.At(0),
    };

    private static GroupedAlert Alert(string metric, string severity, double? end = null) => new()
    {
        AlertId = metric,
        Labels = LabelSet.Of(("alertname", "X"), ("metric", metric), ("severity", severity), ("model", "llama")),
        Annotations = LabelSet.Empty,
        StartsAt = AlertEvents.At(0),
        EndsAt = end is { } at ? AlertEvents.At(at) : null,
    };
}
