using Confluent.Kafka;
using Confluent.Kafka.Admin;
using LeptonStream.Integration.Tests.Detector;
using LeptonStream.Kafka;
using LeptonStream.Testing;

namespace LeptonStream.Integration.Tests.Kafka;

/// <summary><c>lepton topics</c> and <c>lepton doctor</c> on a real Kafka, which knows settings.</summary>
public sealed class TopicsTests
{
    [Test]
    public async Task Check_OfCreatedTopics_FindsNothing_AndCreatingAgainChangesNothing()
    {
        using var rig = await DetectorOnKafka.On(await RealKafka.Shared(), partitions: 3);

        var check = await rig.Run("topics", "check");
        var again = await rig.Run("topics", "create", "--partitions", "7");

        Assert.That(check.ExitCode, Is.Zero, check.Everything);
        Assert.That(check.Error, Is.Empty);
        Assert.That(again.ExitCode, Is.Zero, again.Everything);
        Assert.That(again.Output, Does.Not.Contain("created").And.Not.Contain(" 7 "));
    }

    [TestCase("metrics", "message.timestamp.type", "CreateTime", "it must be LogAppendTime")]
    [TestCase("metrics", "retention.ms", "3600000", "it must be 86400000 or more (24 h)")]
    [TestCase("metrics", "cleanup.policy", "compact", "it must be delete")]
    [TestCase("alerts", "retention.ms", "86400000", "it must be 604800000 or more (168 h)")]
    [TestCase("status", "cleanup.policy", "delete", "it must be compact")]
    public async Task Check_OfATopicWithAWrongSetting_NamesItAndWhatItMustBe(string topic, string setting, string value, string expected)
    {
        using var rig = await DetectorOnKafka.On(await RealKafka.Shared(), partitions: 1);
        await rig.SetTopicSetting(rig.Options.TopicPrefix + topic, setting, value);

        var check = await rig.Run("topics", "check");

        Assert.That(check.ExitCode, Is.EqualTo(1));
        Assert.That(check.Error, Does.Contain($"{rig.Options.TopicPrefix}{topic} has {setting}={value}, {expected}: "));
    }

    [Test]
    public async Task Doctor_OfASoundInstallation_NamesClusterBrokerAndTopics()
    {
        using var rig = await DetectorOnKafka.On(await RealKafka.Shared(), partitions: 3);

        var doctor = await Doctor(rig);

        Assert.That(doctor.ExitCode, Is.Zero, doctor.Everything);
        Assert.That(doctor.Output, Does.Match(@"ok +Kafka +\S+: cluster \S{22}, 1 broker"));
        Assert.That(doctor.Output, Does.Match(@"ok +broker 1 +Kafka 4 or newer"));
        Assert.That(doctor.Output, Does.Match($@"ok +{rig.Topics.Metrics} +3 partitions"));
    }

    // Whoever has a right on a topic by name has no others there.
    [Test]
    public async Task Doctor_WithoutTheRightToReadATopic_SaysWhoNeedsIt()
    {
        await using var kafka = await RealKafka.Start("--set", "allow.everyone.if.no.acl.found=true", "--set",
            "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        Requires.Component(kafka.Folder is not null, "no real Kafka of its own, with an authorizer");
        using var rig = await DetectorOnKafka.On(kafka, partitions: 1);
        var sound = await Doctor(rig);
        Assert.That(sound.Output, Does.Match("ok +rights +these credentials have all rights on topics"), sound.Everything);

        using var admin = new AdminClientBuilder(ClientSettings.Admin(rig.Options)).Build();
        await admin.CreateAclsAsync([Allow(AclOperation.Write), Allow(AclOperation.DescribeConfigs)]);
        // The controller has the rights before the broker, which answers for them.
        var doctor = await Doctor(rig);
        for (var tries = 0; tries < 10 && doctor.Output.Contains("all rights on topics", StringComparison.Ordinal); tries++)
            doctor = await Doctor(rig);
        Assert.That(doctor.Output, Does.Match($"warn +rights +no Read of {rig.Topics.Metrics}"), doctor.Everything);
        Assert.That(doctor.Output, Does.Contain("these roles need: detector, collector"));
        Assert.That(doctor.ExitCode, Is.Zero, "another role may have other credentials");

        AclBinding Allow(AclOperation right) => new()
        {
            Pattern = new() { Type = ResourceType.Topic, Name = rig.Topics.Metrics, ResourcePatternType = ResourcePatternType.Literal },
            Entry = new() { Principal = "User:ANONYMOUS", Host = "*", Operation = right, PermissionType = AclPermissionType.Allow },
        };
    }

    private static Task<ProgramResult> Doctor(DetectorOnKafka rig) => rig.Run("doctor", "--storage",
        $"Data Source={Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"))}.db");
}
