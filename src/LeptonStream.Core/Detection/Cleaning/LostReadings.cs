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
