using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using LeptonStream.Kafka;
using LeptonStream.Testing;
using Microsoft.Extensions.Hosting;

namespace LeptonStream.Benchmarks;

/// <summary>
/// How long it takes from producing a record to reading its alert, while the detector has half of the load that it can bear; beside
/// reading the record itself.
/// </summary>
internal static class LatencyBenchmark
{
    private const int Entities = 1_000;
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(20);

    public static async Task Run(Report report, bool quick)
    {
        if (!WorkerRig.IsPossible(report, "latencyMs", "produce → alert readable")) return;
        await using var kafka = await RealKafka.Start();
        var full = new WorkerRig(kafka, "full");
        Report.Progress("the load that the detector can bear");
        full.Fill(new MetricMessages(Entities, 1), quick ? 50_000 : 500_000);
        full.Worker(full.Messages, new(), out _);
        var rate = full.Worker(full.Messages, new(), out _) / 2;

        Report.Progress($"half of it: {rate:N0} samples/s");
        var rig = new WorkerRig(kafka, "half", keepsState: true);
        var length = TimeSpan.FromSeconds(quick ? 10 : 60);
        var (alerts, records) = (new Arrivals(rig.Options, rig.Topics.Alerts), new Arrivals(rig.Options, rig.Topics.Metrics));
        using var host = rig.Detector("half", new());
        await host.StartAsync();
        var load = Task.Run(() => Load(rig, rate, length));
        var sent = Ask(rig, length);
        await load;
        await Task.Delay(TimeSpan.FromSeconds(5));
        await host.StopAsync();
        var (ours, raw) = (alerts.Since(sent), records.Since(sent));
        report.Add("latencyMs", "produce → alert readable at half load, 99 of 100", At(ours, 0.99), "ms",
            $"median {At(ours, 0.5):N1} ms, {ours.Count:N0} of {sent.Count:N0} alerts, {rate:N0} samples/s beside");
        report.Add("latencyRatio", "the same ÷ produce → record readable", At(ours, 0.99) / At(raw, 0.99), "x",
            $"{At(raw, 0.99):N1} ms, median {At(raw, 0.5):N1} ms");
    }

    private static double At(List<double> sorted, double share) => sorted[(int)(share * (sorted.Count - 1))];

    private static void Load(WorkerRig rig, double rate, TimeSpan length)
    {
        var messages = new MetricMessages(Entities, 1);
        for (var (began, sent) = (Stopwatch.StartNew(), 0L); began.Elapsed < length;)
        {
            var due = (int)Math.Min(5_000, (rate * began.Elapsed.TotalSeconds) - sent);
            if (due > 0) rig.Fill(messages, due);
            else Thread.Sleep(1);
            sent += Math.Max(0, due);
        }
    }

    // New models whose first sample is an alert, after the first seconds.
    private static Dictionary<string, long> Ask(WorkerRig rig, TimeSpan length)
    {
        Thread.Sleep(TimeSpan.FromSeconds(5));
        var sent = new Dictionary<string, long>();
        using var producer = new ProducerBuilder<byte[], byte[]>(ClientSettings.Producer(rig.Options, "ask")).Build();
        for (var began = Stopwatch.StartNew(); began.Elapsed < length - TimeSpan.FromSeconds(6); Thread.Sleep(Beat))
        {
            var model = $"ask-{sent.Count}";
            var text = $$$"""{"model":"{{{model}}}","ts":{{{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}}},"""
                + """ "metrics":{"DCGM_FI_DEV_XID_ERRORS":79}}""";
            sent[model] = Stopwatch.GetTimestamp();
            producer.Produce(rig.Topics.Metrics, new() { Key = Encoding.UTF8.GetBytes(model), Value = Encoding.UTF8.GetBytes(text) });
            producer.Poll(TimeSpan.Zero);
        }

        producer.Flush(TimeSpan.FromSeconds(10));
        return sent;
    }

    // When the first record of each model came.
    private sealed class Arrivals
    {
        private readonly ConcurrentDictionary<string, long> _seen = [];

        public Arrivals(KafkaOptions options, string topic) => new Thread(() =>
        {
            using var consumer = new ConsumerBuilder<byte[], byte[]>(ClientSettings.Consumer(options, "arrivals", "arrivals")).Build();
            consumer.Assign(Enumerable.Range(0, 4).Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));
            while (true)
            {
                var record = consumer.Consume();
                if (record.Message.Key.AsSpan().StartsWith("ask-"u8))
                    _seen.TryAdd(Encoding.UTF8.GetString(record.Message.Key), Stopwatch.GetTimestamp());
            }
        }) { IsBackground = true }.Start();

        public List<double> Since(Dictionary<string, long> sent) => [.. sent.Where(ask => _seen.ContainsKey(ask.Key))
            .Select(ask => Stopwatch.GetElapsedTime(ask.Value, _seen[ask.Key]).TotalMilliseconds).Order()];
    }
}
