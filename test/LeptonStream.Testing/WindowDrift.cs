using LeptonStream.Series;

namespace LeptonStream.Testing;

/// <summary>
/// A rolling window on values about a billion with a spread of one and outliers, against the exact mean and variance of what was pushed.
/// Near a billion every double is a whole multiple of 2⁻²³, so whole numbers of 128 bits hold the sums without any rounding: nothing could
/// be closer to the truth.
/// </summary>
public static class WindowDrift
{
    private const double Level = 1e9;
    private const double Unit = 1.0 / (1 << 23);

    /// <summary>The greatest errors seen.</summary>
    /// <param name="Mean">Of the mean, as a share of the mean.</param>
    /// <param name="Variance">Of the variance, as a share of the variance.</param>
    /// <param name="Sums">The same against the values as the window keeps them, to 24 bits: what the sums alone have lost.</param>
    /// <param name="Comparisons">How often was compared.</param>
    /// <param name="IsSound">Whether no figure was ever NaN and no variance negative.</param>
    public readonly record struct Errors(double Mean, double Variance, double Sums, long Comparisons, bool IsSound);

    /// <summary>Pushes so many values and compares now and then.</summary>
    /// <param name="pushes">How many values.</param>
    /// <param name="capacity">The window's.</param>
    /// <param name="every">Pushes between two comparisons.</param>
    /// <param name="steps">Steps between two whole numbers: 4,096 are held exactly by the 24 bits of a window's values, 2²³ are all that a
    /// double has here.</param>
    public static Errors Measure(long pushes, int capacity, int every, int steps)
    {
        var random = new Random(17);
        var window = new RollingWindow(new byte[RollingWindow.BytesFor(capacity)]);
        var (last, kept) = (new double[capacity], new double[capacity]);
        var errors = new Errors(0, 0, 0, 0, true);
        // Beyond any comparison while it is in the window; afterwards it must have left no trace.
        var hugeAt = long.MinValue;
        for (long i = 0; i < pushes; i++)
        {
            var value = Level + (random.Next(steps) / (double)steps);
            if (random.Next(500) == 0) value += random.Next(-1024, 1024);
            if (i % 1_000_003 == 500_000) (value, hugeAt) = (1e15, i);
            window.Push(value);
            last[i % capacity] = value;
            if (i < capacity || i % every != 0) continue;
            errors = errors with { IsSound = errors.IsSound && double.IsFinite(window.Mean) && window.Variance >= 0 };
            if (i < hugeAt + capacity) continue;
            var (mean, variance) = Exact(last);
            for (var back = 0; back < capacity; back++) kept[back] = window[back];
            var (_, varianceOfKept) = Exact(kept);
            errors = errors with
            {
                Mean = Math.Max(errors.Mean, Math.Abs(window.Mean - mean) / mean),
                Variance = Math.Max(errors.Variance, Math.Abs(window.Variance - variance) / variance),
                Sums = Math.Max(errors.Sums, Math.Abs(window.Variance - varianceOfKept) / varianceOfKept),
                Comparisons = errors.Comparisons + 1,
            };
        }

        return errors;
    }

    private static (double Mean, double Variance) Exact(double[] values)
    {
        Int128 sum = 0, squares = 0;
        foreach (var value in values)
        {
            var units = (long)((value - Level) / Unit);
            sum += units;
            squares += (Int128)units * units;
        }

        var n = values.Length;
        return (Level + ((double)sum / n * Unit), (double)((n * squares) - (sum * sum)) / ((double)n * n) * Unit * Unit);
    }
}
