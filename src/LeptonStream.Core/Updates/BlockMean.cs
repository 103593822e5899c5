namespace LeptonStream.Updates;

/// <summary>The mean of the values of a quarter of an hour.</summary>
/// <param name="Index">Number of the quarter since 1970.</param>
/// <param name="Count">Number of values, from 1.</param>
/// <param name="Mean">Their mean; finite.</param>
internal readonly record struct BlockMean(int Index, int Count, double Mean)
{
    /// <summary>Quarters of an hour in a day.</summary>
    public const int Day = 96;

    private const long Nanoseconds = 15L * 60 * 1_000_000_000;

    /// <summary>The number of the quarter of an instant.</summary>
    public static int IndexOf(Samples.Timestamp time) => (int)Math.Clamp(time.UnixNanoseconds / Nanoseconds, 0, int.MaxValue);

    /// <summary>The same with one more value.</summary>
    public BlockMean With(double value) => new(Index, Count + 1, Mean + ((value - Mean) / (Count + 1)));
}
