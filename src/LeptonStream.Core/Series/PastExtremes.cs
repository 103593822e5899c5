using System.Runtime.CompilerServices;
using LeptonStream.Samples;

namespace LeptonStream.Series;

/// <summary>
/// The lowest and highest values of a series at falling resolution: by ten minutes for an hour, by the hour for 6 hours, by the quarter of
/// a day for a day, by the day for 14 days, and of all time before. It answers for how long no value was so high, or so low, and claims
/// never more than is true. Plain bytes, all zeros before the first value.
/// </summary>
/// <remarks>
/// Slots are periods of UTC, newest first, the one that runs included. Only the running ten minutes take values: when they are over, each
/// resolution takes its extremes over. What is seen during an incident waits aside and counts as seen at its end, so that an incident is
/// compared with what was before it.
/// </remarks>
internal struct PastExtremes
{
    private const long NanosecondsPerTick = 600_000_000_000;
    private const int Slots = 31;

    // Ten minutes of the epoch: those of the newest value, and of the first.
    private int _tick;
    private int _firstTick;
    private CompactRange _incident;
    private CompactRange _older;
    private Periods _periods;

    // Ten minutes of a period, and how many periods are kept: together as many as there are slots.
    private static ReadOnlySpan<int> Lengths => [1, 6, 36, 144];

    private static ReadOnlySpan<int> Counts => [6, 6, 4, 15];

    // The ten minutes of the newest value always have one.
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

        var tick = (int)(time.UnixNanoseconds / NanosecondsPerTick);
        if (tick != _tick) Turn(tick);
        if (!_incident.IsEmpty)
        {
            _periods[0].Add(_incident);
            _incident = default;
        }

        _periods[0].Add(seen);
    }

    /// <summary>Whether it was there in the days that are kept: some value was as high, and some as low.</summary>
    /// <param name="value">A finite value.</param>
    public readonly bool Spans(double value)
    {
        var seen = (float)value;
        var (isAsHigh, isAsLow) = (false, false);
        foreach (ref readonly var slot in (ReadOnlySpan<CompactRange>)_periods)
        {
            isAsHigh |= slot.Reaches(seen, isHigh: true);
            isAsLow |= slot.Reaches(seen, isHigh: false);
        }

        return isAsHigh && isAsLow;
    }

    /// <summary>For how long before an incident no value was as high, or as low, as one of it.</summary>
    /// <param name="value">The value, which was taken in.</param>
    /// <param name="isHigh">Whether it is high.</param>
    /// <param name="onset">Beginning of the incident.</param>
    /// <returns>Null where it is not the incident's own extreme, and where it is less than an hour.</returns>
    public readonly RecordSpan? Before(double value, bool isHigh, Timestamp onset)
    {
        var seen = (float)value;
        if (IsEmpty || _incident.GoesBeyond(seen, isHigh)) return null;
        int at = 0, until = _tick + 1;
        for (var i = 0; i < Lengths.Length; i++)
        {
            var newest = _tick / Lengths[i];
            for (var back = 0; back < Counts[i]; back++)
                if (_periods[at++].Reaches(seen, isHigh))
                    return Since(Math.Min(until, (newest - back + 1) * Lengths[i]), onset, isEver: false);
            // What a finer resolution knows free of such a value is free of it, whatever the coarser slot about it holds.
            until = (newest - Counts[i] + 1) * Lengths[i];
        }

        return _older.Reaches(seen, isHigh) ? Since(until, onset, isEver: false) : Since(_firstTick + 1, onset, isEver: true);
    }

    private static RecordSpan? Since(int tick, Timestamp onset, bool isEver)
    {
        var length = onset - new Timestamp(tick * NanosecondsPerTick);
        return length >= TimeSpan.FromHours(1) ? new(length, isEver) : null;
    }

    private void Turn(int tick)
    {
        if (IsEmpty) _firstTick = tick;
        var over = _periods[0];
        Span<CompactRange> rest = _periods;
        for (var i = 0; i < Lengths.Length; i++)
        {
            var slots = rest[..Counts[i]];
            rest = rest[Counts[i]..];
            if (i > 0) slots[0].Add(over);
            var turned = Math.Clamp((tick / Lengths[i]) - (_tick / Lengths[i]), 0, slots.Length);
            if (rest.IsEmpty) Forget(slots[^turned..]);
            slots[..^turned].CopyTo(slots[turned..]);
            slots[..turned].Clear();
        }

        _tick = tick;
    }

    private void Forget(ReadOnlySpan<CompactRange> slots)
    {
        foreach (ref readonly var slot in slots) _older.Add(slot);
    }

    [InlineArray(Slots)]
    private struct Periods
    {
        private CompactRange _first;
    }
}
