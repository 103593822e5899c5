using LeptonStream.Alerting;
using LeptonStream.Alerts;
using LeptonStream.Series;
using LeptonStream.Testing;

namespace LeptonStream.Core.Tests.Alerting;

public sealed class RouteLabelsTests
{
    [TestCase("plain", "plain")]
    [TestCase("{{ .GroupLabels.model }}/{{.GroupLabels.nothing}}", "llama-70b/")]
    [TestCase("{{ .CommonLabels.severity }} {{ .CommonLabels.metric }}", "warning ", Description = "only labels that all alerts share")]
    [TestCase("{{ routeLabels \"owner\" }} at {{ .Receiver }}", "platform at ops")]
    [TestCase("{{ routeLabels \"text\" }}", null, Description = "a label that refers to itself ends")]
    public void OnTick_LabelOfTheRoute_NamesTheGroups(string text, string? expected)
    {
        var route = new RouteConfig
        {
            Receiver = "ops",
            GroupBy = ["model"],
            Labels = LabelSet.Of(("owner", "platform"), ("text", text)),
        };
        var story = new NotificationStory(new RoutingConfig(route, [new("ops", [new("webhook/0", true)])]));

        var sent = story.Fires("latency", 0).Fires("errors", 0).PassTo(10).Sent.Single();

        Assert.That(sent.RouteLabels["text"], Is.EqualTo(expected));
    }

    [TestCase("{{ .Alerts }}")]
    [TestCase("{{ .GroupLabels.a | toUpper }}")]
    [TestCase("{{ if .GroupLabels.a }}x{{ end }}")]
    [TestCase("{{ broken")]
    public void Check_MoreThanNames_IsRefused(string text) => Assert.That(RouteLabels.Check(text), Does.Contain("is not supported"));
}
