using LeptonStream.Statistics;

namespace LeptonStream.Detection.Cleaning;

/// <summary>
/// Finds a total that nobody declared: a series that rose two hundred times, for six hours at least, and never fell; and then begins again
/// near 0. 8 bytes, all zeros at first.
/// </summary>
internal struct TotalWatch
{
    private const int Rises = 200;
    private const float NearZero = 0.02f;

    // Whoever fell otherwise goes up and down by nature.
    private const int Gauge = -1;

    private static readonly TimeSpan Age = TimeSpan.FromHours(6);

    private float _last;
    private int _rises;

    /// <summary>Takes a value and says whether the series began again, as a total does whose program was started again.</summary>
    /// <param name="value">A finite value.</param>
    /// <param name="age">Age of the series: the time since its first sample.</param>
    public bool HasBegunAgain(double value, TimeSpan age)
    {
        if (_rises == Gauge) return false;
        var (before, now) = (_last, (float)Magnitude.Clamp(value));
        _last = now;
        if (now > before && _rises < int.MaxValue) _rises++;
        if (now >= before) return false;
        var isTotal = _rises >= Rises && age >= Age && now >= 0 && now <= NearZero * before;
        _rises = Gauge;
        return isTotal;
    }
}
