namespace LeptonStream.Detection.Habits;

/// <summary>
/// How bursts at their hour and holes in the data are known. The bounds of bursts are those of jobs (BurstTests).
/// </summary>
internal static class HabitPlan
{
    /// <summary>Seconds that a burst may come early or late.</summary>
    public const int JitterSeconds = 900;

    /// <summary>Seconds that a burst may last.</summary>
    public const int LongestSeconds = 10_800;

    /// <summary>As many times as long as ever before a burst may last.</summary>
    public const double Longer = 1.5;

    /// <summary>Seconds that a burst may pause.</summary>
    public const int PauseSeconds = 120;

    /// <summary>Days of the last seven on which a known burst came: it is known from the fourth day on.</summary>
    public const int KnownDays = 3;

    /// <summary>Part of its height by which a burst may go further than before.</summary>
    public const double Room = 0.5;

    /// <summary>Part of its height that it comes by, and that no value of another hour may reach.</summary>
    public const double Half = 0.5;

    /// <summary>Seconds without data after which the values of the hour are expected, not the last level.</summary>
    public const int HoleSeconds = 10_800;

    /// <summary>Usual intervals without data after which they are.</summary>
    public const int HoleIntervals = 4;

    /// <summary>Scales away from the last level from which on a value after a hole is held against its hour.</summary>
    public const double HoleStep = 3;

    /// <summary>Part of the range of its hour by which a usual value may lie outside after a hole.</summary>
    public const double HoleRoom = 0.25;

    /// <summary>Part of the range of all hours that the range of one may be to be worth expecting.</summary>
    public const double HoleHour = 0.6;
}
