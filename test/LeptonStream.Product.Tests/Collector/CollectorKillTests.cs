using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using LeptonStream.Kafka;
using LeptonStream.Kafka.Embedded;
using LeptonStream.Testing;

namespace LeptonStream.Product.Tests.Collector;

/// <summary>The collector as a process: killed in a stream of writes, and stopped in order.</summary>
public sealed class CollectorKillTests
{
    private EmbeddedBroker _broker = null!;
    private TopicNames _topics = null!;
    private TopicProbe _probe = null!;
    private int _port;

    [SetUp]
    public void Start()
    {
        _broker = EmbeddedBroker.Start();
        var kafka = new KafkaOptions { BootstrapServers = _broker.BootstrapServers };
        _topics = TopicNames.Of(kafka);
        _broker.CreateTopics(_topics, partitions: 3);
        _probe = new(kafka);
        _port = LoopbackPorts.FreeRow(1);
    }

    [TearDown]
    public void Stop()
    {
        _probe.Dispose();
        _broker.Dispose();
    }

    [Test]
    public async Task Kill_InAStreamOfWrites_LosesNoneThatWasAcknowledged()
    {
        var acknowledged = new ConcurrentBag<int>();
        using var over = new CancellationTokenSource();
        var first = await Run();
        Task[] senders = [.. Enumerable.Range(0, 8).Select(sender => Send(sender, acknowledged, over.Token))];

        await Eventually.True(() => acknowledged.Count > 200, "some are acknowledged");
        first.Kill();
        var before = acknowledged.Count;
        using var second = await Run();
        await Eventually.True(() => acknowledged.Count > before + 200, "further ones are acknowledged");
        await over.CancelAsync();
        await Task.WhenAll(senders);
        first.Dispose();

        var there = _probe.Read(_topics.Metrics).Select(record => JsonNode.Parse(record.Message.Value)!["metrics"]!["n"]!.GetValue<int>())
            .ToHashSet();
        Assert.That(acknowledged.Where(number => !there.Contains(number)), Is.Empty);
    }

    [Test]
    public async Task Stop_InOrder_EndsWithinTenSecondsAndExitCodeZero()
    {
        using var collector = await Run();
        var acknowledged = new ConcurrentBag<int>();
        using var over = new CancellationTokenSource();
        var sender = Send(0, acknowledged, over.Token);
        await Eventually.True(() => acknowledged.Count > 20, "some are acknowledged");

        var clock = System.Diagnostics.Stopwatch.StartNew();
        var code = await collector.Stop();
        await over.CancelAsync();
        await sender;

        Assert.That(code, Is.Zero, collector.ToString());
        Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(10)));
        Assert.That(_probe.Count(_topics.Metrics), Is.GreaterThanOrEqualTo(acknowledged.Count));
    }

    private async Task<LeptonProcess> Run()
    {
        var collector = LeptonProcess.Start("collector", "--bootstrap-servers", _broker.BootstrapServers, "--http",
            $"http://127.0.0.1:{_port}", "--grpc", "");
        await collector.Says("Metrics by HTTP are taken at");
        return collector;
    }

    private async Task Send(int sender, ConcurrentBag<int> acknowledged, CancellationToken over)
    {
        using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{_port}"), Timeout = TimeSpan.FromSeconds(5) };
        var time = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        for (var i = 0; !over.IsCancellationRequested; i++)
        {
            var number = (sender * 1_000_000) + i;
            var body = $$$"""{"model":"m{{{sender}}}","ts":{{{time + i}}},"metrics":{"n":{{{number}}}}}""";
            try
            {
                using var answer = await http.PostAsync("/v1/samples", new ByteArrayContent(Encoding.UTF8.GetBytes(body)), over);
                if (answer.IsSuccessStatusCode) acknowledged.Add(number);
            }
            catch (Exception gone) when (gone is HttpRequestException or OperationCanceledException)
            {
                // Killed, or over: nothing was acknowledged.
            }
        }
    }
}
