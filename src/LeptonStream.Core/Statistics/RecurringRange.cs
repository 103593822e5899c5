using LeptonStream.Samples;

namespace LeptonStream.Statistics;

/// <summary>
/// The range in which the values of a series habitually lie. A value within reach of the range widens it at once. One further out widens it
/// when such values came on two occasions, at least 20 minutes apart and to the lesser of the heights they reached, or when they lasted for
/// six hours: one wild value or one incident leaves no trace in the width, but for what it is granted. For three hours what it reached
/// counts as known, so that the same incident is no new one. All zeros is the range of no values.
/// </summary>
internal struct RecurringRange
{
    private double _lowest;
    private double _highest;
    private Excursion _below;
    private Excursion _above;

    /// <summary>Whether it has no value yet; a lowest zero is kept as −0.</summary>
    public readonly bool IsEmpty => BitConverter.DoubleToInt64Bits(_lowest) == 0;

    /// <summary>Its width.</summary>
    public readonly double Width => _highest - _lowest;

    /// <summary>The larger of the two ends' magnitudes.</summary>
    public readonly double LargestMagnitude => Math.Max(Math.Abs(_lowest), Math.Abs(_highest));

    /// <summary>Distance of a value outside of it and of the values of the last hours; 0 inside.</summary>
    /// <param name="value">A value.</param>
    /// <param name="now">Its time.</param>
    public readonly double DistanceTo(double value, Timestamp now)
    {
        if (IsEmpty) return 0;
        var (above, below) = (value - _highest, _lowest - value);
        if (above > 0) return Math.Max(0, above - _above.KnownAt(now));
        return below > 0 ? Math.Max(0, below - _below.KnownAt(now)) : 0;
    }

    /// <summary>Takes a value in.</summary>
    /// <param name="value">A value within ±<see cref="Magnitude.Max"/>.</param>
    /// <param name="reach">Greatest distance outside the range at which one value widens it by itself.</param>
    /// <param name="now">Its time.</param>
    /// <param name="grant">By how much a value beyond reach may widen the range where an occasion begins.</param>
    public void Add(double value, double reach, Timestamp now, double grant = 0)
    {
        if (IsEmpty) (_lowest, _highest) = (value, value);
        if (value > _highest) _highest += value - _highest <= reach ? value - _highest : _above.Take(value - _highest, now, grant);
        else if (value < _lowest) _lowest -= _lowest - value <= reach ? _lowest - value : _below.Take(_lowest - value, now, grant);
        if (_lowest == 0) _lowest = -0.0;
    }

    /// <summary>Takes another range in, as its two ends.</summary>
    /// <param name="other">The other range.</param>
    /// <param name="reach">As for a value.</param>
    /// <param name="now">The time.</param>
    public void Add(in ValueRange other, double reach, Timestamp now)
    {
        if (other.IsEmpty) return;
        Add(other.Lowest, reach, now);
        Add(other.Highest, reach, now);
    }

    /// <summary>Lets both ends return to a value by a share of their distance.</summary>
    public void Fade(double towards, double share)
    {
        if (IsEmpty) return;
        _lowest += share * (towards - _lowest);
        _highest -= share * (_highest - towards);
        if (_lowest == 0) _lowest = -0.0;
    }

    // One side's values beyond reach, of one occasion: the second one ends it. Times are minutes of the epoch, 0 where it has none; the
    // height is measured from the end of the range.
    private struct Excursion
    {
        private const int Apart = 20;
        private const int Lasting = 360;
        private const int Known = 180;
        private const int Forgotten = 14 * 1440;

        private float _height;
        private int _first;
        private int _last;

        public readonly double KnownAt(Timestamp now) => _last != 0 && MinuteOf(now) - _last <= Known ? _height : 0;

        // By how much the range widens now.
        public double Take(double height, Timestamp now, double grant)
        {
            var minute = MinuteOf(now);
            if (minute - _last > Forgotten) this = default;
            var isFirst = _last == 0;
            if (!isFirst && minute - _last > Apart) return Widen(Math.Min(_height, height));
            if (isFirst) _first = minute;
            _last = minute;
            _height = Math.Max(_height, (float)height);
            return minute - _first >= Lasting ? Widen(height) : isFirst ? Math.Min(grant, height) : 0;
        }

        private double Widen(double by)
        {
            this = default;
            return by;
        }

        private static int MinuteOf(Timestamp time)
        {
            var minute = (int)(time.UnixNanoseconds / 60_000_000_000);
            return minute == 0 ? 1 : minute;
        }
    }
}
