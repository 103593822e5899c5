using LeptonStream.Alerting.Muting;
using LeptonStream.Samples;

namespace LeptonStream.Alerting.OnCall;

/// <summary>People who take turns: each is on call for so many days, and hands over to the next at a time of the day.</summary>
public sealed record Rotation
{
    /// <summary>Who takes turns, in this order; names of receivers.</summary>
    public required IReadOnlyList<string> Participants { get; init; }

    /// <summary>The day on which the first of them begins; nobody is on call before.</summary>
    public required DateOnly StartsOn { get; init; }

    /// <summary>The time of the day at which they hand over, on the clock of the schedule's time zone.</summary>
    public required TimeOnly HandOver { get; init; }

    /// <summary>Days of a turn, from 1.</summary>
    public required int Days { get; init; }

    /// <summary>The intervals in which alone the rotation counts; none means always.</summary>
    public IReadOnlyList<TimeInterval> ActiveIntervals { get; init; } = [];

    /// <summary>Whose turn it is; null before the first and outside the intervals.</summary>
    internal OnCallShift? At(Timestamp time, TimeZoneInfo zone)
    {
        if (ActiveIntervals.Count > 0 && !ActiveIntervals.Any(interval => interval.Contains(time))) return null;
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(time.ToDateTimeOffset(), zone).DateTime);
        var turn = (int)Math.Floor((today.DayNumber - StartsOn.DayNumber) / (double)Days);
        // Today's turn may begin later today.
        if (BeginningOf(turn, zone) > time) turn--;
        if (turn < 0) return null;
        return new(Participants[turn % Participants.Count], BeginningOf(turn, zone), BeginningOf(turn + 1, zone));
    }

    private Timestamp BeginningOf(int turn, TimeZoneInfo zone) =>
        WallTime.ToInstant(StartsOn.AddDays(turn * Days).ToDateTime(HandOver), zone);
}

/// <summary>A stretch of time in which somebody is on call.</summary>
/// <param name="Participant">Who; the name of a receiver.</param>
/// <param name="From">The beginning.</param>
/// <param name="Until">The end.</param>
public sealed record OnCallShift(string Participant, Timestamp From, Timestamp Until);
