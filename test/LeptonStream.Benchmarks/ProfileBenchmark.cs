using System.Diagnostics;
using Confluent.Kafka;
using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Store;
using LeptonStream.Health;
using LeptonStream.Kafka;
using LeptonStream.Samples;
using LeptonStream.Series;
using LeptonStream.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeptonStream.Benchmarks;

/// <summary>
/// Where the time of a message goes: receive, parse, look its series up, judge, and the worker's bookkeeping. Steps are measured one
/// inside the other and subtracted, in turns. All times are of the process's cores, not of the clock, so that other programs disturb
/// little; what the client's threads spend counts. The runtime compiles for seconds after a start, beside the work: the worker's first turn
/// says what that takes, and does not count.
/// </summary>
internal static class ProfileBenchmark
{
    private static readonly List<AlertEvent> _none = [];

    public static async Task Run(Report report, bool quick)
    {
        await using var kafka = WorkerRig.IsPossible(report, "profile", "worker, by step") ? await RealKafka.Start() : null;
        Measure(report, kafka, entities: 1_000, metricsEach: 1, messages: quick ? 100_000 : 1_000_000);
        Measure(report, null, entities: 40_000, metricsEach: 1, messages: quick ? 200_000 : 2_000_000);
        Measure(report, kafka, entities: 100, metricsEach: 100, messages: quick ? 5_000 : 40_000);
    }

    private static void Measure(Report report, RealKafka? kafka, int entities, int metricsEach, int messages)
    {
        var series = entities * metricsEach;
        Report.Progress($"profile, {metricsEach} samples a message, {series:N0} series");
        var memory = InMemory(entities, metricsEach, messages);
        Add("Parse", "parse", memory.Parse, "NativeJsonFormat");
        Add("Judge", "judge", memory.Judge, "SeriesPipeline, the series not in the cache");
        Add("Lookup", "look up, gather, clocks", memory.Process - memory.Parse - memory.Judge, "the rest of PartitionPipeline");
        Add("Pipeline", "all of the pipeline", memory.Process, "");
        if (kafka is null) return;
        Report.Progress("and on a broker");
        var rig = new WorkerRig(kafka, $"profile{metricsEach}");
        rig.Fill(new MetricMessages(entities, metricsEach), messages);
        List<double> bare = [], receive = [], worker = [];
        rig.Worker((long)messages * metricsEach, new(), out _);
        Add("Start", "all of the worker, just started", rig.CoreNanoseconds * metricsEach, $"{messages:N0} messages, and compiling");
        for (var turn = 0; turn < 3; turn++)
        {
            rig.Bare();
            bare.Add(rig.CoreNanoseconds);
            rig.Receive();
            receive.Add(rig.CoreNanoseconds);
            rig.Worker((long)messages * metricsEach, new(), out _);
            worker.Add(rig.CoreNanoseconds * metricsEach);
        }

        var (consume, gather, whole) = (WorkerRig.Geometric(bare), WorkerRig.Geometric(receive), WorkerRig.Geometric(worker));
        Add("Receive", "receive", gather, "ConsumerMembership, with the client's threads");
        Add("Bookkeeping", "bookkeeping", whole - gather - memory.Process, "the rest of DetectorWorker, and compiling");
        Add("Worker", "all of the worker", whole, $"{whole / consume:F2} times a bare Consume()");
        Add("Bare", "a bare Consume()", consume, "");

        void Add(string key, string step, double nanoseconds, string note) => report.Add(
            $"profile{key}{metricsEach}Of{series}", $"{metricsEach} a message, {series:N0} series: {step}",
            nanoseconds, "ns/message", note);
    }

    private static Steps InMemory(int entities, int metricsEach, int messages)
    {
        var policy = DetectionPolicy.Default;
        var source = new MetricMessages(entities, metricsEach);
        var pipeline = new PartitionPipeline("metrics", 0, policy);
        var format = new NativeJsonFormat(policy.Limits);
        var batch = new SampleBatch();
        var alone = new SeriesPipeline(policy, PolicySet.Default.For(new SeriesKey("model", "metric_0", LabelSet.Empty)));
        var series = new Dictionary<SeriesId, SeriesState>();
        var block = new byte[Math.Max(entities, 20_000 / metricsEach)][];
        var samples = new List<(SeriesState Series, Sample Sample)>();
        TimeSpan parse = default, judge = default, process = default;
        var counted = 0;
        for (var done = 0; done < messages; done += block.Length)
        {
            samples.Clear();
            for (var i = 0; i < block.Length; i++)
            {
                block[i] = source.Next();
                format.Read(block[i], MetricMessages.LogTime, batch, out _);
                foreach (ref readonly var entity in batch.Entities)
                foreach (ref readonly var metric in batch.MetricsOf(entity))
                {
                    if (!series.TryGetValue(metric.Id, out var one))
                        series.Add(metric.Id, one = alone.NewSeries(metric.Id, batch.KeyOf(entity, metric)));
                    samples.Add((one, new(entity.Time, metric.Value)));
                }
            }

            var (parsed, judged, processed) = (Time(Parse), Time(Judge), Time(() => Process(done)));
            if (done < messages / 3) continue;
            counted += block.Length;
            (parse, judge, process) = (parse + parsed, judge + judged, process + processed);
        }

        return new(parse.TotalNanoseconds / counted, judge.TotalNanoseconds / counted, process.TotalNanoseconds / counted);

        void Parse()
        {
            foreach (var message in block) format.Read(message, MetricMessages.LogTime, batch, out _);
        }

        void Judge()
        {
            foreach (var (one, sample) in samples) alone.Judge(one, sample, out _);
        }

        void Process(int offset)
        {
            foreach (var message in block) pipeline.Process(message, offset++, MetricMessages.LogTime, _none);
        }
    }

    private sealed record Steps(double Parse, double Judge, double Process);

    private static TimeSpan Time(Action work)
    {
        var before = Environment.CpuUsage.TotalTime;
        work();
        return Environment.CpuUsage.TotalTime - before;
    }
}

/// <summary>Takes whatever comes from the beginning of each partition, and does nothing with it.</summary>
internal sealed class IdleOwner : IPartitionOwner
{
    public List<TopicPartitionOffset> OnAssigned(IReadOnlyList<TopicPartition> partitions) =>
        [.. partitions.Select(partition => new TopicPartitionOffset(partition, Offset.Beginning))];

    public void OnRevoked(IReadOnlyList<TopicPartition> partitions)
    {
    }

    public void OnLost(IReadOnlyList<TopicPartition> partitions)
    {
    }

    public void OnOffsetGone(TopicPartition partition, string reason)
    {
    }

    public long? NextOf(TopicPartition partition) => null;

    public void OnEnd(TopicPartition partition, long offset)
    {
    }

    public bool Accepts(int partition, long offset) => true;
}
