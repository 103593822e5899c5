using System.Numerics;

namespace LeptonStream.Detectors;

/// <summary>
/// The discrete Fourier transform of a few numbers in place, radix 2 (J. W. Cooley and J. W. Tukey, Mathematics of Computation 19, 1965).
/// MathNet's transforms take arrays only; a detector has no memory between samples but its series', so one would be allocated for every
/// sample.
/// </summary>
internal static class ShortTransform
{
    private const int Longest = 64;

    private static readonly Complex[] Roots = [.. Enumerable.Range(0, Longest / 2).Select(k =>
        Complex.FromPolarCoordinates(1, -2 * Math.PI * k / Longest))];

    /// <summary>X(k) = Σ x(n)·exp(−2πi·kn/N), not normalised.</summary>
    /// <param name="values">A power of two of values, at most 64.</param>
    public static void Forward(Span<Complex> values)
    {
        Reorder(values);
        for (var half = 1; half < values.Length; half *= 2)
        {
            var stride = Longest / (2 * half);
            for (var start = 0; start < values.Length; start += 2 * half)
            {
                for (var i = start; i < start + half; i++)
                {
                    var turned = values[i + half] * Roots[(i - start) * stride];
                    (values[i], values[i + half]) = (values[i] + turned, values[i] - turned);
                }
            }
        }
    }

    // Each value goes where the bits of its place, read backwards, say.
    private static void Reorder(Span<Complex> values)
    {
        var mirrored = 0;
        for (var i = 1; i < values.Length; i++)
        {
            var bit = values.Length >> 1;
            for (; (mirrored & bit) != 0; bit >>= 1) mirrored ^= bit;
            mirrored ^= bit;
            if (i < mirrored) (values[i], values[mirrored]) = (values[mirrored], values[i]);
        }
    }
}
