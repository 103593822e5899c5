using System.Runtime.Intrinsics;
using LeptonStream.Detectors;

namespace LeptonStream.Core.Tests.Detectors;

public sealed class QuantizedHistoryTests
{
    [TestCase(1f, 0f)]
    [TestCase(1e-20f, 0f)]
    [TestCase(1e18f, 0f)]
    [TestCase(3f, -500f)]
    public void Shape_OfAnyRange_IsKeptToA255thOfIt(float range, float lowest)
    {
        var random = new Random(4);
        for (var round = 0; round < 1000; round++)
        {
            float[] values = [.. Enumerable.Range(0, 8).Select(_ => lowest + (range * random.NextSingle()))];
            var shape = QuantizedHistory.Of(Vector256.Create(values)).Shape;
            for (var i = 0; i < values.Length; i++) Assert.That(shape[i], Is.EqualTo(values[i]).Within(range / 500));
        }
    }

    [Test]
    public void Shape_OfOneValueRepeated_IsThatValue() =>
        Assert.That(QuantizedHistory.Of(Vector256.Create(0.1f)).Shape, Is.EqualTo(Vector256.Create(0.1f)));
}
