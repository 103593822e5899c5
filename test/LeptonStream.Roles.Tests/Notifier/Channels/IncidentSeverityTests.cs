using System.Text.Json;
using LeptonStream.Alerting;
using LeptonStream.Notifier.Channels;
using LeptonStream.Notifier.Channels.Messages;

namespace LeptonStream.Roles.Tests.Notifier.Channels;

/// <summary>The incident of a group becomes as severe as the group: it began as a warning, and somebody is to be woken now.</summary>
public sealed class IncidentSeverityTests
{
    private ChannelServer _server = null!;

    [SetUp]
    public async Task Start() => _server = await ChannelServer.Start();

    [TearDown]
    public async Task Stop() => await _server.DisposeAsync();

    // By the reference of each: whether an event under the key of an open incident changes it, or a request of its own does.
    [TestCase("opsgenie", "PUT /v2/alerts/KEY/priority?identifierType=alias", "priority", "P1")]
    [TestCase("pagerduty", "POST /v2/enqueue", "payload/severity", "critical")]
    [TestCase("victorops", null, "message_type", "CRITICAL")]
    [TestCase("flashduty", null, "event_status", "Critical")]
    public async Task Send_AWarningThatBecameCritical_RaisesTheOpenIncident(string kind, string? request, string field, string value)
    {
        var test = ChannelCases.All.Single(known => known.Kind == kind);
        var channel = test.Make(_server);
        test.Script(_server, _ => test.Good);
        await channel.Send("1", Of("warning", NotifyReason.FirstNotification), CancellationToken.None);
        Assert.That(_server.Calls, Has.Count.EqualTo(1), "a new incident is as severe as its event says");
        Assert.That(_server.Calls.Any(call => Field(call, field) == value), Is.False);

        var outcome = await channel.Send("2", Of("critical", NotifyReason.NewAlerts), CancellationToken.None);

        Assert.That((outcome.Result, outcome.Error), Is.EqualTo((DeliveryResult.Delivered, (string?)null)));
        var raised = _server.Calls.Last(call => Field(call, field) == value);
        var key = GroupHash.Of(Of("critical", NotifyReason.NewAlerts));
        Assert.That($"{raised.Target} {raised.Body}", Does.Contain(key), "it is the same incident");
        if (request is not null)
            Assert.That($"{raised.Method} {raised.Target}", Is.EqualTo(request.Replace("KEY", key, StringComparison.Ordinal)));
    }

    [TestCase(503, false)]
    [TestCase(404, true)]
    public async Task Send_ThePriorityIsNotTaken_IsTriedAgainWhereThatMayHelp(int status, bool isDelivered)
    {
        var test = ChannelCases.All.Single(known => known.Kind == "opsgenie");
        test.Script(_server, call => call.Method == "PUT" ? new ServerAnswer(status, "no") : test.Good);

        var outcome = await test.Make(_server).Send("2", Of("critical", NotifyReason.NewAlerts), CancellationToken.None);

        Assert.That(outcome.Result, Is.EqualTo(isDelivered ? DeliveryResult.Delivered : DeliveryResult.Failed));
        Assert.That(outcome.Error, Does.Contain($"HTTP {status}"));
    }

    private static Notification Of(string severity, NotifyReason reason)
    {
        var alert = SampleNotifications.Alert();
        return SampleNotifications.Of(alert with { Labels = alert.Labels.With(("severity", severity)) }) with { Reason = reason };
    }

    private static string? Field(ServerCall call, string path)
    {
        using var body = JsonDocument.Parse(call.Body);
        var element = body.RootElement;
        foreach (var name in path.Split('/'))
            if (!element.TryGetProperty(name, out element)) return null;
        return element.GetString();
    }
}
