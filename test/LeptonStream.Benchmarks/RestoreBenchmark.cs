using System.Diagnostics.Metrics;
using LeptonStream.Testing;
using Microsoft.Extensions.Hosting;

namespace LeptonStream.Benchmarks;

/// <summary>
/// How long the real detector needs to have a partition's state back from a real broker, beside judging a day of its records again; and how
/// much of its rate is left while it writes snapshots.
/// </summary>
internal static class RestoreBenchmark
{
    private const int Metrics = 20;
    private const int SamplesOfADay = 86_400 / 15;
    private const int Snapshots = 5;

    private static readonly TimeSpan LongEnough = TimeSpan.FromMinutes(3);

    public static async Task Run(Report report, bool quick)
    {
        if (!WorkerRig.IsPossible(report, "restore", "restore of a partition")) return;
        await using var kafka = await RealKafka.Start();
        foreach (var series in quick ? [1_000] : new[] { 10_000, 50_000 }) Restore(report, kafka, series, quick ? 3 : 20);
        Cost(report, kafka, quick);
    }

    private static void Restore(Report report, RealKafka kafka, int series, int times)
    {
        var rig = new WorkerRig(kafka, "restore", partitions: 1, keepsState: true);
        var entities = series / Metrics;
        Report.Progress($"restore of {series:N0} series: filling a topic");
        rig.Fill(new MetricMessages(entities, Metrics), entities * 60);
        var rate = rig.Worker(rig.Messages * Metrics, new(), out _);
        var whole = new WorkerMode(SnapshotSeconds: 1);
        // What the first of a group leaves behind: a snapshot of all records.
        var judged = 0L;
        Until("leptonstream.detector.samples", count => Interlocked.Add(ref judged, (long)count) >= rig.Messages * Metrics, rig, whole);
        var durations = new List<double>();
        for (var time = 0; time < times; time++) Until("leptonstream.detector.restore.duration", seconds =>
        {
            durations.Add(seconds);
            return true;
        }, rig, whole);
        durations.Sort();
        var (median, high) = (durations[durations.Count / 2], durations[(int)Math.Ceiling(durations.Count * 0.95) - 1]);
        report.Add($"restore{series}Ms", $"restore of a partition of {series:N0} series, median", 1_000 * median, "ms",
            $"95 of 100: {1_000 * high:N0} ms, {times} restarts");
        report.Add($"restore{series}Ratio", $"judging a day of {series:N0} series again ÷ restoring them",
            (double)series * SamplesOfADay / rate / median, "x", $"one sample every 15 s, {rate:N0} samples/s");
    }

    // Runs a member of one group until a measurement says that it is enough, and lets it leave.
    private static void Until(string instrument, Func<double, bool> isEnough, WorkerRig rig, WorkerMode mode)
    {
        using var done = new ManualResetEventSlim();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (found, self) =>
        {
            if (found.Name == instrument) self.EnableMeasurementEvents(found);
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => Look(value));
        listener.SetMeasurementEventCallback<double>((_, value, _, _) => Look(value));
        listener.Start();
        using var host = rig.Detector("restored", mode);
        host.Start();
        if (!done.Wait(LongEnough)) throw new InvalidOperationException($"no {instrument} in {LongEnough}");
        host.StopAsync().GetAwaiter().GetResult();

        void Look(double value)
        {
            if (isEnough(value)) done.Set();
        }
    }

    private static void Cost(Report report, RealKafka kafka, bool quick)
    {
        Report.Progress("snapshots while draining: with, without, and back");
        var rig = new WorkerRig(kafka, "snapshots", keepsState: true);
        rig.Fill(new MetricMessages(100, 100), quick ? 5_000 : 60_000);
        var (with, without) = (new WorkerMode(SnapshotSeconds: Snapshots), new WorkerMode(SnapshotSeconds: 3_600));
        List<double> rates = [], others = [];
        for (var round = 0; round < (quick ? 1 : 3); round++)
        {
            rates.Add(rig.Worker(rig.Messages * 100, with, out _));
            others.Add(rig.Worker(rig.Messages * 100, without, out _));
            others.Add(rig.Worker(rig.Messages * 100, without, out _));
            rates.Add(rig.Worker(rig.Messages * 100, with, out _));
        }

        var each = rates.Zip(others, (one, other) => one / other).Order().ToList();
        report.Add("snapshotThroughput", $"samples/s with a snapshot every {Snapshots} s ÷ without",
            WorkerRig.Geometric(rates) / WorkerRig.Geometric(others), "x", $"from {each[0]:F2} to {each[^1]:F2}, 10,000 series");
    }
}
