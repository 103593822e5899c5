using LeptonStream.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LeptonStream.Roles.Tests.Kafka;

public sealed class KafkaOptionsTests
{
    [Test]
    public void Validation_Defaults_AreRight() => Assert.That(Failures(), Is.Empty);

    [TestCase("BootstrapServers", "", "Kafka:BootstrapServers holds ''")]
    [TestCase("BootstrapServers", "a:9092,b", "Kafka:BootstrapServers holds 'b'")]
    [TestCase("BootstrapServers", "a:70000", "Kafka:BootstrapServers holds 'a:70000'")]
    [TestCase("TopicPrefix", "a b.", "Kafka:TopicPrefix is 'a b.'")]
    [TestCase("SessionTimeoutMs", "10", "Kafka:SessionTimeoutMs is 10: it may be 1000 to 1800000")]
    [TestCase("SecurityProtocol", "tls", "Kafka:SecurityProtocol is 'tls': it may be Plaintext, Ssl, SaslPlaintext, SaslSsl")]
    [TestCase("GroupProtocol", "consumer", "Kafka:GroupProtocol is 'consumer': it may be Classic, Consumer")]
    [TestCase("GroupInstanceId", "", "Kafka:GroupInstanceId is ''")]
    [TestCase("GroupInstanceId", "detector 1", "Kafka:GroupInstanceId is 'detector 1'")]
    [TestCase("SslCaLocation", "/no/such/file", "Kafka:SslCaLocation is '/no/such/file'")]
    public void Validation_WrongValue_IsNamedWithWhatIsAllowed(string setting, string value, string message) =>
        Assert.That(Failures((setting, value)), Has.One.StartsWith(message));

    [Test]
    public void Validation_SaslWithoutCredentials_NamesAllThatIsMissing() =>
        Assert.That(Failures(("SecurityProtocol", "SaslSsl")), Has.Exactly(3).Matches("SaslMechanism|SaslUsername|SaslPassword"));

    [TestCase(1, "lepton", "detector-0")]
    [TestCase(2, "lepton-2", "detector-0-2")]
    public void OfMember_OneOfSeveral_HasNamesOfItsOwnButTheFirst(int number, string client, string instance)
    {
        var process = new KafkaOptions { BootstrapServers = "kafka:9092", GroupInstanceId = "detector-0" };
        var member = process.OfMember(number);
        Assert.That((member.BootstrapServers, member.ClientId, member.GroupInstanceId), Is.EqualTo(("kafka:9092", client, instance)));
        Assert.That((process.ClientId, process.GroupInstanceId), Is.EqualTo(("lepton", "detector-0")), "unchanged");
        Assert.That(new KafkaOptions().OfMember(number).GroupInstanceId, Is.Null);
    }

    private static string[] Failures(params (string Setting, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create($"Kafka:{s.Setting}", (string?)s.Value)))
            .Build();
        using var services = new ServiceCollection().AddKafka(configuration).BuildServiceProvider();
        try
        {
            _ = services.GetRequiredService<IOptions<KafkaOptions>>().Value;
            return [];
        }
        catch (OptionsValidationException wrong)
        {
            return [.. wrong.Failures];
        }
    }
}
