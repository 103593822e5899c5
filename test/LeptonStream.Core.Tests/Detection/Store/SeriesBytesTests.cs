using System.Runtime.CompilerServices;
using LeptonStream.Detection;
using LeptonStream.Detection.Calibration;
using LeptonStream.Detection.Policies;

namespace LeptonStream.Core.Tests.Detection.Store;

public sealed class SeriesBytesTests
{
    // A million series are a million times this: whoever raises it says so in docs/ARCHITECTURE.md.
    [TestCase(MemoryPlan.Default, 2_048, 3_416, 808)]
    [TestCase(MemoryPlan.Lean, 900, 1_360, 376)]
    public void BytesPerSeries_OfAMemoryPlan_StayWithinItsBound(MemoryPlan plan, int memory, int numbers, int chart)
    {
        var pipeline = new SeriesPipeline(DetectionPolicy.Default, SeriesPolicy.Default with { Memory = plan });
        Assert.That(pipeline.BytesPerSeries, Is.InRange(numbers / 2, numbers));
        Assert.That(pipeline.MemoryBytesPerSeries, Is.InRange(memory / 2, memory));
        Assert.That(pipeline.ChartBytesPerSeries, Is.LessThanOrEqualTo(chart));
    }

    [Test]
    public void TailCalibrator_InMemory_Takes96Bytes() => Assert.That(Unsafe.SizeOf<TailCalibrator>(), Is.EqualTo(96));
}
