using LeptonStream.Testing;

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
        if (!WorkerRig.IsPossible(report, "workerRatio1", "worker ÷ bare Consume()")) return;
        await using var kafka = await RealKafka.Start();
        Compare(report, kafka, "workerRatio1", entities: 1_000, metricsEach: 1, messages: quick ? 50_000 : 1_000_000);
        Compare(report, kafka, "workerRatio100", entities: 100, metricsEach: 100, messages: quick ? 5_000 : 40_000);
    }

    private static void Compare(Report report, RealKafka kafka, string key, int entities, int metricsEach, int messages)
    {
        Report.Progress($"worker, {metricsEach} samples a message: filling a topic with {messages:N0} messages");
        var rig = new WorkerRig(kafka, $"bench{metricsEach}");
        rig.Fill(new MetricMessages(entities, metricsEach), messages);

        List<double> bare = [], worker = [], copying = [], two = [];
        var (allocated, copied) = (0.0, 0.0);
        var samples = (long)messages * metricsEach;
        Report.Progress("bare, worker, worker that copies, worker with two loops, and back");
        bare.Add(rig.Bare());
        worker.Add(rig.Worker(samples, new WorkerMode(), out allocated));
        copying.Add(rig.Worker(samples, new WorkerMode(InPlace: false), out copied));
        two.Add(rig.Worker(samples, new WorkerMode(Loops: 2), out _));
        two.Add(rig.Worker(samples, new WorkerMode(Loops: 2), out _));
        copying.Add(rig.Worker(samples, new WorkerMode(InPlace: false), out copied));
        worker.Add(rig.Worker(samples, new WorkerMode(), out allocated));
        bare.Add(rig.Bare());

        var (messageRate, rate) = (WorkerRig.Geometric(bare), WorkerRig.Geometric(worker));
        report.Add(key, $"worker samples/s ÷ bare Consume() messages/s, {metricsEach} samples a message", rate / messageRate, "x",
            $"{rate:N0} samples/s, {messageRate:N0} messages/s, {entities * metricsEach:N0} series");
        report.Add($"{key}Copying", $"the same with Detector:ReadInPlace=false, {metricsEach} samples a message",
            WorkerRig.Geometric(copying) / messageRate, "x", $"{WorkerRig.Geometric(copying):N0} samples/s");
        report.Add($"{key}TwoLoops", $"the same with Detector:Loops=2, {metricsEach} samples a message",
            WorkerRig.Geometric(two) / messageRate, "x", $"{WorkerRig.Geometric(two):N0} samples/s, "
                + $"{WorkerRig.Geometric(two) / rate:F2} times one loop; the broker has its share of {Environment.ProcessorCount} cores");
        report.Add($"{key}BytesPerSample", $"worker, {metricsEach} samples a message, allocated with all it does", allocated, "B/sample",
            $"{copied:N0} B/sample with Detector:ReadInPlace=false");
    }
}
