using System.Text;

namespace LeptonStream.Simulator;

/// <summary>
/// A source of random numbers of its own (xoshiro256**, seeded by SplitMix64 of seed and name), because the numbers of <see cref="Random"/>
/// with a seed are not promised to stay the same, and the same seed must give the same story on every machine.
/// </summary>
internal sealed class Noise
{
    private ulong _a;
    private ulong _b;
    private ulong _c;
    private ulong _d;

    /// <summary>Makes the stream of one name under one seed; streams of different names are independent.</summary>
    public Noise(int seed, string name)
    {
        var state = Hash(name) ^ ((ulong)(uint)seed * 0x9E3779B97F4A7C15);
        _a = SplitMix(ref state);
        _b = SplitMix(ref state);
        _c = SplitMix(ref state);
        _d = SplitMix(ref state);
    }

    /// <summary>Uniform in [0, 1).</summary>
    public double Uniform() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Standard normal (Box-Muller; always two draws, so that a stream's position does not depend on the values drawn).</summary>
    public double Normal()
    {
        var radius = Math.Sqrt(-2 * Math.Log(1 - Uniform()));
        return radius * Math.Cos(2 * Math.PI * Uniform());
    }

    /// <summary>
    /// Student's t with four degrees of freedom, scaled to unit variance: ordinary most of the time, now and then far out.
    /// </summary>
    public double HeavyTailed()
    {
        var normal = Normal();
        // A chi-square of four degrees of freedom is the sum of two exponentials.
        var chiSquare = -2 * (Math.Log(1 - Uniform()) + Math.Log(1 - Uniform()));
        return normal / Math.Sqrt(chiSquare / 4) / Math.Sqrt(2);
    }

    /// <summary>Like <see cref="HeavyTailed"/>, but far out only above: latencies and losses have a floor.</summary>
    public double HeavyAbove() => Math.Max(-2.5, HeavyTailed());

    /// <summary>A count with the given mean, at least roughly Poisson (normal with the same mean and variance above 30).</summary>
    public int Count(double mean)
    {
        var normal = Normal();
        var uniform = Uniform();
        if (mean >= 30) return (int)Math.Max(0, Math.Round(mean + (Math.Sqrt(mean) * normal)));

        // Inversion: one draw whatever the result.
        var count = 0;
        var term = Math.Exp(-mean);
        for (var below = term; uniform > below && count < 200; below += term) term *= mean / ++count;
        return count;
    }

    private static ulong SplitMix(ref ulong state)
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    // FNV-1a: string.GetHashCode differs in every process.
    private static ulong Hash(string name)
    {
        var hash = 14695981039346656037UL;
        foreach (var b in Encoding.UTF8.GetBytes(name)) hash = (hash ^ b) * 1099511628211;
        return hash;
    }

    private ulong Next()
    {
        var result = ulong.RotateLeft(_b * 5, 7) * 9;
        var t = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= t;
        _d = ulong.RotateLeft(_d, 45);
        return result;
    }
}
