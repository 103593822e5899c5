using LeptonStream.Detection.Cleaning;

namespace LeptonStream.Collector.Quality;

/// <summary>
/// Whether an entity goes on sending the very same values: its exporter hangs, or a page comes from a cache. Zeros are no evidence, since
/// idle traffic stands there, too; nor are metrics that stopped one after the other, as those of a device that cools down.
/// </summary>
internal sealed class Stillness
{
    private const long Second = 1_000_000_000;
    private const long Least = 600 * Second;
    private const long Day = 24 * 3600 * Second;

    // It is known when it has changed so often, and for so long.
    private const int Established = 30;
    private const long EstablishedFor = 3600 * Second;
    private const int LeastRepeats = 10;
    private const int LeastStanding = 2;

    // An exporter that computes its values seldom pauses between; so does one whose process does something else for a while. What came
    // once may be a fault that comes again: a pause is usual the second time. One of a night is learned, none is learned for so long that
    // no other is seen, and it is half forgotten after a week.
    private const int OfLongest = 3;
    private const long MostLongest = 6 * 3600 * Second;
    private const double HalfLife = 7.0 * Day;

    // A metric that did not change in so many changes of others had stopped before them.
    private const int AtOnce = 8;

    private long _first;
    private long _since;
    private long _time = long.MinValue;
    private long _refreshed = long.MinValue;
    private long _same;
    private long _before;
    private long _longest;
    private long _usual;
    private long _learned;
    private int _repeats;
    private int _standing;
    private int _idle;
    private int _early;

    /// <summary>How often its values have changed: once for a message, however many do.</summary>
    public int Changes { get; private set; }

    /// <summary>The longest time, in nanoseconds, for which it repeated its values and then went on, more than once.</summary>
    public long UsualAt(long now) => Faded(_usual, now);

    /// <summary>A message begins.</summary>
    public void Begin(long time, long received)
    {
        if (time <= _time) return;
        _time = time;
        if (Changes == 0) return;
        _repeats++;
        (_before, _same) = (_same, received);
    }

    /// <summary>A value of the message at hand differs from the one before.</summary>
    public void Change(long received)
    {
        if (_refreshed == _time) return;
        if (Changes == 0) _first = received;
        // The message at hand is no repetition.
        else if (_repeats > 1) Learn(_before - _since, received);
        _refreshed = _time;
        _since = _same = received;
        (_repeats, _standing, _idle, _early) = (0, 0, 0, 0);
        Changes++;
    }

    /// <summary>A metric that usually changes repeats its value.</summary>
    /// <param name="isZero">Whether it stands at zero.</param>
    /// <param name="changedAt">The number of <see cref="Changes"/> when it changed last.</param>
    public void Stand(bool isZero, int changedAt)
    {
        if (isZero) _idle++;
        else if (Changes - changedAt > AtOnce) _early++;
        else _standing++;
    }

    /// <summary>Whether it stands still for longer than it ever did.</summary>
    /// <param name="now">Now.</param>
    /// <param name="usual">The longest pause of others of its model, for one that is not known for a day.</param>
    public bool IsFrozen(long now, long usual)
    {
        if (Changes < Established || _repeats < LeastRepeats || _since - _first < EstablishedFor) return false;
        var longest = UsualAt(now);
        if (_since - _first < Day) longest = Math.Max(longest, usual);
        return _same - _since > Math.Max(Least, OfLongest * longest)
            && _standing >= LeastStanding && _standing > _idle && _standing > 2 * _early;
    }

    // A pause lasts up to the last repetition: a hole behind it is none.
    private void Learn(long pause, long now)
    {
        pause = Math.Min(pause, MostLongest);
        var (longest, usual) = (Faded(_longest, now), Faded(_usual, now));
        (_longest, _usual, _learned) = (Math.Max(longest, pause), Math.Max(usual, Math.Min(longest, pause)), now);
    }

    private long Faded(long pause, long now) => pause == 0 ? 0 : (long)(pause * double.Exp2(-(now - _learned) / HalfLife));
}

/// <summary>The last value of a series, and in which share of the changes of its entity it changes, too.</summary>
internal struct ChangeShare
{
    private const float Usually = 0.5f;
    private const float Step = 1 / 64f;

    private double _value;
    private float _share;
    private int _known;
    private int _changedAt;
    private int _seenAt;
    private int _stoodAt;

    /// <summary>Takes a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="isRate">Whether it is the rate of a total: it is zero while the total stands, and any other rate is a change.</param>
    /// <param name="of">The stillness of its entity.</param>
    /// <param name="now">When it came.</param>
    public void Take(double value, bool isRate, Stillness of, long now)
    {
        var isSame = value.Equals(_value) && (!isRate || value == 0);
        if (_known == 0) (_changedAt, isSame) = (of.Changes, true);
        else if (!isSame)
        {
            of.Change(now);
            _changedAt = of.Changes;
            Follow(1);
        }
        else if (_seenAt != of.Changes) Follow(0);

        _value = value;
        _seenAt = of.Changes;
        if (_known < int.MaxValue) _known++;
        // A blank is no reading, and stands for as long as there is none.
        if (!isSame || isRate || _share < Usually || _stoodAt == of.Changes || !double.IsFinite(value) || VendorBlank.Is(value)) return;
        _stoodAt = of.Changes;
        of.Stand(value == 0, _changedAt);
    }

    private void Follow(float change) => _share += (change - _share) * Math.Max(Step, 1f / _known);
}
