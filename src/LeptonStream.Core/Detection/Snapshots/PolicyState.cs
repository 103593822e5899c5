using System.IO.Hashing;
using LeptonStream.Detection.Calendars;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Policies.Presets;
using LeptonStream.State;

namespace LeptonStream.Detection.Snapshots;

/// <summary>
/// A policy as bytes: series whose alert is open are followed to its end under the policy that they had, though the policies of today know
/// it no more.
/// </summary>
internal static class PolicyState
{
    /// <summary>A hash of the policy's bytes.</summary>
    public static UInt128 IdOf(SeriesPolicy policy)
    {
        var state = new StateWriter();
        Save(policy, state);
        return IdOf(state.Written);
    }

    /// <summary>A hash of a policy's bytes.</summary>
    public static UInt128 IdOf(ReadOnlySpan<byte> policy) => XxHash128.HashToUInt128(policy);

    /// <summary>Writes the policy.</summary>
    public static void Save(SeriesPolicy policy, StateWriter state)
    {
        state.Write(policy.Ignore);
        state.Write((long)policy.Detectors.Bits);
        state.Write(policy.WarningBudget.Ticks);
        state.Write(policy.CriticalBudget.Ticks);
        state.Write((int)policy.Direction);
        state.Write(policy.MinimumAbsoluteDeviation);
        state.Write(policy.MinimumRelativeDeviation);
        state.Write(policy.WarmUp);
        state.Write(policy.AcceptAfter.Ticks);
        state.Write(policy.FollowsLoad);
        state.Write((int)policy.Memory);
        state.Write((int)policy.Type);
        state.Write(policy.Limit is not null);
        if (policy.Limit is { } limit) Save(limit, state);
        state.Write(policy.RunbookUrl);
        state.Write(policy.Unit);
        Save(policy.Bounds, state);
        state.Write(policy.Preset is not null);
        if (policy.Preset is { } preset) Save(preset, state);
        state.Write(policy.PageBudget.Ticks);
        state.Write(policy.Line);
        state.Write((int)policy.TypeOrigin);
        state.Write(policy.WeightBy);
        state.Write(policy.ModelWarningBudget.Ticks);
        state.Write(policy.Mute is not null);
        policy.Mute?.Save(state);
        state.Write(policy.Like is { } like ? (int)like.Weekday : -1);
        policy.Like?.Calendar.Save(state);
    }

    /// <summary>
    /// Reads what <see cref="Save(SeriesPolicy, StateWriter)"/> wrote; of its preset, all but the settings, which are part of the policy
    /// already. Values of enums that this program does not know stand for the plainest.
    /// </summary>
    /// <param name="state">The bytes.</param>
    /// <param name="detectors">Its detectors as they were written, by their numbers there.</param>
    /// <exception cref="SnapshotCorruptException">The bytes are no policy.</exception>
    public static SeriesPolicy Load(ref StateReader state, out ulong detectors)
    {
        var policy = new SeriesPolicy
        {
            Ignore = state.ReadBoolean(),
            Detectors = ReadDetectors(ref state, out detectors),
            WarningBudget = ReadTime(ref state),
            CriticalBudget = ReadTime(ref state),
            Direction = state.ReadEnum(Direction.Both),
            MinimumAbsoluteDeviation = state.ReadDouble(),
            MinimumRelativeDeviation = state.ReadDouble(),
            WarmUp = state.ReadCount(int.MaxValue),
            AcceptAfter = ReadTime(ref state),
            FollowsLoad = state.ReadBoolean(),
            Memory = ReadPlan(ref state),
            Type = state.ReadEnum(MetricType.Gauge),
            Limit = state.ReadBoolean() ? ReadLimit(ref state) : null,
            RunbookUrl = state.ReadText(),
            Unit = state.ReadText(),
            Bounds = ReadBounds(ref state),
        };
        if (state.ReadBoolean()) policy = policy with { Preset = ReadPreset(ref state) };
        if (!state.IsBefore(StateLayout.PagesSince)) policy = policy with { PageBudget = ReadTime(ref state) };
        if (!state.IsBefore(StateLayout.LinesSince)) policy = policy with { Line = ReadLine(ref state) };
        if (!state.IsBefore(StateLayout.HabitsSince)) policy = policy with { TypeOrigin = state.ReadEnum(TypeOrigin.Undeclared) };
        return state.IsBefore(StateLayout.WeightsSince) ? policy : policy with
        {
            WeightBy = state.ReadText(),
            ModelWarningBudget = ReadTime(ref state),
            Mute = state.ReadBoolean() ? DayCalendar.Load(ref state) : null,
            Like = ReadLike(ref state),
        };
    }

    private static DayLike? ReadLike(ref StateReader state) => state.ReadInt32() switch
    {
        -1 => null,
        >= 0 and <= 6 and var day => new(DayCalendar.Load(ref state), (DayOfWeek)day),
        var day => throw new SnapshotCorruptException($"days that are like day {day} of the week"),
    };

    private static double ReadLine(ref StateReader state) =>
        state.ReadDouble() is >= 1 and var line ? line : throw new SnapshotCorruptException("a policy whose line lies below its budget");

    private static DetectorSet ReadDetectors(ref StateReader state, out ulong bits)
    {
        bits = (ulong)state.ReadInt64();
        return state.Migration?.SetOf(bits) ?? DetectorSet.OfBits(bits);
    }

    /// <summary>Writes a limit.</summary>
    public static void Save(MetricLimit limit, StateWriter state)
    {
        state.Write(limit.Value);
        state.Write(limit.IsFloor);
        state.Write(limit.Horizon.Ticks);
    }

    /// <summary>Reads a limit.</summary>
    /// <exception cref="SnapshotCorruptException">The bytes are no limit.</exception>
    public static MetricLimit ReadLimit(ref StateReader state)
    {
        var limit = new MetricLimit(state.ReadFinite(), state.ReadBoolean(), new(state.ReadInt64()));
        return limit.Horizon > TimeSpan.Zero ? limit : throw new SnapshotCorruptException("a limit that looks ahead by nothing");
    }

    private static void Save(ValueBounds bounds, StateWriter state)
    {
        state.Write(bounds.Lower);
        state.Write(bounds.Upper);
    }

    private static void Save(MetricPreset preset, StateWriter state)
    {
        state.Write((int)preset.Source);
        state.Write(preset.Canonical);
        state.Write(preset.Unit);
        state.Write((int)preset.Kind);
        Save(preset.Bounds, state);
        state.Write(preset.English);
        state.Write(preset.Chinese);
    }

    // Null for one of a source that this program does not know: what the policy took from it stands in the policy itself.
    private static MetricPreset? ReadPreset(ref StateReader state)
    {
        var source = state.TryReadEnum<MetricSource>();
        var preset = new MetricPreset
        {
            Source = source ?? default,
            Canonical = state.ReadName(),
            Unit = state.ReadText(),
            Kind = state.ReadEnum(MetricKind.Other),
            Bounds = ReadBounds(ref state),
            English = state.ReadName(),
            Chinese = state.ReadName(),
            Settings = PolicySettings.None,
        };
        return source is null ? null : preset;
    }

    private static ValueBounds ReadBounds(ref StateReader state) => new(state.ReadDouble(), state.ReadDouble());

    private static TimeSpan ReadTime(ref StateReader state) =>
        state.ReadInt64() is var ticks && ticks >= 0
            ? new(ticks)
            : throw new SnapshotCorruptException($"a time of {ticks} ticks in a policy");

    // The only one that nothing can stand for: the numbers of the series lie as it says. A new plan raises the version of states.
    private static MemoryPlan ReadPlan(ref StateReader state) =>
        state.TryReadEnum<MemoryPlan>() ?? throw new SnapshotCorruptException("a plan of memory that this version does not know");
}
