using System.Text;
using System.Text.Json;
using LeptonStream.Kafka;
using LeptonStream.Kafka.Embedded;
using LeptonStream.Notifier;
using LeptonStream.Notifier.Channels;
using LeptonStream.Notifier.Channels.Kinds;
using LeptonStream.Notifier.Egress;
using LeptonStream.Testing;

namespace LeptonStream.Roles.Tests.Notifier.Channels;

/// <summary>Channels that call no service: topics and programs.</summary>
[Parallelizable]
public sealed class LocalChannelTests
{
    [Test]
    public async Task Kafka_Notification_StandsInTheTopicUnderItsGroup()
    {
        using var broker = EmbeddedBroker.Start();
        var options = new KafkaOptions { BootstrapServers = broker.BootstrapServers };
        broker.CreateTopics(TopicNames.Of(options), 1);
        using var probe = new TopicProbe(options);
        var topic = TopicNames.Of(options).Alerts;
        using var factory = Factory(kafka: options);

        var outcome = await factory.Make(new KafkaTopicSettings(true, topic, null))
            .Send("id-1", SampleNotifications.Firing(), CancellationToken.None);

        Assert.That((outcome.Result, outcome.Answer), Is.EqualTo((DeliveryResult.Delivered, $"{topic}[0]@0")));
        var record = probe.Read(topic).Single();
        Assert.That(Encoding.UTF8.GetString(record.Message.Headers.GetLastBytes("webhook-id")), Is.EqualTo("id-1"));
        using var body = JsonDocument.Parse(record.Message.Value!);
        Assert.That(body.RootElement.GetProperty("groupKey").GetString(), Is.EqualTo("{}:{model=\"llama-70b\"}"));
    }

    [TestCase("cat > /dev/null", DeliveryResult.Delivered)]
    [TestCase("exit 0", DeliveryResult.Delivered)]
    [TestCase("cat > /dev/null; exit 75", DeliveryResult.Failed)]
    [TestCase("echo no >&2; exit 3", DeliveryResult.Refused)]
    public async Task Exec_ExitCode_DecidesTheOutcome(string script, object result)
    {
        using var factory = Factory(allowExec: true);

        var outcome = await Exec(factory, script).Send("id", SampleNotifications.Firing(50), CancellationToken.None);

        Assert.That(outcome.Result, Is.EqualTo(result));
    }

    [Test]
    public async Task Exec_Program_GetsThePayloadAndNothingOfOurEnvironment()
    {
        var file = Path.GetTempFileName();
        Environment.SetEnvironmentVariable("LEPTON_TEST_PASSWORD", "hidden");
        using var factory = Factory(allowExec: true);

        await Exec(factory, $"(cat; env) > {file}").Send("id-1", SampleNotifications.Firing(), CancellationToken.None);

        var seen = await File.ReadAllTextAsync(file);
        Assert.That(seen, Does.StartWith("{\"receiver\":\"ops\"").And.Contain("LEPTON_NOTIFICATION_ID=id-1").And.Not.Contain("hidden"));
        File.Delete(file);
    }

    [Test]
    public async Task Exec_SettingIsOff_StartsNothing()
    {
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using var factory = Factory();

        var outcome = await Exec(factory, $"touch {file}").Send("id", SampleNotifications.Firing(), CancellationToken.None);

        Assert.That(outcome.Error, Does.Contain("Notifier:AllowExec=true allows them"));
        Assert.That(File.Exists(file), Is.False);
    }

    private static INotificationChannel Exec(ChannelFactory factory, string script) =>
        factory.Make(new ExecSettings(true, "/bin/sh", new(["-c", script]), null));

    private static ChannelFactory Factory(bool allowExec = false, KafkaOptions? kafka = null) => new(
        new ConsoleOutput(TextWriter.Null), new NotifierOptions { AllowExec = allowExec },
        new EgressGuard(AllowedTargets.Parse("", out _)), TimeProvider.System, kafka);
}
