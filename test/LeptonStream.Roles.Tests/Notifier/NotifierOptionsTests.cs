using LeptonStream.Notifier;
using LeptonStream.Notifier.Channels;
using LeptonStream.Notifier.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LeptonStream.Roles.Tests.Notifier;

public sealed class NotifierOptionsTests
{
    [Test]
    public void AddNotifier_NothingSet_TellsTheConsoleByModelAndAlertName()
    {
        using var services = Build();

        var routing = services.GetRequiredService<RoutingSource>().Current;

        Assert.That(routing.Channels.Values, Is.EqualTo(new[] { new ConsoleSettings(SendResolved: true) }));
        Assert.That(routing.Routes.Root.GroupBy, Is.EqualTo(new[] { "model", "alertname" }));
        Assert.That(routing.Routes.Root.GroupWait, Is.EqualTo(TimeSpan.FromSeconds(5)));
    }

    [Test]
    public void AddNotifier_WebhookUrl_TellsItToo()
    {
        using var services = Build(("WebhookUrl", "http://127.0.0.1:9/hook"), ("GroupWait", "0s"));

        var routing = services.GetRequiredService<RoutingSource>().Current;

        Assert.That(routing.Channels.Keys.Select(key => key.Channel), Is.EquivalentTo(new[] { "console/0", "webhook/0" }));
        Assert.That(routing.Routes.Root.GroupWait, Is.EqualTo(TimeSpan.Zero));
    }

    [TestCase("GroupId", " ", "Notifier:GroupId is empty")]
    [TestCase("BatchSize", "0", "Notifier:BatchSize is 0: it may be 1 to 2000")]
    [TestCase("BatchWaitMs", "-1", "Notifier:BatchWaitMs is -1: it may be 0 to 10000")]
    [TestCase("SendTimeoutSeconds", "301", "Notifier:SendTimeoutSeconds is 301: it may be 1 to 300")]
    [TestCase("ConcurrentSends", "0", "Notifier:ConcurrentSends is 0: it may be 1 to 100")]
    [TestCase("GiveUpAfterHours", "0", "Notifier:GiveUpAfterHours is 0: it may be 1 to 720")]
    [TestCase("StaleAfter", "soon", "Notifier:StaleAfter is 'soon': write a duration")]
    [TestCase("StaleAfter", "1h", "Notifier:StaleAfter is '1h'")]
    [TestCase("DirectAfter", "5s", "Notifier:DirectAfter is '5s': write a duration")]
    [TestCase("DirectAfter", "soon", "Notifier:DirectAfter is 'soon': write a duration")]
    [TestCase("FlapOpenings", "-1", "Notifier:FlapOpenings is -1: it may be 0 to 1000")]
    [TestCase("FlapWindow", "0s", "Notifier:FlapWindow is '0s': write a duration")]
    [TestCase("FlapSteady", "soon", "Notifier:FlapSteady is 'soon': write a duration")]
    [TestCase("JournalRetentionDays", "0", "Notifier:JournalRetentionDays is 0: it may be 1 to 3650")]
    [TestCase("OutboxRetentionDays", "4000", "Notifier:OutboxRetentionDays is 4000: it may be 1 to 3650")]
    [TestCase("ExternalUrl", "dashboard", "Notifier:ExternalUrl is 'dashboard': write an address")]
    [TestCase("Kubernetes", "/no/such/kubeconfig", "Notifier:Kubernetes is '/no/such/kubeconfig': write in-cluster, or the path")]
    [TestCase("HeartbeatUrls", "https://hc-ping.com/1 soon", "Notifier:HeartbeatUrls: write an address")]
    [TestCase("HeartbeatWebhookUrls", "ftp://snitch", "Notifier:HeartbeatWebhookUrls: write an address")]
    [TestCase("HeartbeatAlertmanagerUrls", "am:9093", "Notifier:HeartbeatAlertmanagerUrls: write an address")]
    [TestCase("HeartbeatIntervalSeconds", "4", "Notifier:HeartbeatIntervalSeconds is 4: it may be 5 to 300")]
    [TestCase("HeartbeatMaxDelaySeconds", "301", "Notifier:HeartbeatMaxDelaySeconds is 301: it may be 5 to 300")]
    [TestCase("WebhookUrl", "not-a-url", "Notifier:WebhookUrl: write an address")]
    [TestCase("GroupWait", "soon", "Notifier:GroupWait is 'soon': write a duration")]
    [TestCase("GroupInterval", "0s", "Notifier:GroupInterval is '0s': write a duration")]
    [TestCase("RepeatInterval", "", "Notifier:RepeatInterval is '': write a duration")]
    [TestCase("RoutingFile", "/nonexistent.yml", "Notifier:RoutingFile /nonexistent.yml can't be read: ")]
    public void AddNotifier_WrongSetting_IsNamedWithWhatIsAllowed(string setting, string value, string expected)
    {
        using var services = Build((setting, value));

        Assert.That(() => services.GetRequiredService<IOptions<NotifierOptions>>().Value,
            Throws.InstanceOf<OptionsValidationException>().With.Message.Contains(expected));
    }

    [Test]
    public void AddNotifier_WrongRoutingFile_IsNamedWithLineAndField()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "route: {receiver: ops}\nreceivers: []");
        using var services = Build(("RoutingFile", file));

        Assert.That(
            () => services.GetRequiredService<IOptions<NotifierOptions>>().Value,
            Throws.InstanceOf<OptionsValidationException>().With.Message.Contains(
                $"Notifier:RoutingFile {file}:1: route.receiver is 'ops', which is not defined"));
        File.Delete(file);
    }

    private static ServiceProvider Build(params (string Name, string Value)[] settings) => new ServiceCollection()
        .AddLogging()
        .AddNotifier(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"Notifier:{setting.Name}", (string?)setting.Value)))
            .Build())
        .BuildServiceProvider();
}
