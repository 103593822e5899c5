using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Confluent.Kafka;
using LeptonStream.Collector;
using LeptonStream.Collector.Intake;
using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Points;
using LeptonStream.Kafka;
using LeptonStream.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LeptonStream.Benchmarks;

/// <summary>
/// The collector on OTLP batches of 1,000 points, ten metrics of a hundred instances. First the way of a payload alone (read, map, write)
/// on one thread; then the real role, which drains a source topic of a real broker into the metrics topic, against a bare
/// <c>Consume()</c> loop over the same topic, in the order A-B-B-A. Both are held against the processor time of the process, with the
/// client's threads.
/// </summary>
internal static class CollectorBenchmark
{
    private const int Samples = 1000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public static async Task Run(Report report, bool quick)
    {
        Lane(report, quick ? 500 : 5_000);
        if (!WorkerRig.IsPossible(report, "collectorRatio", "collector ÷ bare Consume()")) return;
        await using var kafka = await RealKafka.Start();
        await Role(report, kafka, quick ? 300 : 3_000);
    }

    private static void Lane(Report report, int payloads)
    {
        Report.Progress("collector, the way of a payload");
        var (lane, mapper, payload) = (new IntakeLane(), new PointMapper(CollectorConfig.Default), new Payload());
        var format = lane.Formats.ByName("otlp_proto")!;
        var (spent, allocated) = (0.0, 0L);
        // The first round warms up.
        for (var round = 0; round < 2; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var watch = Stopwatch.StartNew();
            for (var i = 0; i < payloads; i++)
            {
                lane.Read(format, payload.Next(), FormatLimits.Default);
                lane.Map(mapper, new SourceContext("bench"), payload.Time);
                lane.Write(null);
                if (lane.Samples != Samples) throw new InvalidOperationException($"{lane.Samples} samples: {Refusals.Words(lane, 0)}");
            }

            (spent, allocated) = (watch.Elapsed.TotalSeconds, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        var samples = (double)payloads * Samples;
        report.Add("collectorLane", "collector, OTLP to records, one thread", samples / spent, "samples/s", string.Create(
            CultureInfo.InvariantCulture, $"{allocated / samples:F0} B a sample, the records themselves: they wait for Kafka"));
    }

    private static async Task Role(Report report, RealKafka kafka, int payloads)
    {
        Report.Progress($"collector: filling a topic with {payloads:N0} payloads");
        var rig = new WorkerRig(kafka, "collect");
        var source = rig.Options.TopicPrefix + "otlp";
        rig.Create(source);
        Fill(rig.Options, source, payloads);
        var samples = (double)payloads * Samples;
        List<double> bare = [], role = [];
        List<(double Wall, double Processor)> runs = [];
        bare.Add(Bare(rig.Options, source, payloads));
        runs.Add(await Collect(rig, source, payloads, 1));
        runs.Add(await Collect(rig, source, payloads, 2));
        bare.Add(Bare(rig.Options, source, payloads));
        role.AddRange(runs.Select(run => samples / run.Processor));
        var (bareRate, rate) = (WorkerRig.Geometric([.. bare.Select(seconds => samples / seconds)]), WorkerRig.Geometric(role));
        report.Add("collectorCore", "collector, source topic to metrics topic, a core's second", rate, "samples/s",
            string.Create(CultureInfo.InvariantCulture,
                $"{WorkerRig.Geometric([.. runs.Select(run => samples / run.Wall)]):N0} samples/s by the clock"));
        report.Add("collectorRatio", "the same ÷ bare Consume() of the same payloads", rate / bareRate, "x",
            $"{bareRate:N0} samples/s of a core that reads and does nothing else");
    }

    private static void Fill(KafkaOptions options, string topic, int payloads)
    {
        using var producer = new ProducerBuilder<byte[], byte[]>(ClientSettings.Producer(options, "bench")).Build();
        var payload = new Payload();
        for (var i = 0; i < payloads; i++)
        {
            producer.Produce(new TopicPartition(topic, 0), new Message<byte[], byte[]> { Value = payload.Next().ToArray() });
            if (i % 100 == 99) producer.Flush(Patience);
        }

        producer.Flush(Patience);
    }

    private static double Bare(KafkaOptions options, string topic, int payloads)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(ClientSettings.Consumer(options, "bench", "bench-bare")).Build();
        consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));
        var before = ProcessorSeconds();
        for (var read = 0; read < payloads;)
            if (consumer.Consume(1_000) is not null) read++;
        return ProcessorSeconds() - before;
    }

    // From the start of the role to the commit of the last payload, less the start.
    private static async Task<(double Wall, double Processor)> Collect(WorkerRig rig, string source, int payloads, int run)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, $"topics: [{{name: {source}, format: otlp_proto, start: earliest}}]\n");
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Kafka:BootstrapServers"] = rig.Options.BootstrapServers, ["Kafka:TopicPrefix"] = rig.Options.TopicPrefix,
            ["Collector:ConfigFile"] = file, ["Collector:GroupId"] = $"{source}-{run}", ["Collector:HttpUrl"] = "",
            ["Collector:GrpcUrl"] = "",
        });
        builder.Services.AddCollector(builder.Configuration);
        using var host = builder.Build();
        using var probe = new ConsumerBuilder<byte[], byte[]>(ClientSettings.Consumer(rig.Options, "bench", $"{source}-{run}")).Build();
        TopicPartition[] partition = [new(source, 0)];
        await host.StartAsync();
        long Committed() => probe.Committed(partition, Patience)[0].Offset is { IsSpecial: false } offset ? offset.Value : 0;
        while (Committed() == 0) await Task.Delay(10);
        var (first, before, watch) = (Committed(), ProcessorSeconds(), Stopwatch.StartNew());
        while (Committed() < payloads && watch.Elapsed < Patience) await Task.Delay(50);
        var share = (double)(payloads - first) / payloads;
        var result = (watch.Elapsed.TotalSeconds / share, (ProcessorSeconds() - before) / share);
        await host.StopAsync();
        File.Delete(file);
        return result;
    }

    private static double ProcessorSeconds()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime.TotalSeconds;
    }

    /// <summary>A payload whose times go on by ten seconds each time.</summary>
    private sealed class Payload
    {
        private readonly byte[] _bytes = FormatBenchmark.Otlp();
        private readonly int[] _times;

        public Payload()
        {
            Span<byte> mark = stackalloc byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(mark, FormatBenchmark.Time);
            var times = new List<int>();
            for (int from = 0, at; (at = _bytes.AsSpan(from).IndexOf(mark)) >= 0; from += at + 8) times.Add(from + at);
            _times = [.. times];
        }

        public long Time { get; private set; } = DateTimeOffset.UtcNow.AddDays(-1).ToUnixTimeMilliseconds() * 1_000_000;

        public ReadOnlySpan<byte> Next()
        {
            Time += 10_000_000_000;
            foreach (var at in _times) BinaryPrimitives.WriteInt64LittleEndian(_bytes.AsSpan(at), Time);
            return _bytes;
        }
    }
}
