using LeptonStream.Collector.Points;
using LeptonStream.Samples;

namespace LeptonStream.Collector.Formats;

/// <summary>Times that are numbers: the unit follows from the magnitude.</summary>
internal static class Epoch
{
    /// <summary>The numbers that are times, for people.</summary>
    public const string Numbers = "it must be seconds, milliseconds, microseconds or nanoseconds since 1970";

    // From here on a number counts milliseconds, see Timestamp.FromEpoch.
    private const double Milliseconds = 1e11;
    private const double MostSeconds = 9.2e9;

    /// <summary>Nanoseconds of a whole number of seconds, milliseconds, microseconds or nanoseconds; false before 1970.</summary>
    public static bool TryRead(long number, out long nanoseconds)
    {
        nanoseconds = Timestamp.FromEpoch(number).UnixNanoseconds;
        return number >= 0 && nanoseconds != long.MaxValue;
    }

    /// <summary>The same for a number that may have a fraction, which seconds have.</summary>
    public static bool TryRead(double number, out long nanoseconds)
    {
        nanoseconds = Point.NoTime;
        if (number is not (>= 0 and < 9.2e18)) return false;
        var whole = Math.Truncate(number);
        if (!TryRead((long)whole, out nanoseconds)) return false;
        var fraction = number - whole;
        if (fraction == 0) return true;
        // A double of seconds is exact to a quarter of a microsecond; digits below that are noise.
        if (number < Milliseconds) nanoseconds += (long)Math.Round(fraction * 1e6) * 1000;
        else if (number < Milliseconds * 1000) nanoseconds += (long)(fraction * 1e6);
        return number < MostSeconds || number >= Milliseconds;
    }
}
