using System.Numerics;
using LeptonStream.Core.Tests.Detectors;
using LeptonStream.Forecasting;
using LeptonStream.Samples;
using MathNet.Numerics.IntegralTransforms;

namespace LeptonStream.Core.Tests.Forecasting;

public sealed class HoltWintersForecasterTests
{
    private const int PerDay = 48;
    private const int Days = 42;

    // The forecaster lets three recursions compete; a periodogram of the same values, which needs them all at once, must come to the same
    // period.
    [TestCase(6, Period.Daily)]
    [TestCase(0, Period.None)]
    public void Period_OfAWave_IsThePeakOfItsSpectrum(double daily, Period expected)
    {
        var random = new Random(17);
        double[] values =
        [
            .. Enumerable.Range(0, PerDay * Days).Select(i => 100 + (daily * Math.Sin(2 * Math.PI * i / PerDay)) + Streams.Gauss(random)),
        ];
        var forecaster = default(HoltWintersForecaster);
        for (var i = 0; i < values.Length; i++)
            forecaster.Learn(new(Timestamp.FromUnixSeconds(1_760_000_000 + (1800L * i)), values[i]), intervalSeconds: 1800);
        Assert.That(forecaster.Period, Is.EqualTo(expected));
        Assert.That(PeakOf(values), Is.EqualTo(expected));
    }

    private static Period PeakOf(double[] values)
    {
        var mean = values.Average();
        var spectrum = values.Select(value => new Complex(value - mean, 0)).ToArray();
        Fourier.Forward(spectrum, FourierOptions.Matlab);
        double[] power = [.. spectrum.Take(values.Length / 2).Select(c => c.Magnitude * c.Magnitude)];
        var peak = Array.IndexOf(power, power.Max());
        // The highest of n ordinates of noise is ln n times their mean, and rarely thrice that.
        if (power[peak] < 3 * Math.Log(power.Length) * power.Average()) return Period.None;
        return peak switch { Days => Period.Daily, _ => throw new InvalidOperationException($"{peak} waves") };
    }
}
