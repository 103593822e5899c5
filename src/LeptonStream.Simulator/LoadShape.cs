namespace LeptonStream.Simulator;

/// <summary>
/// How demand goes with the hour and the day: low before dawn, a noon and an evening hump, a dent at the weekend. Its mean over a working
/// day is about 1.
/// </summary>
internal static class LoadShape
{
    private const double WeekendLoss = 0.28;

    /// <summary>Demand at a time, relative to the mean of a working day.</summary>
    /// <param name="elapsed">Time since the story began, which is a Monday, 00:00 where the users live.</param>
    /// <param name="shift">Lag of these users' clocks.</param>
    public static double At(TimeSpan elapsed, TimeSpan shift)
    {
        var time = elapsed - shift;
        var hour = time.TotalHours % 24;
        var daily = 1 + (0.42 * Math.Sin(2 * Math.PI * (hour - 9) / 24)) + (0.13 * Math.Sin(4 * Math.PI * (hour - 7.5) / 24));
        return daily * (1 - (WeekendLoss * Weekend(time.TotalDays)));
    }

    // 1 from Saturday to Sunday evening, with slopes of six hours.
    private static double Weekend(double days)
    {
        var day = ((days % 7) + 7) % 7;
        return Math.Clamp(Math.Min((day - 4.9) / 0.25, (6.9 - day) / 0.25), 0, 1);
    }
}
