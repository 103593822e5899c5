using System.Numerics;
using LeptonStream.Detectors;
using MathNet.Numerics.IntegralTransforms;

namespace LeptonStream.Core.Tests.Detectors;

public sealed class ShortTransformTests
{
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(16)]
    [TestCase(64)]
    public void Forward_OfRandomValues_IsThatOfMathNet(int length)
    {
        var random = new Random(length);
        var values = Enumerable.Range(0, length).Select(_ => new Complex(Streams.Gauss(random), Streams.Gauss(random))).ToArray();
        var expected = values.ToArray();
        Fourier.Forward(expected, FourierOptions.AsymmetricScaling);
        ShortTransform.Forward(values);
        for (var i = 0; i < length; i++) Assert.That(Complex.Abs(values[i] - expected[i]), Is.LessThan(1e-12));
    }
}
