using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Detection.Habits;

/// <summary>
/// The bursts of a series that may be habits: a backup at its hour, a report on Mondays. An anomalous sample begins one; at the same hour
/// of later days it comes again when a value goes half as far, however rare that is by then. A known one is no trouble, and its absence is.
/// Six at most: the one that came least often, and longest ago, makes room.
/// </summary>
internal sealed class BurstBook
{
    /// <summary>The rule's name in events: a burst that comes at its hour did not come.</summary>
    public const string RuleName = "missed-burst";

    private const int Places = 6;
    private const long Nanoseconds = 1_000_000_000;

    // Whoever says nothing for so long does not say that no burst came.
    private const int GapIntervals = 4;
    private const long GapSeconds = 120;

    private readonly Burst[] _bursts = new Burst[Places];
    private long _last;

    /// <summary>Takes a sample and says how it stands to the bursts that are known.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="expected">The value that was expected, in the series' unit.</param>
    /// <param name="isAnomalous">Whether it is anomalous by itself.</param>
    /// <param name="intervalSeconds">The usual time between two samples, in seconds.</param>
    public BurstSight See(in Sample sample, double expected, bool isAnomalous, double intervalSeconds)
    {
        var now = sample.Time.UnixNanoseconds / Nanoseconds;
        // Between two samples as far apart as a burst may last there is no course to see.
        if (now is < 0 or > uint.MaxValue || intervalSeconds > HabitPlan.LongestSeconds) return BurstSight.None;
        var hole = _last > 0 && now - _last > Math.Max(GapSeconds, GapIntervals * intervalSeconds) ? _last : 0;
        _last = now;
        var (sight, isCovered) = (BurstSight.None, false);
        for (var i = 0; i < Places; i++)
        {
            ref var burst = ref _bursts[i];
            if (!burst.IsUsed) continue;
            if (hole > 0) burst.MissHole(hole, now);
            var (day, at) = burst.Place(now);
            var (covers, comes) = (burst.Covers(at), day == 0 || burst.Reaches(sample.Value));
            isCovered |= covers;
            if (!(covers && comes) && burst.IsMissing(day, at)) sight = sight == BurstSight.None ? BurstSight.Missing : sight;
            else if (covers && burst.IsKnown(day) && burst.Holds(sample.Value)) sight = BurstSight.Known;
            if (covers && comes) Follow(ref burst, day, at, sample.Value, intervalSeconds);
        }

        if (!isCovered && !isAnomalous) LeaveOutStrays(sample.Value);
        if (isAnomalous && !isCovered && double.IsFinite(expected) && (float)expected != (float)sample.Value)
            _bursts[Room()] = Burst.Begin(now, expected, sample.Value);
        return sight;
    }

    /// <summary>The burst that should have come by this time and did not; null where there is none.</summary>
    public MissedBurst? Missed(Timestamp time)
    {
        var now = time.UnixNanoseconds / Nanoseconds;
        foreach (ref readonly var burst in _bursts.AsSpan())
            if (burst.IsUsed && burst.Place(now) is var (day, at) && burst.IsMissing(day, at))
                return new(Timestamp.FromUnixSeconds(now - at), burst.Peak, burst.IsDaily(day));
        return null;
    }

    public void Save(StateWriter state)
    {
        state.Write(_last);
        foreach (ref readonly var burst in _bursts.AsSpan()) burst.Save(state);
    }

    /// <exception cref="SnapshotCorruptException">The snapshot ends here.</exception>
    public static BurstBook Load(ref StateReader state)
    {
        var book = new BurstBook { _last = state.ReadInt64() };
        for (var i = 0; i < Places; i++) book._bursts[i] = Burst.Load(ref state);
        return book;
    }

    private static void Follow(ref Burst burst, int day, int at, double value, double intervalSeconds)
    {
        if (day > 0) burst.Come(day, at, value);
        if (!burst.GoOn(Math.Max(0, at), value, intervalSeconds)) burst = default;
    }

    // A series that goes as far at other hours shows no burst.
    private void LeaveOutStrays(double value)
    {
        foreach (ref var burst in _bursts.AsSpan())
            if (burst.IsUsed && burst.Reaches(value)) burst.LeaveOut();
    }

    private int Room()
    {
        var least = 0;
        for (var i = 0; i < Places; i++)
        {
            if (!_bursts[i].IsUsed) return i;
            if ((_bursts[i].Times, _bursts[i].Start).CompareTo((_bursts[least].Times, _bursts[least].Start)) < 0) least = i;
        }

        return least;
    }
}

/// <summary>How a sample stands to the known bursts of its series.</summary>
internal enum BurstSight
{
    /// <summary>None is due.</summary>
    None = 0,

    /// <summary>One is due, and the value lies where it goes.</summary>
    Known = 1,

    /// <summary>One was due and did not come.</summary>
    Missing = 2,
}

/// <summary>A burst that should have come.</summary>
/// <param name="Due">Event time at which it was due.</param>
/// <param name="Peak">The value that it usually goes to, in the series' unit.</param>
/// <param name="IsDaily">Whether it comes on days in a row; else once a week.</param>
internal sealed record MissedBurst(Timestamp Due, double Peak, bool IsDaily);
