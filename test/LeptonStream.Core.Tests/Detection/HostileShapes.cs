namespace LeptonStream.Core.Tests.Detection;

/// <summary>Sequences of values as no sound series has them, from a seed.</summary>
internal static class HostileShapes
{
    private static readonly double[] Ends =
        [double.MaxValue, double.MinValue, 1e308, -1e308, 1e300, -1e155, double.Epsilon, -double.Epsilon, 2.2e-308, 0, -0.0];

    public static readonly string[] Names =
        ["extremes", "denormals", "alternating", "no-numbers", "constant", "ramp", "spikes", "any-bits", "mixture"];

    /// <summary>A sequence of a shape; the same for the same seed.</summary>
    public static double[] Of(string shape, int seed) => Of(shape, new Random(seed));

    private static double[] Of(string shape, Random random)
    {
        var count = random.Next(1, 300);
        var (size, other) = (Size(random), Size(random));
        return shape switch
        {
            "extremes" => Sequence(count, _ => Ends[random.Next(Ends.Length)]),
            "denormals" => Sequence(count, i => double.Epsilon * random.NextInt64(-1L << 50, 1L << 50)),
            "alternating" => Sequence(count, i => i % 2 == 0 ? 1e308 : -1e308),
            "no-numbers" => Sequence(count, _ => random.Next(3) switch
            {
                0 => double.NaN,
                1 => double.PositiveInfinity,
                _ => double.NegativeInfinity,
            }),
            "constant" => Sequence(count, _ => size),
            "ramp" => Sequence(count, i => size + (i * (other / 300))),
            "spikes" => Sequence(count, _ => random.Next(20) == 0 ? size : 100 + random.NextDouble()),
            "any-bits" => Sequence(count, _ => BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue))),
            _ => [.. Enumerable.Range(0, 4).SelectMany(_ => Of(Names[random.Next(Names.Length - 1)], random)).Take(400)],
        };
    }

    // From the smallest to the largest, of either sign.
    private static double Size(Random random) =>
        (random.Next(2) == 0 ? 1 : -1) * Math.ScaleB(1 + random.NextDouble(), random.Next(-1074, 1023));

    private static double[] Sequence(int count, Func<int, double> value) => [.. Enumerable.Range(0, count).Select(value)];
}
