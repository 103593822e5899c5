using System.Diagnostics;
using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Samples;

namespace LeptonStream.Benchmarks;

/// <summary>The whole pipeline without a broker: bytes in, judged samples and events out, one thread.</summary>
internal static class PipelineBenchmark
{
    public static void Run(Report report, bool quick)
    {
        Measure(report, "pipeline1", entities: 10_000, metricsEach: 1, messages: quick ? 200_000 : 3_000_000);
        Measure(report, "pipeline100", entities: 100, metricsEach: 100, messages: quick ? 5_000 : 60_000);
    }

    /// <summary>
    /// What a sample costs at a million series, by what it costs at ten thousand: as many samples of each series in both, so that all are
    /// of the same age. Takes 9 GB.
    /// </summary>
    public static void Slope(Report report, bool quick)
    {
        const int Ticks = 90;
        var (few, many) = (100, quick ? 1_000 : 10_000);
        // Small ones before and after: the machine may not be the same all the time.
        List<double> small = [.. Repeat(few)];
        Report.Progress($"pipeline, {many * 100:N0} series");
        var large = Cost(many, 100, many * Ticks).NsPerSample;
        small.AddRange(Repeat(few));
        small.Sort();
        report.Add("pipelineSlope", $"cost of a sample at {many * 100:N0} series ÷ at {few * 100:N0}", large / small[small.Count / 2], "x",
            $"{large:N0} ns ÷ {small[small.Count / 2]:N0} ns (from {small[0]:N0} to {small[^1]:N0}), {Ticks} samples of each");

        static IEnumerable<double> Repeat(int entities) =>
            Enumerable.Range(0, 10).Select(_ => Cost(entities, 100, entities * Ticks).NsPerSample);
    }

    private static void Measure(Report report, string key, int entities, int metricsEach, int messages)
    {
        Report.Progress($"pipeline, {metricsEach} samples a message, {entities * metricsEach:N0} series");
        var cost = Cost(entities, metricsEach, messages);
        report.Add($"{key}NsPerSample", $"pipeline, {metricsEach} samples a message", cost.NsPerSample, "ns/sample",
            $"of a core, {entities * metricsEach:N0} series; by the clock {cost.NsByTheClock:N0} ns");
        report.Add($"{key}BytesPerSample", $"pipeline, {metricsEach} samples a message, allocated", cost.BytesPerSample, "B/sample",
            $"{cost.Events} events on noise among them");
    }

    private static SampleCost Cost(int entities, int metricsEach, int messages)
    {
        var source = new MetricMessages(entities, metricsEach);
        var series = Math.Max(DetectionPolicy.Default.SeriesPerPartition, entities * metricsEach);
        var pipeline = new PartitionPipeline("metrics", 0, DetectionPolicy.Default with
            { SeriesPerPartition = series, BytesPerPartition = Math.Max(DetectionPolicy.Default.BytesPerPartition, series * 20_000L) });
        var events = new List<AlertEvent>();
        var block = new byte[Math.Min(messages / 4, 5_000_000 / Math.Max(100, metricsEach))][];
        long samples = 0, allocated = 0;
        var (spent, waited) = (TimeSpan.Zero, TimeSpan.Zero);
        for (var done = 0; done < messages; done += block.Length)
        {
            for (var i = 0; i < block.Length; i++) block[i] = source.Next();
            var warm = done >= messages / 3;
            var bytes = GC.GetAllocatedBytesForCurrentThread();
            // The time of the core, not of the clock: others may run on it too.
            var (began, core) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            for (var i = 0; i < block.Length; i++)
            {
                var outcome = pipeline.Process(block[i], done + i, MetricMessages.LogTime, events);
                if (warm) samples += outcome.Samples;
            }

            if (!warm) continue;
            spent += Environment.CpuUsage.TotalTime - core;
            waited += Stopwatch.GetElapsedTime(began);
            allocated += GC.GetAllocatedBytesForCurrentThread() - bytes;
        }

        return new(spent.TotalNanoseconds / samples, waited.TotalNanoseconds / samples, (double)allocated / samples, events.Count);
    }

    private sealed record SampleCost(double NsPerSample, double NsByTheClock, double BytesPerSample, int Events);
}
