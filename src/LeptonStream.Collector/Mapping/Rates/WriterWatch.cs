namespace LeptonStream.Collector.Mapping.Rates;

/// <summary>
/// Finds two producers that write one total: it jumps between two courses, each of which goes on where it was. A total that began again
/// never goes back to its old course.
/// </summary>
internal struct WriterWatch
{
    /// <summary>Clocks of producers that write their start times in milliseconds.</summary>
    public const long Jitter = 1_000_000;

    // Chance does it once; three times it is two.
    private const int Enough = 3;
    private const long Memory = 10L * 60 * 1_000_000_000;

    private double _high;
    private double _low;
    private long _otherStart;
    private long _returnedAt;
    private byte _returns;
    private bool _isBack;

    /// <summary>Takes a point of a total; whether two producers write it.</summary>
    public bool AreTwo(double before, double value, long time, long startBefore, long start)
    {
        if (start != 0 && startBefore != 0) Compare(startBefore, start, time);
        else Compare(before, value, time);
        if (_returns < Enough) return false;
        if (time - _returnedAt <= Memory) return true;
        _returns = 0;
        return false;
    }

    /// <summary>Whether two start times are those of two beginnings.</summary>
    public static bool AreOther(long one, long other) => one != 0 && other != 0 && Math.Abs(one - other) > Jitter;

    private void Compare(long startBefore, long start, long time)
    {
        if (!AreOther(startBefore, start)) return;
        if (_otherStart != 0 && !AreOther(_otherStart, start)) Return(time);
        _otherStart = startBefore;
    }

    private void Compare(double before, double value, long time)
    {
        if (value >= before)
        {
            // In one step and little beyond, and not as a total climbs that began again.
            var gap = _high - _low;
            if (_high > 0 && before < _high && value >= _high && value - before > gap / 2 && value - _high < gap / 4) _isBack = true;
            return;
        }

        if (_isBack && value >= _low) Return(time);
        else _returns = 0;
        (_high, _low, _isBack) = (before, value, false);
    }

    private void Return(long time) => (_returns, _returnedAt) = ((byte)Math.Min(_returns + 1, Enough), time);
}
