using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using LeptonStream.Detector;
using LeptonStream.Kafka;
using LeptonStream.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Benchmarks;

/// <summary>
/// The real detector on a real broker against a bare <c>Consume()</c> loop with the same client and settings, against itself with an
/// object for each record, and against itself with two loops: all drain the same topic, in the order A-B-C-D-D-C-B-A, and the ratios are
/// of the geometric means. The broker runs on the same cores.
/// </summary>
internal static class WorkerBenchmark
{
    public static async Task Run(Report report, bool quick)
    {
        if (Environment.GetEnvironmentVariable("LEPTON_TEST_KAFKA") is not { Length: > 0 }
            && SharedFolder.Find("kafka/bin/cluster") is null)
        {
            report.Skip("workerRatio1", "worker ÷ bare Consume()", "no real Kafka: set LEPTON_TEST_KAFKA=host:port");
            return;
        }

        await using var kafka = await RealKafka.Start();
        await Compare(report, kafka, "workerRatio1", entities: 1_000, metricsEach: 1, messages: quick ? 50_000 : 1_000_000);
        await Compare(report, kafka, "workerRatio100", entities: 100, metricsEach: 100, messages: quick ? 5_000 : 40_000);
    }

    private static async Task Compare(Report report, RealKafka kafka, string key, int entities, int metricsEach, int messages)
    {
        Report.Progress($"worker, {metricsEach} samples a message: filling a topic with {messages:N0} messages");
        var options = new KafkaOptions { BootstrapServers = kafka.BootstrapServers, TopicPrefix = $"bench{metricsEach}." };
        var topics = TopicNames.Of(options);
        await CreateTopics(options, topics);
        Fill(options, topics.Metrics, new MetricMessages(entities, metricsEach), messages);

        List<double> bare = [], worker = [], copying = [], two = [];
        var (allocated, copied) = (0.0, 0.0);
        var samples = (long)messages * metricsEach;
        Report.Progress("bare, worker, worker that copies, worker with two loops, and back");
        bare.Add(Bare(options, topics.Metrics, messages));
        worker.Add(Worker(options, "bench-1", samples, new(), out allocated));
        copying.Add(Worker(options, "bench-2", samples, new(InPlace: false), out copied));
        two.Add(Worker(options, "bench-3", samples, new(Loops: 2), out _));
        two.Add(Worker(options, "bench-4", samples, new(Loops: 2), out _));
        copying.Add(Worker(options, "bench-5", samples, new(InPlace: false), out copied));
        worker.Add(Worker(options, "bench-6", samples, new(), out allocated));
        bare.Add(Bare(options, topics.Metrics, messages));

        var (messageRate, rate) = (Geometric(bare), Geometric(worker));
        report.Add(key, $"worker samples/s ÷ bare Consume() messages/s, {metricsEach} samples a message", rate / messageRate, "x",
            $"{rate:N0} samples/s, {messageRate:N0} messages/s, {entities * metricsEach:N0} series");
        report.Add($"{key}Copying", $"the same with Detector:ReadInPlace=false, {metricsEach} samples a message",
            Geometric(copying) / messageRate, "x", $"{Geometric(copying):N0} samples/s");
        report.Add($"{key}TwoLoops", $"the same with Detector:Loops=2, {metricsEach} samples a message", Geometric(two) / messageRate, "x",
            $"{Geometric(two):N0} samples/s, {Geometric(two) / rate:F2} times one loop; the broker has its share of "
                + $"{Environment.ProcessorCount} cores");
        report.Add($"{key}BytesPerSample", $"worker, {metricsEach} samples a message, allocated with all it does", allocated, "B/sample",
            $"{copied:N0} B/sample with Detector:ReadInPlace=false");
    }

    private static async Task CreateTopics(KafkaOptions options, TopicNames topics)
    {
        using var admin = new AdminClientBuilder(ClientSettings.Admin(options)).Build();
        await admin.CreateTopicsAsync(new[] { topics.Metrics, topics.Alerts, topics.DeadLetters }
            .Select(name => new TopicSpecification { Name = name, NumPartitions = 4, ReplicationFactor = 1 }));
    }

    private static void Fill(KafkaOptions options, string topic, MetricMessages source, int messages)
    {
        using var producer = new ProducerBuilder<byte[], byte[]>(ClientSettings.Producer(options, "bench")).Build();
        for (var i = 0; i < messages; i++)
        {
            var message = new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(source.KeyOfNext), Value = source.Next() };
            while (true)
            {
                try
                {
                    producer.Produce(topic, message);
                    break;
                }
                catch (ProduceException<byte[], byte[]> full) when (full.Error.Code == ErrorCode.Local_QueueFull)
                {
                    producer.Poll(TimeSpan.FromMilliseconds(50));
                }
            }
        }

        producer.Flush(TimeSpan.FromMinutes(2));
    }

    private static double Bare(KafkaOptions options, string topic, int messages)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(ClientSettings.Consumer(options, "bench", "bench-bare")).Build();
        consumer.Assign(Enumerable.Range(0, 4).Select(p => new TopicPartitionOffset(topic, p, Offset.Beginning)));
        // The first message comes after connecting; the clock starts with it.
        if (consumer.Consume(TimeSpan.FromSeconds(30)) is null) throw new InvalidOperationException($"nothing to read from {topic}");
        var began = Stopwatch.GetTimestamp();
        for (var read = 1; read < messages; read++)
            if (consumer.Consume(TimeSpan.FromSeconds(30)) is null)
                throw new InvalidOperationException($"{topic} ended after {read} of {messages} messages");
        return (messages - 1) / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static double Worker(KafkaOptions options, string group, long samples, Mode mode, out double bytesPerSample)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Kafka:BootstrapServers"] = options.BootstrapServers,
            ["Kafka:TopicPrefix"] = options.TopicPrefix,
            ["Detector:GroupId"] = group,
            ["Detector:ReadInPlace"] = $"{mode.InPlace}",
            ["Detector:Loops"] = $"{mode.Loops}",
        });
        builder.Services.AddDetector(builder.Configuration);
        using var host = builder.Build();
        using var done = new ManualResetEventSlim();
        using var listener = new MeterListener();
        long first = 0, firstCount = 0, firstBytes = 0, last = 0, bytes = 0, total = 0;
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == "leptonstream.detector.samples") self.EnableMeasurementEvents(instrument);
        };
        // Reported after each batch is committed, on the thread of its loop.
        var turn = new Lock();
        var loops = new HashSet<int>();
        listener.SetMeasurementEventCallback<long>((_, count, _, _) =>
        {
            lock (turn)
            {
                (last, bytes) = (Stopwatch.GetTimestamp(), GC.GetTotalAllocatedBytes());
                total += count;
                // The clock starts when the group has given every loop its share.
                if (loops.Add(Environment.CurrentManagedThreadId) && loops.Count == mode.Loops)
                    (first, firstCount, firstBytes) = (last, total, bytes);
                if (total >= samples) done.Set();
            }
        });
        listener.Start();
        host.Start();
        if (!done.Wait(TimeSpan.FromMinutes(5)))
            throw new InvalidOperationException($"the worker judged {total} of {samples} samples in five minutes");
        host.StopAsync().GetAwaiter().GetResult();
        if (first == last) throw new InvalidOperationException($"only {loops.Count} of {mode.Loops} loops had a share of the work");
        bytesPerSample = (double)(bytes - firstBytes) / (total - firstCount);
        return (total - firstCount) / Stopwatch.GetElapsedTime(first, last).TotalSeconds;
    }

    private sealed record Mode(int Loops = 1, bool InPlace = true);

    private static double Geometric(List<double> values) => Math.Exp(values.Average(Math.Log));
}
