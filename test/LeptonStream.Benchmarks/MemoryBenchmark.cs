using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Detection.Policies;

namespace LeptonStream.Benchmarks;

/// <summary>What a series takes: its numbers and its chart by the layout, and all of it by the process.</summary>
internal static class MemoryBenchmark
{
    private const int Metrics = 100;

    public static void Run(Report report, bool quick)
    {
        foreach (var (key, plan) in (ReadOnlySpan<(string, MemoryPlan)>)[("", MemoryPlan.Default), ("Lean", MemoryPlan.Lean)])
        {
            var pipeline = new SeriesPipeline(DetectionPolicy.Default, SeriesPolicy.Default with { Memory = plan });
            report.Add($"numbers{key}Bytes", $"numbers of a series, memory plan {plan}", pipeline.BytesPerSeries, "B",
                $"and {pipeline.ChartBytesPerSeries:N0} B of chart beside them");
        }

        var entities = quick ? 100 : 1000;
        Report.Progress($"memory of {entities * Metrics:N0} series");
        var source = new MetricMessages(entities, Metrics);
        var (heap, process) = Held();
        var pipelines = new PartitionPipeline("metrics", 0, DetectionPolicy.Default with { SeriesPerPartition = entities * Metrics });
        var events = new List<AlertEvent>();
        // Until every point of every chart was written.
        for (var i = 0; i < entities * (DetectionPolicy.Default.ChartPoints + 1); i++)
            pipelines.Process(source.Next(), i, MetricMessages.LogTime, events);
        var (heapAfter, processAfter) = Held();
        double series = pipelines.SeriesCount;
        report.Add("processBytesPerSeries", $"memory of the process, {series:N0} series", (processAfter - process) / series, "B/series",
            $"of which {(heapAfter - heap) / series:N0} B on the heap: with its chart, key, labels and alert");
    }

    private static (long Heap, long Process) Held() => (GC.GetTotalMemory(forceFullCollection: true), Environment.WorkingSet);
}
