using System.Runtime.CompilerServices;
using LeptonStream.Samples;

namespace LeptonStream.Forecasting;

/// <summary>The place of a time in a period that is divided into slots, between two neighbouring ones.</summary>
internal readonly struct Phase
{
    private Phase(int slot, int next, double share) => (Slot, Next, Share) = (slot, next, share);

    public int Slot { get; }

    public int Next { get; }

    /// <summary>Share of the next slot in the value.</summary>
    public double Share { get; }

    /// <param name="time">The time.</param>
    /// <param name="slotSeconds">Length of a slot, in seconds.</param>
    /// <param name="slots">Number of slots of a period.</param>
    /// <param name="firstSeconds">Begin of any period, in seconds since the Unix epoch.</param>
    public static Phase Of(Timestamp time, double slotSeconds, int slots, double firstSeconds)
    {
        // In whole nanoseconds: a quotient of all the time since 1970 would round by another bit in another year.
        var slotLength = (long)(slotSeconds * 1e9);
        var period = slotLength * slots;
        var rest = ((time.UnixNanoseconds % period) - (long)(firstSeconds * 1e9)) % period;
        if (rest < 0) rest += period;
        var slot = (int)Math.DivRem(rest, slotLength, out var beyond);
        return new(slot, slot + 1 == slots ? 0 : slot + 1, beyond / (double)slotLength);
    }
}

/// <summary>Half-hours of a day.</summary>
[InlineArray(Count)]
internal struct DailySlots
{
    public const int Count = 48;
    public const double Seconds = 1800;

    private short _first;
}

/// <summary>Three-hour parts of a week, from Monday.</summary>
[InlineArray(Count)]
internal struct WeeklySlots
{
    public const int Count = 56;
    public const double Seconds = 10_800;

    // 1970-01-05 was a Monday.
    public const double FirstMonday = 345_600;

    private short _first;
}
