using System.Globalization;

namespace LeptonStream.Collector.Points;

/// <summary>Numbers as texts.</summary>
public sealed partial class PointBatch
{
    // The longest are doubles such as -2.2250738585072014E-308.
    private const int MostDigits = 32;

    /// <summary>Adds a whole number as a text.</summary>
    internal Text AddNumberText(long value)
    {
        value.TryFormat(Room(MostDigits), out var written, default, CultureInfo.InvariantCulture);
        return Keep(written);
    }

    /// <summary>Adds a number as a text, with as few digits as it needs.</summary>
    internal Text AddNumberText(double value)
    {
        value.TryFormat(Room(MostDigits), out var written, default, CultureInfo.InvariantCulture);
        return Keep(written);
    }
}
