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

    private static void Measure(Report report, string key, int entities, int metricsEach, int messages)
    {
        Report.Progress($"pipeline, {metricsEach} samples a message, {entities * metricsEach:N0} series");
        var source = new MetricMessages(entities, metricsEach);
        var pipeline = new PartitionPipeline("metrics", 0, DetectionPolicy.Default);
        var events = new List<AlertEvent>();
        var block = new byte[Math.Min(messages / 4, 50_000)][];
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

        report.Add($"{key}NsPerSample", $"pipeline, {metricsEach} samples a message", spent.TotalNanoseconds / samples, "ns/sample",
            $"of a core, {entities * metricsEach:N0} series; by the clock {waited.TotalNanoseconds / samples:N0} ns");
        report.Add($"{key}BytesPerSample", $"pipeline, {metricsEach} samples a message, allocated", (double)allocated / samples, "B/sample",
            $"{events.Count} events on noise among them");
    }
}
