using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Confluent.Kafka;
using LeptonStream.Collector.Output;
using LeptonStream.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace LeptonStream.Roles.Tests.Collector;

/// <summary>Two replicas on one broker: what the one no longer hears, it finds in the log.</summary>
public sealed class MetricsLogTests
{
    [Test]
    public async Task Score_OfASenderThatGoesOverToAnotherReplica_StaysWhole()
    {
        var time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_795_981_000));
        using var rig = new CollectorRig();
        using var first = rig.Start(time).Http;
        using var second = rig.Start(time).Http;
        for (var i = 0; i < 60; i++)
        {
            var message = $$$"""{"model":"m","ts":{{{time.GetUtcNow().ToUnixTimeSeconds()}}},"labels":{"host":"a"},"metrics":{"x":1}}""";
            using var body = new ByteArrayContent(Encoding.UTF8.GetBytes(message));
            using var answer = await (i < 30 ? first : second).PostAsync(new Uri("/v1/samples", UriKind.Relative), body);
            Assert.That(answer.IsSuccessStatusCode, Is.True);
            time.Advance(TimeSpan.FromSeconds(10));
            // The loop of the role passes by four times a second.
            await Task.Delay(i % 6 == 5 ? 500 : 50);
        }

        double[] scores = [.. rig.Values().Where(text => text.Contains("lepton.quality.score", StringComparison.Ordinal))
            .Select(text => (double)JsonNode.Parse(text)!["metrics"]!["lepton.quality.completeness"]!)];
        Assert.That(scores, Has.Length.GreaterThan(8).And.All.EqualTo(1));
    }

    [Test]
    public async Task Look_WhereTheBrokerStalls_EndsWhenItIsAskedTo()
    {
        using var broker = new TcpListener(IPAddress.Loopback, 0);
        broker.Start();
        var log = LogOf(new() { BootstrapServers = broker.LocalEndpoint.ToString()! });
        using var stop = new CancellationTokenSource();
        var look = log.Look(["m"], ["m"], stop.Token);
        using var connection = await broker.AcceptSocketAsync();
        Assert.That(await log.Look(["m"], ["m"], CancellationToken.None), Is.Null, "the client is in a call, and is not asked twice");

        await stop.CancelAsync();
        Assert.That(() => look, Throws.InstanceOf<OperationCanceledException>(), "while its call goes on");
        log.Dispose();
        Assert.That(BoundedClose.IsPending, Is.True, "the client is not closed under its call");
        connection.Dispose();
    }

    [Test]
    public async Task Look_WithAClientThatCantBeMade_FindsNothing()
    {
        using var log = LogOf(new() { BootstrapServers = "localhost:1", SecurityProtocol = "Ssl", SslCaLocation = "/nowhere/ca.pem" });
        Assert.That(await log.Look(["m"], ["m"], CancellationToken.None), Is.Null);
    }

    [Test]
    public async Task PartitionOfAKey_IsTheOneThatTheClientChooses()
    {
        using var rig = new CollectorRig();
        using var producer = new ProducerBuilder<byte[]?, byte[]?>(ClientSettings.Producer(rig.Kafka, "test")).Build();
        for (var i = 0; i < 100; i++)
        {
            var key = Encoding.UTF8.GetBytes(new string('模', i % 3) + i.ToString(CultureInfo.InvariantCulture) + new string('x', i % 7));
            var report = await producer.ProduceAsync(rig.Topics.Metrics, new() { Key = key, Value = key });
            Assert.That(KeyPartition.Of(key, 3), Is.EqualTo(report.Partition.Value), Encoding.UTF8.GetString(key));
        }
    }

    private static MetricsLog LogOf(KafkaOptions kafka) =>
        new(Options.Create(kafka), TopicNames.Of(kafka), TimeProvider.System, NullLogger<MetricsLog>.Instance);
}
