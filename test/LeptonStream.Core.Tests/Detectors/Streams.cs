using LeptonStream.Samples;

namespace LeptonStream.Core.Tests.Detectors;

/// <summary>Seeded streams of samples, one every five minutes, so that a few hundred are more than a day.</summary>
internal static class Streams
{
    private static readonly Timestamp Start = Timestamp.FromUnixSeconds(1_760_000_000);

    public static readonly double[][] Extreme =
    [
        [.. Enumerable.Repeat(0.0, 300)],
        [.. Enumerable.Repeat(42.0, 200), 43, 42, -1e9, 42],
        [.. Enumerable.Repeat(0.0, 300), double.MaxValue, double.MinValue, 0, double.Epsilon, -double.Epsilon],
        [.. Enumerable.Range(0, 300).Select(i => i % 2 == 0 ? 1e300 : -1e300)],
        [.. Enumerable.Range(0, 400).Select(i => 1e15 + i)],
        [.. Enumerable.Range(0, 300).Select(i => i * 1e-320)],
    ];

    public static Sample[] Of(IEnumerable<double> values) => [.. values.Select((v, i) => At(i, v))];

    /// <summary>Noise about a level, with spikes, a level shift, single repeats, stuck stretches and a gap in time.</summary>
    public static Sample[] Mixed(int seed, int count)
    {
        var random = new Random(seed);
        var samples = new Sample[count];
        for (var i = 0; i < count; i++)
        {
            var value = 100 + (10 * Gauss(random)) + (i > count / 2 ? 40 : 0);
            if (random.Next(50) == 0) value *= 3;
            if (i > 0 && (random.Next(100) == 0 || i % 700 > 670)) value = samples[i - 1].Value;
            samples[i] = At(i > count / 3 ? i + 500 : i, value);
        }

        return samples;
    }

    public static Sample[] Noise(int seed, int count)
    {
        var random = new Random(seed);
        return Of(Enumerable.Range(0, count).Select(_ => 100 + Gauss(random)).ToArray());
    }

    /// <summary>Noise of deviation 1, and how it goes on after a shift of its level.</summary>
    public static (Sample[] Usual, Sample[] Shifted) BeforeAndAfter(int seed, double shift, int count)
    {
        var samples = Noise(seed, 2000 + count);
        return (samples[..2000], [.. samples[2000..].Select(s => s with { Value = s.Value + shift })]);
    }

    /// <summary>What the detector of this name is there for, right after <paramref name="last"/>.</summary>
    public static Sample[] TroubleFor(string detector, Sample last)
    {
        var stuck = Enumerable.Repeat(last.Value, 40);
        var step = Enumerable.Repeat(last.Value + 15, detector is "level-shift" or "mean-record" ? 60 : 6);
        var creep = Enumerable.Range(1, 60).Select(i => last.Value + (0.75 * i));
        var flapping = Enumerable.Range(0, 60).Select(i => last.Value + (i % 2 == 0 ? 6 : -6));
        var trouble = detector switch { "frozen-value" => stuck, "page-hinkley" => creep, "variance-change" or "autoencoder" =>
            flapping, _ => step };
        return [.. trouble.Select((v, i) => new Sample(last.Time + TimeSpan.FromMinutes(5 * (i + 1)), v))];
    }

    /// <summary>What is ordinary to a detector: noise; to the one of constants, a constant.</summary>
    public static Sample[] OrdinaryFor(string detector, int seed, int count) =>
        detector == "constant-change" ? [.. Noise(seed, count).Select(s => s with { Value = 8 })] : Noise(seed, count);

    public static double Gauss(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static Sample At(int index, double value) => new(Start + TimeSpan.FromMinutes(5 * index), value);
}
