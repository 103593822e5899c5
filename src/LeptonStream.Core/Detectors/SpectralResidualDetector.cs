using System.Numerics;
using LeptonStream.Samples;

namespace LeptonStream.Detectors;

/// <summary>
/// How much the newest value stands out of the course of the last 59: (S − S̄)/S̄, where S is its saliency and S̄ the mean saliency of the
/// 21 values before it. Saliency is what is left of the course when the logarithm of its spectrum, less that logarithm's moving average
/// over three frequencies, is transformed back with the phases it had: what repeats and what is smooth is gone. Five values that go on by
/// the mean gradient of those before it follow the newest one, so that it is not at the edge. After H. Ren et al., Time-Series Anomaly
/// Detection Service at Microsoft, KDD 2019. Warm-up 58 samples. Two transforms of 64 points a look, which is why it looks with the slow
/// ones; no state of its own.
/// </summary>
public sealed class SpectralResidualDetector : SeriesDetector<Stateless>
{
    /// <summary>Its name in policies, events and docs.</summary>
    public const string RuleName = "spectral-residual";

    private const int Length = 64;
    private const int Ahead = 5;
    private const int Before = Length - Ahead - 1;
    private const int Averaged = 3;
    private const int Local = 21;

    /// <inheritdoc/>
    public override string Name => RuleName;

    /// <inheritdoc/>
    public override DetectorKind Kind => DetectorKind.Slow;

    /// <inheritdoc/>
    public override bool IsOfValues => false;

    /// <inheritdoc/>
    protected override double Score(in Sample sample, in SeriesView view, in Stateless state)
    {
        if (view.Window.Count < Before) return NotYet;
        Span<Complex> course = stackalloc Complex[Length];
        var scale = Standardise(sample, view, course);
        if (scale <= 0) return 0;
        ShortTransform.Forward(course);
        // White noise of the least scale has this amplitude: what lies below it is grain, whatever shape it has.
        TakeResidual(course, Math.Max(view.MinScale / scale, 1e-6) * Math.Sqrt(Length));
        ShortTransform.Forward(course);
        return StandsOut(course);
    }

    // The values from the oldest on, as differences from their mean in units of the largest, and what follows them. Returns that unit.
    private static double Standardise(in Sample sample, in SeriesView view, Span<Complex> course)
    {
        // The window's mean is rounded otherwise in another unit; its median is one of its values.
        var middle = view.Window.Median / 2;
        var largest = 0.0;
        for (var i = 0; i <= Before; i++)
        {
            var half = ((i == Before ? sample.Value : view.Window[Before - 1 - i]) / 2) - middle;
            course[i] = half;
            largest = Math.Max(largest, Math.Abs(half));
        }

        if (largest <= 0) return 0;
        var mean = 0.0;
        for (var i = 0; i <= Before; i++)
        {
            course[i] = course[i].Real / largest;
            mean += course[i].Real / (Before + 1);
        }

        for (var i = 0; i <= Before; i++) course[i] = course[i].Real - mean;
        Extend(course);
        return 2 * largest;
    }

    // x̂ = x(n−m) + m·ḡ, with ḡ the mean gradient between the last value before the newest and each of the m before that. From the newest
    // itself, as the paper writes it, an outlier would be followed by its like and be no outlier any more; its authors' program leaves it
    // out too.
    private static void Extend(Span<Complex> course)
    {
        const int Last = Before - 1;
        double gradient = 0;
        for (var back = 1; back <= Ahead; back++) gradient += (course[Last].Real - course[Last - back].Real) / back;
        var next = course[Last - Ahead + 1].Real + gradient;
        for (var i = Before + 1; i < Length; i++) course[i] = next;
    }

    // The second transform is forward too: of the conjugate it is the conjugate of the inverse, and only magnitudes are looked at.
    private static void TakeResidual(Span<Complex> spectrum, double floor)
    {
        Span<double> logarithm = stackalloc double[Length];
        for (var i = 0; i < Length; i++) logarithm[i] = Math.Log(Magnitude(spectrum[i]) + floor);
        for (var i = 0; i < Length; i++)
        {
            var average = (logarithm[(i + Length - 1) % Length] + logarithm[i] + logarithm[(i + 1) % Length]) / Averaged;
            var amplitude = Math.Exp(logarithm[i] - average) / (Magnitude(spectrum[i]) + floor);
            spectrum[i] = Complex.Conjugate(spectrum[i]) * amplitude;
        }
    }

    private static double StandsOut(ReadOnlySpan<Complex> saliency)
    {
        double mean = 0;
        for (var back = 1; back <= Local; back++) mean += Magnitude(saliency[Before - back]) / Local;
        if (mean <= 0) return 0;
        return Math.Clamp((Magnitude(saliency[Before]) - mean) / mean, 0, ScaledDifference.Max);
    }

    private static double Magnitude(Complex value) => Math.Sqrt((value.Real * value.Real) + (value.Imaginary * value.Imaginary));
}
