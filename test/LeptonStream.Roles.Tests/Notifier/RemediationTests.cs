using System.Text;
using System.Text.Json;
using LeptonStream.Alerting.Remediation;
using LeptonStream.Storage;
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

    // One with a payload that nobody can read, and one whose attempts have each ended the process.
    [Test]
    public async Task Run_AnActionFailsUnforeseen_IsTriedAgainAndTheNotifierGoesOn()
    {
        await using var rig = await NotifierRig.Create();
        rig.Start(("Notifier:WebhookUrl", ""));
        rig.Publish(0, AlertEvents.Opened("latency"));
        await rig.Recorded(1);
        foreach (var attempts in (int[])[0, 5])
            await rig.Database.Write(transaction => transaction.Execute(
                """
                insert into remediation (action_id, policy, alert_id, model, kind, action, target, dry_run, state, since, acted_at,
                  due_at, leased_until, attempts, payload, changed_at)
                select @policy, @policy, alert_id, model, 'kubernetes', 'scale', '{}', 0, 'running', 0, 0, 0, 0, @attempts, '[]', 0
                from alert
                """,
                new { policy = $"after {attempts}", attempts }));

        await Eventually.True(
            () => rig.Scalar<long>("select count(*) from remediation where reason like '%JsonException%' and attempts > 0").Result == 1,
            "the first is tried again");
        await Eventually.True(
            () => rig.Scalar<long>("select count(*) from remediation where reason like 'begun 5 times%'").Result == 1,
            "the other has failed");
        rig.Publish(0, AlertEvents.Opened("errors"));
        await rig.Recorded(2);
    }
}
