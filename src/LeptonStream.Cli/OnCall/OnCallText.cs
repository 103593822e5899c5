using System.Globalization;
using LeptonStream.Alerting;
using LeptonStream.Alerting.OnCall;
using LeptonStream.Samples;
using LeptonStream.Yaml;

namespace LeptonStream.Cli.OnCall;

/// <summary>Escalations and shifts in words.</summary>
internal static class OnCallText
{
    /// <summary>The steps of a route with who is on call: <c>after 15m lead; after 30m gpu (now rosa)</c>; null without any.</summary>
    public static string? Of(Route route, Timestamp now) => route.Escalation.Count == 0
        ? null
        : string.Join("; ", route.Escalation.Select(step => $"after {DurationText.Of(step.After)} {Of(step, now)}"));

    /// <summary>A time on the clock of a zone, with the zone's offset.</summary>
    public static string Time(Timestamp? time, TimeZoneInfo zone) => time is { } known
        ? TimeZoneInfo.ConvertTime(known.ToDateTimeOffset(), zone).ToString("yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture)
        : "-";

    private static string Of(EscalationStep step, Timestamp now)
    {
        IEnumerable<string> names = step.Fixed.Select(route => route.Receiver.Name);
        if (step.Schedule is { } schedule) names = names.Append($"{schedule.Name} (now {schedule.At(now)?.Participant ?? "nobody"})");
        return string.Join(", ", names);
    }
}
