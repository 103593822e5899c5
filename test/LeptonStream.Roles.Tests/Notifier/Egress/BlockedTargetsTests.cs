using System.Data.Common;
using LeptonStream.Notifier;
using LeptonStream.Notifier.Egress;
using LeptonStream.Notifier.Routing;
using LeptonStream.Testing;

namespace LeptonStream.Roles.Tests.Notifier.Egress;

/// <summary>Channels that nobody can be reached by are known before the first page, whatever their kind.</summary>
[Parallelizable]
public sealed class BlockedTargetsTests
{
    private const string Receivers =
        """
        route: {receiver: ops}
        receivers:
        - name: ops
          webhook_configs: [{url: 'http://10.1.2.3/hook/secret'}, {url: 'https://93.184.215.14/'}]
          slack_configs: [{api_url: 'http://192.168.1.1/slack', channel: '#a'}]
          ntfy_configs: [{url: 'http://127.0.0.1', topic: t}]
          email_configs: [{to: a@b.example, from: c@d.example, smarthost: '10.9.9.9:25'}]
        """;

    [Test]
    public async Task Of_ChannelsOfAnyKind_NamesThoseThatAreBlockedAndTheSetting()
    {
        var blocked = await BlockedTargets.Of(Routing(), new() { HeartbeatUrls = "http://169.254.169.254/ping" }, default);

        Assert.That(blocked, Has.Count.EqualTo(5));
        foreach (var name in new[] { "ops, webhook/0: ", "ops, slack/0: ", "ops, ntfy/0: ", "ops, email/0: ", "heartbeat " })
            Assert.That(blocked, Has.One.StartsWith(name));
        Assert.That(blocked, Has.All.Contains("blocked: ").And.All.Contains("Notifier:AllowedTargets").And.None.Contains("secret"));
    }

    [Test]
    public async Task Of_AllowedTargets_AreNotNamed() => Assert.That(
        await BlockedTargets.Of(Routing(), new() { AllowedTargets = "private, loopback" }, default), Is.Empty);

    [Test]
    public async Task Notifier_ABlockedChannel_IsSaidInItsHealthBeforeAnyPage()
    {
        await using var rig = await NotifierRig.Create();
        rig.Start(("Notifier:WebhookUrl", "http://10.1.2.3/hook"), ("Notifier:AllowedTargets", "loopback"));

        await Eventually.True(() => Problems(rig).Contains("channels_blocked", StringComparison.Ordinal), "the status says so");
        Assert.That(Problems(rig), Does.Contain("default, webhook/0: blocked: 10.1.2.3 is a private address"));
    }

    private static string Problems(NotifierRig rig)
    {
        try
        {
            return rig.Scalar<string?>("select problems from role_status where role = 'notifier'").GetAwaiter().GetResult() ?? "";
        }
        catch (DbException)
        {
            // The tables come with the notifier.
            return "";
        }
    }

    private static NotifierRouting Routing() => RoutingFile.Parse(Receivers, "routing.yaml", out var errors)
        ?? throw new AssertionException(string.Join(Environment.NewLine, errors));
}
