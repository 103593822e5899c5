using Confluent.Kafka;
using Confluent.Kafka.Admin;
using LeptonStream.Kafka;
using LeptonStream.Testing;

namespace LeptonStream.Integration.Tests.Kafka;

/// <summary><c>lepton map --topic</c> on a real Kafka, which makes topics that are asked for and remembers groups.</summary>
public sealed class MapOnKafkaTests
{
    [Test]
    public async Task Map_RecordsOfRealPrograms_ShowsTheirSamplesAndLeavesNoTrace()
    {
        var options = (await RealKafka.Shared()).Options();
        var captures = SharedFolder.Require("data/wire-captures");
        var topic = options.TopicPrefix + "theirs";
        using var admin = new AdminClientBuilder(ClientSettings.Admin(options)).Build();
        await admin.CreateTopicsAsync([new TopicSpecification { Name = topic, NumPartitions = 3 }]);
        using var probe = new TopicProbe(options);
        probe.Produce(topic, 0, [Of("otlp/otlp_proto-1.bin"), Of("otlp/otlp_proto-2.bin")]);
        probe.Produce(topic, 2, [Of("telegraf/influx-1.lp")]);

        var sound = await Map(options, topic);
        var none = await Map(options, topic + "x");

        Assert.That((sound.ExitCode, sound.Error), Is.EqualTo((0, "")), sound.Everything);
        Assert.That(sound.Output, Does.Contain($"{topic}[0]@1: otlp_proto (").And.Contain($"{topic}[2]@0: influx ("));
        Assert.That(sound.Output, Does.Match($@"\n{topic}: 3 of 3 records in 3 partitions became \d+ samples of \d+ series\n"));
        Assert.That((none.ExitCode, none.Output), Is.EqualTo((1, "")));
        Assert.That(none.Error, Does.Contain($"there is no topic '{topic}x' on {options.BootstrapServers}"));
        Assert.That(admin.GetMetadata(TimeSpan.FromSeconds(10)).Topics.Select(known => known.Topic), Has.None.EqualTo(topic + "x"));
        var groups = await admin.ListConsumerGroupsAsync();
        Assert.That(groups.Valid.Select(group => group.GroupId), Has.None.Contains("-map"));

        Message<byte[]?, byte[]?> Of(string capture) => new() { Value = File.ReadAllBytes(Path.Combine(captures, capture)) };
    }

    private static Task<ProgramResult> Map(KafkaOptions options, string topic) =>
        LeptonProcess.Run("map", "--topic", topic, "--bootstrap-servers", options.BootstrapServers);
}
