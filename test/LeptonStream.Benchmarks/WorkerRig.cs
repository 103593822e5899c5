using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using LeptonStream.Detector;
using LeptonStream.Health;
using LeptonStream.Kafka;
using LeptonStream.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeptonStream.Benchmarks;

/// <summary>Topics on a real broker that are filled once, and drained by a bare <c>Consume()</c> loop or the real detector.</summary>
internal sealed class WorkerRig
{
    private const int Attempts = 3;

    private readonly KafkaOptions _options;
    private readonly int _partitions;
    private readonly bool _keepsState;
    private int _groups;

    /// <param name="kafka">The broker.</param>
    /// <param name="name">Of the topics.</param>
    /// <param name="partitions">Of each.</param>
    /// <param name="keepsState">Whether there is a state topic: without one no snapshot is written.</param>
    public WorkerRig(RealKafka kafka, string name, int partitions = 4, bool keepsState = false)
    {
        _options = new() { BootstrapServers = kafka.BootstrapServers, TopicPrefix = $"{name}-{Guid.NewGuid():n}." };
        _partitions = partitions;
        _keepsState = keepsState;
        Topics = TopicNames.Of(_options);
        string[] names = [Topics.Metrics, Topics.Alerts, Topics.DeadLetters];
        Create(keepsState ? [.. names, Topics.State] : names);
    }

    public TopicNames Topics { get; }

    public KafkaOptions Options => _options;

    public long Messages { get; private set; }

    /// <summary>Time of the process's cores that the last drain took for a message (of the detector, for a sample).</summary>
    public double CoreNanoseconds { get; private set; }

    /// <summary>Whether there is a real broker to measure on; says in the report where there is none.</summary>
    public static bool IsPossible(Report report, string key, string what)
    {
        if (Environment.GetEnvironmentVariable("LEPTON_TEST_KAFKA") is { Length: > 0 }) return true;
        if (SharedFolder.Find("kafka/bin/cluster") is not null) return true;
        report.Skip(key, what, "no real Kafka: set LEPTON_TEST_KAFKA=host:port");
        return false;
    }

    public static double Geometric(List<double> values) => Math.Exp(values.Average(Math.Log));

    public void Create(params string[] topics)
    {
        using var admin = new AdminClientBuilder(ClientSettings.Admin(_options)).Build();
        admin.CreateTopicsAsync(topics.Select(name =>
            new TopicSpecification { Name = name, NumPartitions = _partitions, ReplicationFactor = 1 })).GetAwaiter().GetResult();
    }

    public void Fill(MetricMessages source, int messages)
    {
        using var producer = new ProducerBuilder<byte[], byte[]>(ClientSettings.Producer(_options, "bench")).Build();
        for (var i = 0; i < messages; i++)
        {
            var message = new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(source.KeyOfNext), Value = source.Next() };
            while (true)
            {
                try
                {
                    producer.Produce(Topics.Metrics, message);
                    break;
                }
                catch (ProduceException<byte[], byte[]> full) when (full.Error.Code == ErrorCode.Local_QueueFull)
                {
                    producer.Poll(TimeSpan.FromMilliseconds(50));
                }
            }
        }

        producer.Flush(TimeSpan.FromMinutes(2));
        Messages += messages;
    }

    /// <summary>Messages a second of a loop that reads and does nothing else.</summary>
    public double Bare()
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(ClientSettings.Consumer(_options, "bench", "bench-bare")).Build();
        consumer.Assign(Enumerable.Range(0, _partitions).Select(p => new TopicPartitionOffset(Topics.Metrics, p, Offset.Beginning)));
        // The first message comes after connecting; the clock starts with it.
        if (consumer.Consume(TimeSpan.FromSeconds(30)) is null)
            throw new InvalidOperationException($"nothing to read from {Topics.Metrics}");
        var (began, core) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        for (var read = 1; read < Messages; read++)
            if (consumer.Consume(TimeSpan.FromSeconds(30)) is null)
                throw new InvalidOperationException($"{Topics.Metrics} ended after {read} of {Messages} messages");
        CoreNanoseconds = (Environment.CpuUsage.TotalTime - core).TotalNanoseconds / (Messages - 1);
        return (Messages - 1) / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    /// <summary>Reads as the detector does, and does nothing else.</summary>
    public void Receive()
    {
        var health = new LoopHealth("bench", TimeSpan.FromMinutes(1), TimeProvider.System);
        using var member = new ConsumerMembership(new IdleOwner(), _options, Topics.Metrics, Topics.DeadLetters,
            $"bench-receive-{++_groups}", inPlace: true, null, health, TimeProvider.System, NullLogger.Instance);
        long read = 0;
        TimeSpan core = default;
        for (var waited = Stopwatch.StartNew(); read < Messages && waited.Elapsed < TimeSpan.FromMinutes(2);)
        {
            member.Gather(10_000, 32 << 20, TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(50), default);
            if (read == 0 && member.Batch.Count > 0) core = Environment.CpuUsage.TotalTime;
            while (member.TryTake(out _)) read++;
        }

        if (read < Messages) throw new InvalidOperationException($"{Topics.Metrics} ended after {read} of {Messages} messages");
        CoreNanoseconds = (Environment.CpuUsage.TotalTime - core).TotalNanoseconds / read;
    }

    /// <summary>Samples a second of the detector, as a group that has not read anything yet.</summary>
    public double Worker(long samples, WorkerMode mode, out double bytesPerSample)
    {
        // A loop that joins late finds the topic drained by the other: that run says nothing of two.
        for (var left = Attempts; left > 0; left--)
            if (Drain(samples, mode, out bytesPerSample) is { } rate) return rate;
        throw new InvalidOperationException($"one loop drained the topic alone in each of {Attempts} runs of {mode.Loops} loops");
    }

    private double? Drain(long samples, WorkerMode mode, out double bytesPerSample)
    {
        if (_keepsState && _groups > 0) ForgetState();
        using var done = new ManualResetEventSlim();
        using var listener = new MeterListener();
        long first = 0, firstCount = 0, firstBytes = 0, last = 0, bytes = 0, total = 0;
        TimeSpan firstCore = default, core = default;
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
                (last, bytes, core) = (Stopwatch.GetTimestamp(), GC.GetTotalAllocatedBytes(), Environment.CpuUsage.TotalTime);
                total += count;
                // The clock starts when the group has given every loop its share.
                if (loops.Add(Environment.CurrentManagedThreadId) && loops.Count == mode.Loops)
                    (first, firstCount, firstBytes, firstCore) = (last, total, bytes, core);
                if (total >= samples) done.Set();
            }
        });
        listener.Start();
        using (var host = Detector($"bench-{++_groups}", mode))
        {
            host.Start();
            if (!done.Wait(TimeSpan.FromMinutes(5)))
                throw new InvalidOperationException($"the worker judged {total} of {samples} samples in five minutes");
            host.StopAsync().GetAwaiter().GetResult();
        }

        bytesPerSample = 0;
        if (first == last) return null;
        CoreNanoseconds = (core - firstCore).TotalNanoseconds / (total - firstCount);
        bytesPerSample = (double)(bytes - firstBytes) / (total - firstCount);
        return (total - firstCount) / Stopwatch.GetElapsedTime(first, last).TotalSeconds;
    }

    // The state of the detector before would be restored, and nothing be left to judge.
    private void ForgetState()
    {
        using var admin = new AdminClientBuilder(ClientSettings.Admin(_options)).Build();
        admin.DeleteTopicsAsync([Topics.State]).GetAwaiter().GetResult();
        while (admin.GetMetadata(TimeSpan.FromSeconds(10)).Topics.Exists(topic => topic.Topic == Topics.State)) Thread.Sleep(100);
        Create(Topics.State);
    }

    /// <summary>A detector in this process.</summary>
    public IHost Detector(string group, WorkerMode mode)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Kafka:BootstrapServers"] = _options.BootstrapServers,
            ["Kafka:TopicPrefix"] = _options.TopicPrefix,
            ["Detector:GroupId"] = group,
            ["Detector:ReadInPlace"] = $"{mode.InPlace}",
            ["Detector:Loops"] = $"{mode.Loops}",
            ["Detector:SnapshotSeconds"] = $"{mode.SnapshotSeconds}",
        });
        builder.Services.AddDetector(builder.Configuration);
        return builder.Build();
    }
}

/// <summary>How the detector works.</summary>
internal sealed record WorkerMode(int Loops = 1, bool InPlace = true, int SnapshotSeconds = 60);
