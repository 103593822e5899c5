using Confluent.Kafka;
using LeptonStream.Kafka;
using LeptonStream.Testing;

namespace LeptonStream.Integration.Tests.Kafka;

public sealed class RealKafkaTests
{
    [Test]
    public async Task Shared_Broker_AnswersWithItsClusterId()
    {
        var kafka = await RealKafka.Shared();
        using var admin = new AdminClientBuilder(ClientSettings.Admin(kafka.Options())).Build();

        var cluster = await admin.DescribeClusterAsync(new() { RequestTimeout = TimeSpan.FromSeconds(20) });

        Assert.That(cluster.ClusterId, Is.Not.Empty, kafka.Origin);
        Assert.That(cluster.Nodes, Is.Not.Empty);
    }
}
