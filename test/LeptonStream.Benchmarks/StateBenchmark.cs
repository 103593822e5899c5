using System.Buffers;
using System.Diagnostics;
using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.State;

namespace LeptonStream.Benchmarks;

/// <summary>
/// What a snapshot of a partition costs: how long it takes and how long nothing is judged, its bytes, and how long it takes to read.
/// </summary>
internal static class StateBenchmark
{
    private const int Metrics = 20;

    public static void Run(Report report, bool quick)
    {
        var entities = quick ? 50 : 500;
        Report.Progress($"a snapshot of {entities * Metrics:N0} series");
        var source = new MetricMessages(entities, Metrics);
        var pipeline = New(entities);
        var events = new List<AlertEvent>();
        for (var i = 0; i < entities * 200; i++) pipeline.Process(source.Next(), i, MetricMessages.LogTime, events);
        var chunks = new Chunk();
        pipeline.Save(chunks);

        var whole = Best(() => pipeline.Save(chunks.Emptied()));
        var pause = Best(() => pipeline.BeginSave(chunks.Emptied()).Abandon());
        var before = GC.GetAllocatedBytesForCurrentThread();
        pipeline.Save(chunks.Emptied());
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        var restore = Best(() => Load(chunks.Bytes, New(entities)));
        var (series, per) = (pipeline.SeriesCount, 10_000.0 / pipeline.SeriesCount);
        report.Add("snapshotMs", $"making a snapshot, per 10,000 series ({series:N0} measured, {entities} entities)", per * whole, "ms",
            $"{per * allocated / 1024:N0} KB are allocated");
        report.Add("snapshotPauseMs", "of it at once, before judging goes on", per * pause, "ms", "the rest in slices of 10 ms");
        report.Add("snapshotMB", "its bytes, per 10,000 series", per * chunks.Bytes.Length / 1e6, "MB", "20 metrics an entity");
        report.Add("restoreMs", "reading it, per 10,000 series", per * restore, "ms", "into a new pipeline");
    }

    private static PartitionPipeline New(int entities) =>
        new("metrics", 0, DetectionPolicy.Default with { SeriesPerPartition = entities * Metrics });

    private static double Best(Action action)
    {
        var best = double.PositiveInfinity;
        for (var i = 0; i < 5; i++)
        {
            var start = Stopwatch.GetTimestamp();
            action();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return best;
    }

    private static void Load(ReadOnlySpan<byte> bytes, PartitionPipeline pipeline)
    {
        var loader = pipeline.Load();
        while (!bytes.IsEmpty) loader.Take(SnapshotBlock.ReadFrom(ref bytes));
    }

    private sealed class Chunk : ISnapshotSink
    {
        private readonly ArrayBufferWriter<byte> _bytes = new();

        public ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

        public Chunk Emptied()
        {
            _bytes.ResetWrittenCount();
            return this;
        }

        public void Take(in SnapshotBlock block) => block.WriteTo(_bytes);
    }
}
