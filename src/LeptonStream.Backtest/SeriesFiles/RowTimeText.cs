using System.Globalization;
using LeptonStream.Samples;

namespace LeptonStream.Backtest.SeriesFiles;

/// <summary>Reads a time as people write it into CSV files and on command lines.</summary>
internal static class RowTimeText
{
    /// <summary>
    /// An epoch number (the unit follows from its magnitude, a fraction allowed with seconds and milliseconds), or a date and time;
    /// without an offset it is UTC. Null where it is neither.
    /// </summary>
    public static Timestamp? Read(string text)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
            return Timestamp.FromEpoch(whole);
        if (decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
            out var number))
        {
            var nanoseconds = decimal.Round(number * (Math.Abs(number) < 1e11m ? 1e9m : 1e6m));
            return Math.Abs(nanoseconds) <= long.MaxValue ? new Timestamp((long)nanoseconds) : null;
        }

        return DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant)
            ? Timestamp.FromDateTimeOffset(instant)
            : null;
    }
}
