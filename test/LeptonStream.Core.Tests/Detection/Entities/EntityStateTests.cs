using LeptonStream.Detection;
using LeptonStream.Detection.Calibration;
using LeptonStream.Detection.Entities;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Training;
using LeptonStream.Detectors.Forest;
using LeptonStream.Forecasting;
using LeptonStream.Samples;
using LeptonStream.Series;
using LeptonStream.State;

namespace LeptonStream.Core.Tests.Detection.Entities;

public sealed class EntityStateTests
{
    private const int Metrics = 3;

    private static readonly SeriesPipeline Series = new(DetectionPolicy.Default, SeriesPolicy.Default);

    [Test]
    public void Load_WhatWasSaved_GoesOnBitEqual()
    {
        var (first, second) = (New(), New());
        var random = new Random(3);
        Run(first, random, 0, 2500, out _);
        var state = new StateWriter();
        first.Save(state);
        var reader = new StateReader(state.Written);
        second.Load(ref reader, TrainingPolicy.Default);

        Run(first, new(4), 2500, 500, out var expected);
        Run(second, new(4), 2500, 500, out var restored);
        Assert.That(restored, Is.EqualTo(expected));
        Assert.That(restored.Max(j => j.Score), Is.Positive);
    }

    [Test]
    public void MoveTo_AnotherMemoryPlan_GoesOnAsAfterARestart([Values] MemoryPlan from)
    {
        var to = from == MemoryPlan.Lean ? MemoryPlan.Default : MemoryPlan.Lean;
        var (moved, restored) = (New(from), New(to));
        Run(moved, new(3), 0, 2500, out _);
        var state = new StateWriter();
        moved.Save(state);
        moved.MoveTo(restored.Pipeline);
        var reader = new StateReader(state.Written);
        restored.Load(ref reader, TrainingPolicy.Default);

        Run(restored, new(4), 2500, 500, out var expected);
        Run(moved, new(4), 2500, 500, out var judged);
        Assert.That(judged, Is.EqualTo(expected));
        Assert.That(judged.Max(j => j.Forest), Is.Positive);
    }

    [Test]
    public void Load_TruncatedBytes_IsRefused()
    {
        var entity = New();
        Run(entity, new(3), 0, 300, out _);
        var state = new StateWriter();
        entity.Save(state);
        var bytes = state.Written.ToArray();
        Assert.That(() =>
        {
            var reader = new StateReader(bytes.AsSpan(..^7));
            New().Load(ref reader, TrainingPolicy.Default);
        }, Throws.InstanceOf<SnapshotCorruptException>());
    }

    [Test]
    public void Judge_ManyRows_AllocatesNothing()
    {
        var entity = New();
        Run(entity, new(3), 0, 3000, out _);
        var random = new Random(5);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 2000; i++) Step(entity, random, 3000 + i);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    private static EntityState New(MemoryPlan plan = MemoryPlan.Default)
    {
        var pipeline = new EntityPipeline(DetectionPolicy.Default, SeriesPolicy.Default with { Memory = plan }, new TreeBuilder());
        var entity = new EntityState(new SeriesId(5), new("llama", EntityPipeline.Metric, LabelSet.Empty), pipeline);
        for (var i = 0; i < Metrics; i++)
        {
            var series = Series.NewSeries(new SeriesId((UInt128)(10 + i)), new("llama", $"m{i}", LabelSet.Empty));
            series.IntervalSeconds = 60;
            series.Place = entity.Row.Join(series, default);
        }

        return entity;
    }

    private static void Run(EntityState entity, Random random, int from, int rows, out List<EntityJudgement> judgements)
    {
        judgements = [];
        for (var i = 0; i < rows; i++) judgements.Add(Step(entity, random, from + i));
    }

    private static EntityJudgement Step(EntityState entity, Random random, int row)
    {
        var time = Timestamp.FromUnixSeconds(1_764_000_000 + (60 * row));
        for (var i = 0; i < Metrics; i++)
        {
            // Rarities of ordinary samples are exponential; now and then all metrics are odd at once.
            var surprise = -Math.Log10(1 - random.NextDouble()) + (row % 400 == 399 ? 3 : 0);
            entity.Row.Set(i, new(new(time, 10 + surprise), 0, AlertChange.None, new Forecast(10, 1), new(10, 3), surprise));
        }

        return entity.Pipeline.Judge(entity);
    }
}
