using LeptonStream.Samples;

namespace LeptonStream.Detection.Cleaning;

/// <summary>
/// An exporter that says "no reading" for long, with one of its vendor's blanks: the watch is blind, and somebody should know. All zeros at
/// first.
/// </summary>
internal struct LostReadings
{
    /// <summary>The rule's name in events.</summary>
    public const string RuleName = "readings-lost";

    private long _since;
    private bool _isLost;

    /// <summary>
    /// Whether a value is a blank: DCGM writes "no reading" as values just below the largest integers of 64 and 32 bits, and of floats from
    /// 2⁴⁷ on.
    /// </summary>
    public static bool IsBlank(double value) =>
        value is (>= 9223372036854775792 and <= 9223372036854775807) or (>= 2147483632 and <= 2147483635)
            or (>= 140737488355328 and <= 140737488355331);

    /// <summary>Takes a blank; whether there was no reading for long.</summary>
    /// <param name="time">Event time.</param>
    /// <param name="after">Length of that silence.</param>
    public bool IsLong(Timestamp time, TimeSpan after)
    {
        if (!_isLost) _since = time.UnixNanoseconds;
        _isLost = true;
        return time - new Timestamp(_since) >= after;
    }

    /// <summary>Takes a reading.</summary>
    public void Found() => _isLost = false;
}
