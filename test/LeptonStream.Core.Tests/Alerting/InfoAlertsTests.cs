using LeptonStream.Alerting;
using LeptonStream.Series;

namespace LeptonStream.Core.Tests.Alerting;

/// <summary>An alert that a detector calls <c>info</c> notifies nobody who does not ask for that severity.</summary>
public sealed class InfoAlertsTests
{
    private static readonly ReceiverConfig[] Receivers = [.. new[] { "root", "a" }.Select(name => new ReceiverConfig(name, []))];

    [TestCase("severity=info", "LeptonStreamAnomaly", "info", "a")]
    [TestCase("severity=~\"info|warning\"", "LeptonStreamAnomaly", "info", "a")]
    [TestCase("severity=~\"info|warning\"", "LeptonStreamEntityAnomaly", "info", "a")]
    [TestCase("severity!=critical", "LeptonStreamAnomaly", "info", null)]
    [TestCase("alertname=LeptonStreamAnomaly", "LeptonStreamAnomaly", "info", null)]
    [TestCase("alertname=LeptonStreamAnomaly", "LeptonStreamAnomaly", "warning", "a")]
    [TestCase("team=x", "LeptonStreamTrainingAnomaly", "info", null)]
    [TestCase("team=x", "LeptonStreamAnomaly", "warning", "a")]
    [TestCase("team=y", "LeptonStreamAnomaly", "info", null)]
    [TestCase("team=y", "LeptonStreamAnomaly", "critical", "root")]
    [TestCase("team=x", "NodeIsSlow", "info", "a")]
    [TestCase("team=y", "NodeIsSlow", "info", "root")]
    [TestCase("severity=info", "LeptonStreamStateGap", "info", null)]
    public void TargetsOf_ARouteWithMatcher_AreThoseThatAsk(string matcher, string alertName, string severity, string? receiver)
    {
        var tree = new RouteTree(new(
            new RouteConfig { Receiver = "root", Routes = [new RouteConfig { Receiver = "a", Matchers = [Matching(matcher)] }] },
            Receivers));
        var labels = LabelSet.Of(("alertname", alertName), ("severity", severity), ("team", "x"));

        var targets = new AlertPipeline(tree).TargetsOf(labels).Select(target => target.Route.Receiver.Name);

        Assert.That(targets, Is.EqualTo(receiver is null ? Array.Empty<string>() : [receiver]));
    }

    [Test]
    public void TargetsOf_ARouteBelowOneThatAsks_AsksToo()
    {
        var below = new RouteConfig { Receiver = "a", Matchers = [Matching("team=x")] };
        var tree = new RouteTree(new(
            new RouteConfig
            {
                Receiver = "root",
                Routes = [new RouteConfig { Matchers = [Matching("severity=info")], Routes = [below] }],
            },
            Receivers));
        var labels = LabelSet.Of(("alertname", "LeptonStreamAnomaly"), ("severity", "info"), ("team", "x"));
        Assert.That(new AlertPipeline(tree).TargetsOf(labels).Single().Route.Receiver.Name, Is.EqualTo("a"));
    }

    private static Matcher Matching(string text) =>
        Matcher.TryParse(text, out var matcher, out var error) ? matcher! : throw new FormatException(error);
}
