namespace LeptonStream.Detection.Habits;

/// <summary>
/// The days after clocks may have been put an hour forward or back for summer or winter: what comes at its hour of the local day then
/// comes an hour earlier or later than in UTC. Countries that do so all do it on a Sunday, most on one of nine a year.
/// </summary>
internal static class ClockChange
{
    /// <summary>Seconds by which clocks change.</summary>
    public const int Seconds = 3_600;

    // In the east a Sunday begins half a day before that of UTC, and in the west Monday ends half a day later.
    private static readonly TimeSpan Ahead = TimeSpan.FromHours(12);
    private static readonly TimeSpan Days = TimeSpan.FromHours(72);
    private static readonly TimeSpan Week = TimeSpan.FromDays(7) + Ahead;

    /// <summary>Whether a habit may be about to come for the first time since clocks were changed.</summary>
    /// <param name="now">Seconds since the Unix epoch.</param>
    /// <param name="isWeekly">Whether it comes once a week; else it comes within two days.</param>
    public static bool IsNear(long now, bool isWeekly)
    {
        var time = DateTimeOffset.FromUnixTimeSeconds(now) + Ahead;
        var sunday = time.Date.AddDays(-(int)time.DayOfWeek);
        return time.DateTime - sunday < (isWeekly ? Week : Days) && IsOne(sunday);
    }

    // North America: the second of March and the first of November. Europe: the last of March and October. Australia, New Zealand and
    // Chile: the first of April, September and October, and the last of September.
    private static bool IsOne(DateTime sunday)
    {
        var isFirst = sunday.Day <= 7;
        var isLast = sunday.Day > DateTime.DaysInMonth(sunday.Year, sunday.Month) - 7;
        return sunday.Month switch
        {
            3 => isLast || sunday.Day is > 7 and <= 14,
            4 or 11 => isFirst,
            9 or 10 => isFirst || isLast,
            _ => false,
        };
    }
}
