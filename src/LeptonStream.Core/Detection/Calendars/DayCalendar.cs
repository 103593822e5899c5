using System.IO.Hashing;
using System.Text.Json.Serialization;
using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Detection.Calendars;

/// <summary>
/// Days and hours that are not as others, as plain spans of time: time zones, recurrences and files are dealt with by whoever makes it.
/// Immutable; two calendars are equal where their names and spans are.
/// </summary>
public sealed class DayCalendar : IEquatable<DayCalendar>
{
    /// <summary>Number of spans, at most: one a day for twenty years.</summary>
    public const int MaxSpans = 8192;

    private readonly CalendarSpan[] _spans;

    /// <summary>Makes a calendar.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="spans">Its spans in any order; of those that overlap, the one that begins first keeps its time.</param>
    /// <exception cref="ArgumentException">There are more than <see cref="MaxSpans"/>.</exception>
    public DayCalendar(string name, IEnumerable<CalendarSpan> spans)
    {
        Name = name;
        _spans = Tidy(spans);
        if (_spans.Length > MaxSpans)
            throw new ArgumentException($"has {_spans.Length} spans of time between 2020 and 2040, {MaxSpans} are allowed");
        var state = new StateWriter();
        SaveSpans(state);
        Fingerprint = XxHash128.HashToUInt128(state.Written).ToString("x32", System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Its name in policies.</summary>
    public string Name { get; }

    /// <summary>32 hex digits that differ whenever its spans differ.</summary>
    public string Fingerprint { get; }

    /// <summary>Its spans, in order of time, none over another.</summary>
    [JsonIgnore]
    public IReadOnlyList<CalendarSpan> Spans => _spans;

    /// <summary>Whether a time lies in one of its spans. Allocates nothing.</summary>
    public bool Covers(Timestamp time) => Find(time) >= 0;

    /// <summary>The weekday of a time by the calendar's clock, from 0 for Sunday; −1 outside of its spans. Allocates nothing.</summary>
    public int WeekdayOf(Timestamp time) => Find(time) is >= 0 and var found ? _spans[found].Weekday : -1;

    /// <inheritdoc/>
    public bool Equals(DayCalendar? other) => other is not null && Name == other.Name && Fingerprint == other.Fingerprint;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as DayCalendar);

    /// <inheritdoc/>
    public override int GetHashCode() => Fingerprint.GetHashCode(StringComparison.Ordinal);

    /// <summary>Writes the calendar.</summary>
    internal void Save(StateWriter state)
    {
        state.Write(Name);
        SaveSpans(state);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="SnapshotCorruptException">The bytes are no calendar.</exception>
    internal static DayCalendar Load(ref StateReader state)
    {
        var name = state.ReadName();
        var spans = new CalendarSpan[state.ReadCount(MaxSpans)];
        for (var i = 0; i < spans.Length; i++)
            spans[i] = new(new(state.ReadInt64()), new(state.ReadInt64()), state.ReadCount(6));
        return new(name, spans);
    }

    private void SaveSpans(StateWriter state)
    {
        state.Write(_spans.Length);
        foreach (var span in _spans)
        {
            state.Write(span.From.UnixNanoseconds);
            state.Write(span.Until.UnixNanoseconds);
            state.Write(span.Weekday);
        }
    }

    private static CalendarSpan[] Tidy(IEnumerable<CalendarSpan> spans)
    {
        var tidy = new List<CalendarSpan>();
        foreach (var span in spans.OrderBy(span => span.From).ThenBy(span => span.Until))
        {
            var end = tidy.Count == 0 ? span.From : tidy[^1].Until;
            var rest = span.From < end ? span with { From = end } : span;
            if (rest.From >= rest.Until) continue;
            if (tidy.Count > 0 && rest.From == end && rest.Weekday == tidy[^1].Weekday) tidy[^1] = tidy[^1] with { Until = rest.Until };
            else tidy.Add(rest);
        }

        return [.. tidy];
    }

    private int Find(Timestamp time)
    {
        var (low, high) = (0, _spans.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (time < _spans[middle].From) high = middle - 1;
            else if (time >= _spans[middle].Until) low = middle + 1;
            else return middle;
        }

        return -1;
    }
}

/// <summary>A span of a calendar, within one day of its clock.</summary>
/// <param name="From">Its begin.</param>
/// <param name="Until">Its end, which is not part of it.</param>
/// <param name="Weekday">The day of the week by the calendar's clock, from 0 for Sunday to 6.</param>
public readonly record struct CalendarSpan(Timestamp From, Timestamp Until, int Weekday);
