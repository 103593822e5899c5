using System.Text;
using System.Text.Json;
using LeptonStream.Alerting.Remediation;
using LeptonStream.Testing;

namespace LeptonStream.Roles.Tests.Notifier;

/// <summary>The way of an action from an alert to the program that executes it, through a whole notifier.</summary>
[Parallelizable]
public sealed class RemediationTests
{
    [Test]
    public async Task Run_PoliciesWithTopicAndWebhook_EachGetsTheActionUnderOneId()
    {
        await using var rig = await NotifierRig.Create();
        var file = Path.Combine(Path.GetTempPath(), $"lepton-actions-{Guid.NewGuid():N}.yaml");
        await File.WriteAllTextAsync(file,
            $$"""
            route: {receiver: ops}
            receivers: [{name: ops}]
            actions:
              - name: again
                matchers: [severity="warning"]
                mode: automatic
                kafka:
                  action: retrain
                  parameters: {data: last_week}
              - name: call
                matchers: [severity="warning"]
                mode: automatic
                webhook: {url: "{{rig.Sink.Url("act")}}", signing_secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw}
              - name: only shown
                matchers: [severity="warning"]
                kafka: {action: roll_back}
            """);
        rig.Start(("Notifier:RoutingFile", file), ("Notifier:WebhookUrl", ""));
        rig.Publish(0, AlertEvents.Opened("latency"));
        await rig.Recorded(1);
        await Eventually.True(() => rig.Scalar<long>("select count(*) from remediation where state = 'done'").Result == 2, "both are done");

        var record = rig.Probe.Read(rig.Topics.Actions, atLeast: 1).Single();
        var value = JsonDocument.Parse(record.Message.Value!).RootElement;
        Assert.That(Encoding.UTF8.GetString(record.Message.Key!), Is.EqualTo("llama-70b"));
        Assert.That(Encoding.UTF8.GetString(record.Message.Headers.GetLastBytes("ce_type")), Is.EqualTo(ActionRequest.Type));
        Assert.That(Encoding.UTF8.GetString(record.Message.Headers.GetLastBytes("ce_id")), Is.EqualTo(value.GetProperty("id").GetString()));
        Assert.That((value.GetProperty("action").GetString(), value.GetProperty("parameters").GetProperty("data").GetString(),
            value.GetProperty("labels").GetProperty("metric").GetString()), Is.EqualTo(("retrain", "last_week", "latency")));
        var call = rig.Sink.Calls.Single();
        var asked = call.Body;
        Assert.That(call.Headers["webhook-id"], Is.EqualTo(asked.GetProperty("id").GetString()));
        Assert.That(call.Headers["webhook-signature"], Does.StartWith("v1,"));
        Assert.That(asked.GetProperty("action").GetString(), Is.EqualTo("call"));
        Assert.That(await rig.Scalar<string>("select state from remediation where policy = 'only shown'"), Is.EqualTo("dry_run"));
        File.Delete(file);
    }
}
