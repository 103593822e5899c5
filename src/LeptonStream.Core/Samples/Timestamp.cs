using System.Globalization;

namespace LeptonStream.Samples;

/// <summary>An instant in UTC, counted in nanoseconds since 1970-01-01T00:00:00Z (the unit of OTLP); range 1677 to 2262.</summary>
/// <param name="UnixNanoseconds">Nanoseconds since the Unix epoch; negative before it.</param>
public readonly record struct Timestamp(long UnixNanoseconds) : IComparable<Timestamp>
{
    private const long NanosecondsPerTick = 100;

    /// <summary>The epoch itself; used for "no time given".</summary>
    public static readonly Timestamp Zero;

    /// <summary>The earliest instant of all; used for the time of what has not happened so far.</summary>
    public static readonly Timestamp Never = new(long.MinValue);

    /// <summary>Whether it is <see cref="Never"/>.</summary>
    public bool IsNever => UnixNanoseconds == long.MinValue;

    /// <summary>Milliseconds since the Unix epoch, rounded down.</summary>
    public long UnixMilliseconds => Math.DivRem(UnixNanoseconds, 1_000_000, out var rest) - (rest < 0 ? 1 : 0);

    /// <summary>Seconds since the Unix epoch, with their fraction (exact to about a microsecond in this century).</summary>
    public double UnixSeconds => UnixNanoseconds / 1e9;

    /// <summary>Makes a timestamp of whole milliseconds since the Unix epoch; saturates at the ends of the range.</summary>
    public static Timestamp FromUnixMilliseconds(long value) => new(Saturate(value, 1_000_000));

    /// <summary>Makes a timestamp of whole seconds since the Unix epoch; saturates at the ends of the range.</summary>
    public static Timestamp FromUnixSeconds(long value) => new(Saturate(value, 1_000_000_000));

    /// <summary>Makes a timestamp from a <see cref="DateTimeOffset"/>; saturates at the ends of the range.</summary>
    public static Timestamp FromDateTimeOffset(DateTimeOffset value) =>
        new(Saturate((value - DateTimeOffset.UnixEpoch).Ticks, NanosecondsPerTick));

    /// <summary>
    /// Reads an epoch number whose unit follows from its magnitude: below 1e11 seconds, below 1e14 milliseconds,
    /// below 1e17 microseconds, else nanoseconds (so every unit is understood from 1973 to 5138).
    /// </summary>
    public static Timestamp FromEpoch(long value) => Math.Abs(value == long.MinValue ? long.MaxValue : value) switch
    {
        < 100_000_000_000 => FromUnixSeconds(value),
        < 100_000_000_000_000 => FromUnixMilliseconds(value),
        < 100_000_000_000_000_000 => new(Saturate(value, 1_000)),
        _ => new(value),
    };

    /// <summary>The same instant as a <see cref="DateTimeOffset"/> in UTC, to 100 ns.</summary>
    public DateTimeOffset ToDateTimeOffset() => DateTimeOffset.UnixEpoch.AddTicks(UnixNanoseconds / NanosecondsPerTick);

    /// <summary>The time from <paramref name="right"/> to <paramref name="left"/>; saturates.</summary>
    public static TimeSpan operator -(Timestamp left, Timestamp right) =>
        TimeSpan.FromTicks((left.UnixNanoseconds / NanosecondsPerTick) - (right.UnixNanoseconds / NanosecondsPerTick));

    /// <summary>The instant <paramref name="span"/> after <paramref name="left"/>; saturates.</summary>
    public static Timestamp operator +(Timestamp left, TimeSpan span)
    {
        var sum = (Int128)left.UnixNanoseconds + ((Int128)span.Ticks * NanosecondsPerTick);
        return new((long)Int128.Clamp(sum, long.MinValue, long.MaxValue));
    }

    /// <summary>The instant <paramref name="span"/> before <paramref name="left"/>; saturates.</summary>
    public static Timestamp operator -(Timestamp left, TimeSpan span) => left + -span;

    /// <summary>
    /// The seconds from <paramref name="other"/> to this instant, by their nanoseconds; negative where this one is earlier. Right where
    /// the two are less than 292 years apart.
    /// </summary>
    public double SecondsSince(Timestamp other) => (UnixNanoseconds - other.UnixNanoseconds) / 1e9;

    /// <summary>The later of two instants.</summary>
    public static Timestamp Later(Timestamp left, Timestamp right) => left > right ? left : right;

    /// <summary>The earlier of two instants.</summary>
    public static Timestamp Earlier(Timestamp left, Timestamp right) => left < right ? left : right;

    /// <summary>Whether <paramref name="left"/> is earlier.</summary>
    public static bool operator <(Timestamp left, Timestamp right) => left.UnixNanoseconds < right.UnixNanoseconds;

    /// <summary>Whether <paramref name="left"/> is later.</summary>
    public static bool operator >(Timestamp left, Timestamp right) => left.UnixNanoseconds > right.UnixNanoseconds;

    /// <summary>Whether <paramref name="left"/> is not later.</summary>
    public static bool operator <=(Timestamp left, Timestamp right) => left.UnixNanoseconds <= right.UnixNanoseconds;

    /// <summary>Whether <paramref name="left"/> is not earlier.</summary>
    public static bool operator >=(Timestamp left, Timestamp right) => left.UnixNanoseconds >= right.UnixNanoseconds;

    /// <inheritdoc/>
    public int CompareTo(Timestamp other) => UnixNanoseconds.CompareTo(other.UnixNanoseconds);

    /// <summary>RFC 3339 in UTC with milliseconds, as in <c>2026-11-22T10:00:00.000Z</c>.</summary>
    public override string ToString() => ToDateTimeOffset().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static long Saturate(long value, long unit) => (long)Int128.Clamp((Int128)value * unit, long.MinValue, long.MaxValue);
}
