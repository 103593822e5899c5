using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using LeptonStream.Integration.Tests.Detector;
using LeptonStream.Testing;

namespace LeptonStream.Integration.Tests.Collector;

/// <summary>Senders while brokers die under the collector: success is a promise, and every refusal says when to come again.</summary>
[Category("Slow"), Parallelizable]
public sealed class CollectorOutageTests
{
    private const int Senders = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Test]
    public async Task Brokers_KilledUnderLoad_NothingAcknowledgedIsMissingAndEveryRefusalSaysWhen()
    {
        await using var nodes = await KafkaNodes.Start();
        using var rig = await DetectorOnKafka.On(nodes.Kafka, partitions: 1);
        var address = $"http://127.0.0.1:{LoopbackPorts.FreeRow(1)}";
        using var collector = LeptonProcess.Start(null, ["collector", "--bootstrap-servers", rig.Options.BootstrapServers, "--topic-prefix",
            rig.Options.TopicPrefix, "--http", address, "--grpc", "", "--set", "Kafka:SessionTimeoutMs=15000"]);
        using var http = new HttpClient { BaseAddress = new(address), Timeout = TimeSpan.FromMinutes(1) };
        await Eventually.True(() => IsUp(http).Result, "the collector answers");
        using var stop = new CancellationTokenSource();
        var load = new Load(http);
        var senders = Enumerable.Range(0, Senders).Select(sender => load.Send(sender, stop.Token)).ToArray();
        await load.Acknowledges("at the beginning");

        var first = nodes.LeaderOf(rig.Topics.Metrics, 0);
        await nodes.Kill(first);
        await load.Acknowledges("by another leader");

        // With one broker left of three nothing is safe, so nothing may be acknowledged.
        var second = nodes.LeaderOf(rig.Topics.Metrics, 0);
        await nodes.Kill(second);
        await load.Refuses();
        await Task.WhenAll(nodes.Restart(first), nodes.Restart(second));
        await load.Acknowledges("when the brokers are back");
        await stop.CancelAsync();
        await Task.WhenAll(senders);

        Assert.That(load.Statuses.Keys, Is.SubsetOf((int[])[200, 503]), string.Join(", ", load.Statuses));
        Assert.That(load.WithoutTime, Is.Zero, "each 503 says when to come again");
        var written = rig.Probe.Read(rig.Topics.Metrics, load.Acknowledged.Count)
            .SelectMany(record => JsonNode.Parse(record.Message.Value)!["metrics"]!.AsObject()
                .Select(metric => (metric.Key, Value: metric.Value!.GetValue<long>()))).ToHashSet();
        Assert.That(load.Acknowledged.Where(sample => !written.Contains(sample)), Is.Empty, $"of {load.Acknowledged.Count}");
    }

    private static async Task<bool> IsUp(HttpClient http)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri("/ping", UriKind.Relative));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>Numbered samples of several senders, each repeated until it is acknowledged.</summary>
    private sealed class Load(HttpClient http)
    {
        private long _refused;

        public ConcurrentDictionary<int, int> Statuses { get; } = [];

        public ConcurrentBag<(string Metric, long Value)> Acknowledged { get; } = [];

        public int WithoutTime { get; private set; }

        public async Task Send(int sender, CancellationToken stop)
        {
            for (var number = 1L; !stop.IsCancellationRequested; number++)
            {
                var time = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
                var body = string.Create(CultureInfo.InvariantCulture,
                    $$"""{"model":"m","labels":{"sender":"{{sender}}"},"ts":{{time}},"metrics":{"s{{sender}}":{{number}} } }""");
                while (!await IsTaken(body) && !stop.IsCancellationRequested) await Task.Delay(200, CancellationToken.None);
                if (!stop.IsCancellationRequested) Acknowledged.Add(($"s{sender}", number));
                await Task.Delay(5, CancellationToken.None);
            }
        }

        public Task Acknowledges(string when)
        {
            var before = Acknowledged.Count;
            return Eventually.True(() => Acknowledged.Count > before + 50, $"samples are acknowledged {when}", Patience);
        }

        public Task Refuses()
        {
            var before = Interlocked.Read(ref _refused);
            return Eventually.True(() => Interlocked.Read(ref _refused) > before + 5, "senders are asked to come again", Patience);
        }

        private async Task<bool> IsTaken(string body)
        {
            using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            using var answer = await http.PostAsync(new Uri("/v1/samples", UriKind.Relative), content);
            Statuses.AddOrUpdate((int)answer.StatusCode, 1, (_, count) => count + 1);
            if (answer.IsSuccessStatusCode) return true;
            Interlocked.Increment(ref _refused);
            if (answer.StatusCode == HttpStatusCode.ServiceUnavailable && answer.Headers.RetryAfter?.Delta is null) WithoutTime++;
            return false;
        }
    }
}
