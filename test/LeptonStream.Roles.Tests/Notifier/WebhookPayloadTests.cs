using System.Text;
using System.Text.Json.Nodes;
using LeptonStream.Alerting;
using LeptonStream.Notifier.Channels;
using LeptonStream.Samples;
using LeptonStream.Series;
using LeptonStream.Testing;

namespace LeptonStream.Roles.Tests.Notifier;

public sealed class WebhookPayloadTests
{
    private static readonly Uri ExternalUrl = new("http://vm:9093");

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void Write_WhatAlertmanagerOnceSent_IsTheSameFieldForField(int number)
    {
        var captured = JsonNode.Parse(File.ReadAllText(
            SharedFolder.Require($"data/wire-captures/alertmanager/webhook-{number}.json")))!.AsObject();

        var written = JsonNode.Parse(WebhookPayload.Write(NotificationOf(captured), maxAlerts: 0, ExternalUrl))!.AsObject();

        // The one difference by design: the link leads to our dashboard.
        foreach (var (ours, theirs) in written["alerts"]!.AsArray().Zip(captured["alerts"]!.AsArray()))
            ours!["generatorURL"] = theirs!["generatorURL"]!.GetValue<string>();
        Assert.That(written.ToJsonString(), Is.EqualTo(captured.ToJsonString()));
    }

    [Test]
    public void Write_MoreAlertsThanAllowed_ShowsTheWorstAndCountsTheRest()
    {
        GroupedAlert[] alerts = [Alert("a", ended: true), Alert("b"), Alert("c")];

        var body = JsonNode.Parse(WebhookPayload.Write(NotificationOf(alerts), maxAlerts: 1, ExternalUrl))!;

        Assert.That(body["alerts"]!.AsArray().Select(alert => alert!["status"]!.GetValue<string>()), Is.EqualTo(new[] { "firing" }));
        Assert.That(body["truncatedAlerts"]!.GetValue<int>(), Is.EqualTo(2));
        Assert.That(body["status"]!.GetValue<string>(), Is.EqualTo("firing"));
    }

    // As in one of several parts, or in a digest.
    [Test]
    public void Write_TheAlertsThatFireAreNotAmongItsOwn_SaysFiring()
    {
        var notification = NotificationOf([Alert("a", ended: true)]) with { LeftOut = new(Firing: 3, Resolved: 0) };
        var body = JsonNode.Parse(WebhookPayload.Write(notification, maxAlerts: 0, ExternalUrl))!;
        Assert.That((body["status"]!.GetValue<string>(), body["truncatedAlerts"]!.GetValue<int>()), Is.EqualTo(("firing", 3)));
    }

    [Test]
    public void Write_CommonLabels_AreThoseOfAllAlerts()
    {
        var body = JsonNode.Parse(WebhookPayload.Write(NotificationOf([Alert("a"), Alert("b", ended: true)]), maxAlerts: 0, ExternalUrl))!;

        Assert.That(body["commonLabels"]!.ToJsonString(), Is.EqualTo("""{"model":"llama"}"""));
        Assert.That(body["commonAnnotations"]!.ToJsonString(), Is.EqualTo("{}"));
        Assert.That(body["alerts"]![0]!["generatorURL"]!.GetValue<string>(), Is.EqualTo("http://vm:9093/#alert=id-a"));
    }

    [Test]
    public void Write_HostileNames_AreJsonAndNothingElse()
    {
        var alert = Alert("</script>\"\u0000\u2028'\n");

        var text = Encoding.UTF8.GetString(WebhookPayload.Write(NotificationOf([alert]), maxAlerts: 0, ExternalUrl));

        Assert.That(text, Does.Not.Contain("</script>").And.Not.Contain("\n"));
        Assert.That(JsonNode.Parse(text)!["alerts"]![0]!["labels"]!["metric"]!.GetValue<string>(), Is.EqualTo(alert.Labels["metric"]));
    }

    private static GroupedAlert Alert(string metric, bool ended = false) => new()
    {
        AlertId = $"id-{metric}",
        Labels = LabelSet.Of(("model", "llama"), ("metric", metric)),
        Annotations = LabelSet.Of(("summary", metric)),
        StartsAt = AlertEvents.Start,
        EndsAt = ended ? AlertEvents.At(1) : null,
    };

    private static Notification NotificationOf(IReadOnlyList<GroupedAlert> alerts) => new()
    {
        GroupId = "1",
        GroupKey = "{}:{}",
        Receiver = "hook",
        Channel = "webhook/0",
        Reason = NotifyReason.FirstNotification,
        GroupLabels = LabelSet.Empty,
        RouteLabels = LabelSet.Empty,
        Alerts = alerts,
        At = AlertEvents.Start,
    };

    private static Notification NotificationOf(JsonObject captured) => new()
    {
        GroupId = "1",
        GroupKey = GroupKey.Of("{}", Labels(captured["groupLabels"]!)),
        Receiver = captured["receiver"]!.GetValue<string>(),
        Channel = "webhook/0",
        Reason = Enum.GetValues<NotifyReason>()
            .Single(reason => NotifyReasons.TextOf(reason) == captured["notification_reason"]!.GetValue<string>()),
        GroupLabels = Labels(captured["groupLabels"]!),
        RouteLabels = Labels(captured["routeLabels"]!),
        Alerts = [.. captured["alerts"]!.AsArray().Select(alert => new GroupedAlert
        {
            AlertId = "1",
            Labels = Labels(alert!["labels"]!),
            Annotations = Labels(alert["annotations"]!),
            StartsAt = Time(alert["startsAt"]!),
            EndsAt = alert["status"]!.GetValue<string>() == "resolved" ? Time(alert["endsAt"]!) : null,
        })],
        At = AlertEvents.Start,
    };

    private static LabelSet Labels(JsonNode labels) =>
        LabelSet.Of(labels.AsObject().Select(label => KeyValuePair.Create(label.Key, label.Value!.GetValue<string>())));

    private static Timestamp Time(JsonNode time) => Timestamp.FromDateTimeOffset(time.GetValue<DateTimeOffset>());
}
