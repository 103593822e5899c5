namespace LeptonStream.Detectors.Forest;

/// <summary>
/// A small seeded generator whose whole state is one number, so that a snapshot can hold it
/// (G. L. Steele, D. Lea, C. H. Flood, Fast splittable pseudorandom number generators, OOPSLA 2014).
/// </summary>
/// <param name="seed">Any number; equal seeds give equal sequences.</param>
internal struct SplitMix64(ulong seed)
{
    /// <summary>The state that a snapshot keeps.</summary>
    public ulong State { get; private set; } = seed;

    /// <summary>64 random bits.</summary>
    public ulong Next()
    {
        State += 0x9E3779B97F4A7C15;
        var z = State;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>
    /// A whole number in 0..<paramref name="bound"/>−1. The bias, at most bound/2³², is far below what a sample of a few hundred shows.
    /// </summary>
    public int Below(int bound) => (int)(((Next() >> 32) * (ulong)bound) >> 32);

    /// <summary>A number in [0, 1).</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Shuffles the front of a list, so that its first values are a sample without replacement.</summary>
    public void DrawFirst(Span<int> list, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var drawn = i + Below(list.Length - i);
            (list[i], list[drawn]) = (list[drawn], list[i]);
        }
    }
}
