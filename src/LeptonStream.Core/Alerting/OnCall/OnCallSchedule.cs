using LeptonStream.Samples;

namespace LeptonStream.Alerting.OnCall;

/// <summary>Who is on call when: an override before a calendar, a calendar before the rotations, of these the first that counts.</summary>
public sealed record OnCallSchedule
{
    /// <summary>The name that escalations use.</summary>
    public required string Name { get; init; }

    /// <summary>The time zone on whose clocks people hand over.</summary>
    /// <value>The default value is UTC.</value>
    public TimeZoneInfo TimeZone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>The rotations.</summary>
    public IReadOnlyList<Rotation> Rotations { get; init; } = [];

    /// <summary>Shifts that somebody takes for others; of several at once the last one counts.</summary>
    public IReadOnlyList<OnCallShift> Overrides { get; init; } = [];

    /// <summary>A calendar that was imported; null where there is none.</summary>
    public IShiftCalendar? Calendar { get; init; }

    /// <summary>Everybody who may be on call.</summary>
    public IReadOnlyList<string> Participants =>
        [.. Overrides.Select(shift => shift.Participant).Concat(Calendar?.Participants ?? [])
            .Concat(Rotations.SelectMany(rotation => rotation.Participants)).Distinct()];

    /// <summary>Who is on call; null where nobody is.</summary>
    /// <param name="time">The time.</param>
    public OnCallShift? At(Timestamp time)
    {
        if (Overrides.LastOrDefault(shift => shift.From <= time && time < shift.Until) is { } taken) return taken;
        if ((Calendar?.At(time) ?? Rotations.Select(rotation => rotation.At(time, TimeZone)).FirstOrDefault(shift => shift is not null))
            is not { } shift) return null;
        // Somebody may take it over before it ends.
        var until = Overrides.Select(taken => taken.From).Where(from => from > time).Append(shift.Until).Min();
        return shift with { Until = until };
    }
}

/// <summary>Shifts that were imported from elsewhere.</summary>
public interface IShiftCalendar
{
    /// <summary>Everybody who has a shift.</summary>
    IReadOnlyList<string> Participants { get; }

    /// <summary>The shift of a time; null where there is none.</summary>
    OnCallShift? At(Timestamp time);
}
