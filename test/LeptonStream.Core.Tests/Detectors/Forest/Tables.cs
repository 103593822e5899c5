using LeptonStream.Detectors.Forest;

namespace LeptonStream.Core.Tests.Detectors.Forest;

/// <summary>Seeded tables of rows, one after another.</summary>
internal static class Tables
{
    public static float[] Gaussian(int seed, int rows, int features)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, rows * features).Select(_ => (float)Streams.Gauss(random))];
    }

    /// <summary>Few distinct values, so that there are ties, and some that are missing or infinite.</summary>
    public static float[] Rough(int seed, int rows, int features)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, rows * features).Select(_ => random.Next(40) switch
        {
            0 => float.NaN,
            1 => float.PositiveInfinity,
            2 => float.NegativeInfinity,
            3 => -0f,
            < 20 => random.Next(-3, 4),
            _ => (float)Streams.Gauss(random),
        })];
    }

    /// <summary>A table as a streaming forest keeps it.</summary>
    public static sbyte[] Codes(float[] table) => Array.ConvertAll(table, RowCode.Of);

    /// <summary>Where the rows of a table begin.</summary>
    public static int[] Offsets(float[] table, int features) => [.. Enumerable.Range(0, table.Length / features).Select(i => i * features)];
}
