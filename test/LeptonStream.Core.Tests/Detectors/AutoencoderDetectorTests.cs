using System.Runtime.InteropServices;
using LeptonStream.Detectors;
using LeptonStream.Samples;
using MathNet.Numerics.LinearAlgebra;

namespace LeptonStream.Core.Tests.Detectors;

public sealed class AutoencoderDetectorTests
{
    [Test]
    public void Score_OfAWaveAndOfNoise_IsWhatCannotBeRetold()
    {
        // The noise on the wave is a seventh of its deviation; of sixteen independent values four numbers can't tell much.
        Assert.That(new DetectorRig("autoencoder").Run(Wave(5000, phase: 0))[^500..].Average(), Is.LessThan(0.2));
        Assert.That(new DetectorRig("autoencoder").Run(Streams.Noise(seed: 82, count: 5000))[^500..].Average(), Is.InRange(0.7, 1.2));
    }

    [Test]
    public void Score_OfACourseThatDoesNotHangTogether_StandsOutThoughEachValueIsOrdinary()
    {
        var wave = Wave(5016, phase: 0);
        var rig = new DetectorRig("autoencoder");
        var usual = rig.Run(wave[..5000])[2000..].Max();
        var torn = wave[5000..].Select((s, i) => s with { Value = i % 2 == 0 ? 10 : -10 }).ToArray();
        Assert.That(rig.Run(torn).Max(), Is.GreaterThan(2 * usual));
    }

    [Test]
    public void Score_OfTheWaveFromAnotherPointOfItsCourse_IsOrdinaryOnceTheBreakIsPast()
    {
        var rig = new DetectorRig("autoencoder");
        var usual = rig.Run(Wave(5000, phase: 0))[2000..].Max();
        Assert.That(rig.Run(Wave(5200, phase: 1.5)[5000..])[16..].Max(), Is.LessThan(1.3 * usual));
    }

    [Test]
    public void Score_AfterAnAbsurdValue_ComesBack()
    {
        var wave = Wave(8000, phase: 0);
        wave[5000] = wave[5000] with { Value = 1e12 };
        var scores = new DetectorRig("autoencoder").Run(wave);
        Assert.That(scores[5000], Is.GreaterThan(3 * scores[3000..5000].Average()));
        Assert.That(scores[^500..].Average(), Is.LessThan(1.5 * scores[3000..5000].Average()));
    }

    [Test]
    public void ScoreAndLearn_OfAnyWeights_AreThoseOfMatrices()
    {
        const int inputs = 16, hidden = 4;
        var wave = Wave(600, phase: 0);
        var rig = new DetectorRig("autoencoder");
        rig.Run(wave[..400]);
        for (var i = 400; i < 600; i++)
        {
            var state = MemoryMarshal.Read<AutoencoderDetector.State>(rig.Snapshot());
            double[] weights = [.. ((ReadOnlySpan<float>)state.Weights).ToArray().Select(w => (double)w)];
            var into = Matrix<double>.Build.DenseOfRowMajor(hidden, inputs, weights.AsSpan(0, hidden * inputs).ToArray());
            var outOf = Matrix<double>.Build.DenseOfColumnMajor(inputs, hidden, weights.AsSpan(hidden * inputs, hidden * inputs).ToArray());
            var outBias = Vector<double>.Build.DenseOfArray(weights[(2 * hidden * inputs)..^hidden]);
            var hiddenBias = Vector<double>.Build.DenseOfArray(weights[^hidden..]);
            var course = Vector<double>.Build.Dense(inputs, back =>
                Math.Clamp((wave[i - back].Value - state.Level.Mean) / state.Level.Sigma, -6, 6));

            var sums = (into * course) + hiddenBias;
            var told = sums.Map(sum => sum / (1 + Math.Abs(sum)));
            var wrong = (outOf * told) + outBias - course;
            Assert.That(rig.Score(wave[i]), Is.EqualTo(wrong.L2Norm() / Math.Sqrt(inputs)).Within(1e-5));

            var slope = told.Map(t => (1 - Math.Abs(t)) * (1 - Math.Abs(t)));
            var back = (outOf.TransposeThisAndMultiply(wrong)).PointwiseMultiply(slope);
            double[] expected =
            [
                .. (into - (0.02 * back.OuterProduct(course))).ToRowMajorArray(),
                .. (outOf - (0.02 * wrong.OuterProduct(told))).ToColumnMajorArray(),
                .. outBias - (0.02 * wrong), .. hiddenBias - (0.02 * back),
            ];
            rig.Learn(wave[i]);
            var learned = MemoryMarshal.Read<AutoencoderDetector.State>(rig.Snapshot()).Weights;
            Assert.That(((ReadOnlySpan<float>)learned).ToArray(), Is.EqualTo(expected).Within(1e-5));
        }
    }

    private static Sample[] Wave(int count, double phase)
    {
        var random = new Random(81);
        return Streams.Of(Enumerable.Range(0, count).Select(i => (10 * Math.Sin((2 * Math.PI * i / 24) + phase)) + Streams.Gauss(random))
            .ToArray());
    }
}
