using System.Runtime.CompilerServices;
using LeptonStream.Samples;

namespace LeptonStream.Series;

/// <summary>
/// The lowest and highest values of a series at falling resolution: by the hour for 6 hours, by the quarter of a day for a day, by the day for 14 days, and of
/// all time before. It answers for how long no value was so high, or so low, and claims never more than is true. Plain bytes, all zeros before the first value.
/// </summary>
/// <remarks>
/// Slots are periods of UTC, newest first, the one that runs included. Only the running hour takes values: when it is over, each resolution takes its extremes
/// over. What is seen during an incident waits aside and counts as seen at its end, so that an incident is compared with what was before it.
/// </remarks>
internal struct PastExtremes
{
    private const long NanosecondsPerHour = 3_600_000_000_000;
    private const int Slots = 25;

    private int _hour;
    private int _firstHour;
    private Extremes _incident;
    private Extremes _older;
    private Periods _periods;

    // Hours of a period, and how many periods are kept: together as many as there are slots.
    private static ReadOnlySpan<int> Lengths => [1, 6, 24];

    private static ReadOnlySpan<int> Counts => [6, 4, 15];

    // The hour of the newest value always has one.
    private readonly bool IsEmpty => _periods[0].IsEmpty;

    /// <summary>Takes a value in.</summary>
    /// <param name="time">Its time, not before that of the last one.</param>
    /// <param name="value">A finite value.</param>
    /// <param name="isIncident">Whether it belongs to an incident that is not over.</param>
    public void Add(Timestamp time, double value, bool isIncident)
    {
        var seen = (float)value;
        if (isIncident)
        {
            _incident.Add(seen);
            return;
        }

        var hour = (int)(time.UnixNanoseconds / NanosecondsPerHour);
        if (hour != _hour) Turn(hour);
        if (!_incident.IsEmpty)
        {
            _periods[0].Add(_incident);
            _incident = default;
        }

        _periods[0].Add(seen);
    }

    /// <summary>For how long before an incident no value was as high, or as low, as one of it.</summary>
    /// <param name="value">The value, which was taken in.</param>
    /// <param name="isHigh">Whether it is high.</param>
    /// <param name="onset">When the incident began.</param>
    /// <returns>Null where it is not the incident's own extreme, and where it is less than an hour.</returns>
    public readonly Unseen? Before(double value, bool isHigh, Timestamp onset)
    {
        var seen = (float)value;
        if (IsEmpty || _incident.GoesBeyond(seen, isHigh)) return null;
        int at = 0, until = _hour + 1;
        for (var i = 0; i < Lengths.Length; i++)
        {
            var newest = _hour / Lengths[i];
            for (var back = 0; back < Counts[i]; back++)
                if (_periods[at++].Reaches(seen, isHigh)) return Since(Math.Min(until, (newest - back + 1) * Lengths[i]), onset, isEver: false);
            // What a finer resolution knows free of such a value is free of it, whatever the coarser slot about it holds.
            until = (newest - Counts[i] + 1) * Lengths[i];
        }

        return _older.Reaches(seen, isHigh) ? Since(until, onset, isEver: false) : Since(_firstHour + 1, onset, isEver: true);
    }

    private static Unseen? Since(int hour, Timestamp onset, bool isEver)
    {
        var length = onset - new Timestamp(hour * NanosecondsPerHour);
        return length >= TimeSpan.FromHours(1) ? new(length, isEver) : null;
    }

    private void Turn(int hour)
    {
        if (IsEmpty) _firstHour = hour;
        var over = _periods[0];
        Span<Extremes> rest = _periods;
        for (var i = 0; i < Lengths.Length; i++)
        {
            var slots = rest[..Counts[i]];
            rest = rest[Counts[i]..];
            if (i > 0) slots[0].Add(over);
            var turned = Math.Clamp((hour / Lengths[i]) - (_hour / Lengths[i]), 0, slots.Length);
            if (rest.IsEmpty) Forget(slots[^turned..]);
            slots[..^turned].CopyTo(slots[turned..]);
            slots[..turned].Clear();
        }

        _hour = hour;
    }

    private void Forget(ReadOnlySpan<Extremes> slots)
    {
        foreach (ref readonly var slot in slots) _older.Add(slot);
    }

    [InlineArray(Slots)]
    private struct Periods
    {
        private Extremes _first;
    }
}
