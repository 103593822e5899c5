using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Policies.Presets;

namespace LeptonStream.Benchmarks;

/// <summary>
/// What a series takes: its numbers and its chart by the layout, the objects beside them by type, and all of it by the process, as the
/// slope between a small fleet and a large one.
/// </summary>
internal static class MemoryBenchmark
{
    private const int Metrics = 10;

    // Until every point of every chart was written, and forests have all their trees.
    private const int Rows = 200;

    public static void Run(Report report, bool quick, bool million)
    {
        foreach (var (key, plan) in (ReadOnlySpan<(string, MemoryPlan)>)[("", MemoryPlan.Default), ("Lean", MemoryPlan.Lean)])
        {
            var pipeline = new SeriesPipeline(DetectionPolicy.Default, SeriesPolicy.Default with { Memory = plan });
            report.Add($"numbers{key}Bytes", $"numbers of a series, memory plan {plan}", pipeline.BytesPerSeries, "B",
                $"and {pipeline.ChartBytesPerSeries:N0} B of chart beside them");
        }

        Parts(report, quick ? 1_000 : 4_000);
        int[] fleets = quick ? [1_000, 3_000] : million ? [100_000, 1_000_000] : [30_000, 100_000];
        Slope(report, "", PolicySet.Default, fleets);
        Slope(report, "Lean", new([], PolicySettings.None with { Memory = MemoryPlan.Lean }, PresetCatalog.Default), fleets);
    }

    private static void Slope(Report report, string key, PolicySet policies, int[] fleets)
    {
        var held = new List<(double Series, long Heap, long Process)>();
        foreach (var series in fleets)
        {
            Report.Progress($"memory of {series:N0} series {key}");
            held.Add(Measure(series, policies));
        }

        var (few, many) = (held[0], held[^1]);
        var more = many.Series - few.Series;
        report.Add($"processBytesPerSeries{key}", $"memory of the process from {few.Series:N0} to {many.Series:N0} series {key}",
            (many.Process - few.Process) / more, "B/series",
            $"of which {(many.Heap - few.Heap) / more:N0} B on the heap: all in, {Metrics} metrics an entity");
    }

    private static (double Series, long Heap, long Process) Measure(int series, PolicySet policies)
    {
        var before = Held();
        var pipeline = Filled(series / Metrics, policies);
        var after = Held();
        return (pipeline.SeriesCount, after.Heap - before.Heap, after.Process - before.Process);
    }

    private static void Parts(Report report, int series)
    {
        Report.Progress($"parts of {series:N0} series");
        // Of as many more: presets and policies are there once.
        var (few, more) = (BytesOf(series), BytesOf(2 * series));
        var each = more.ToDictionary(one => one.Key, one => (double)(one.Value - few.GetValueOrDefault(one.Key)) / series);
        foreach (var (type, bytes) in each.OrderByDescending(one => one.Value).Take(24))
            report.Add($"part{NameOf(type)}", $"  {NameOf(type)}", bytes, "B/series");
        report.Add("partAll", "  all objects", each.Values.Sum(), "B/series",
            $"the figures above by type, from {series:N0} to {2 * series:N0} series");
    }

    private static Dictionary<Type, long> BytesOf(int series)
    {
        var bytes = new ObjectBytes();
        bytes.Count(Filled(series / Metrics, PolicySet.Default));
        return bytes.ByType;
    }

    private static string NameOf(Type type) => type.IsGenericType
        ? $"{type.Name.Split('`')[0]}<{string.Join(',', type.GetGenericArguments().Select(NameOf))}>"
        : type.IsArray ? NameOf(type.GetElementType()!) + "[]" : type.Name;

    private static PartitionPipeline Filled(int entities, PolicySet policies)
    {
        var source = new MetricMessages(entities, Metrics);
        var policy = DetectionPolicy.Default with { SeriesPerPartition = entities * Metrics, BytesPerPartition = long.MaxValue };
        var pipeline = new PartitionPipeline("metrics", 0, policy, policies);
        var events = new List<AlertEvent>();
        for (var i = 0; i < entities * Rows; i++)
        {
            pipeline.Process(source.Next(), i, MetricMessages.LogTime, events);
            events.Clear();
        }

        return pipeline;
    }

    private static (long Heap, long Process) Held()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        return (GC.GetTotalMemory(forceFullCollection: true), Environment.WorkingSet);
    }
}
