using System.Globalization;

namespace LeptonStream.Notifier.Templates;

/// <summary>Durations as Go writes them: <c>1h2m3.5s</c>.</summary>
internal static class GoDuration
{
    public static string Text(TimeSpan span)
    {
        if (span == TimeSpan.Zero) return "0s";
        var sign = span < TimeSpan.Zero ? "-" : "";
        var left = span.Duration();
        if (left < TimeSpan.FromSeconds(1))
        {
            return left < TimeSpan.FromMilliseconds(1)
                ? $"{sign}{Number(left.TotalMicroseconds)}µs"
                : $"{sign}{Number(left.TotalMilliseconds)}ms";
        }

        var seconds = Number((double)(left.Ticks % TimeSpan.TicksPerMinute) / TimeSpan.TicksPerSecond);
        var hours = (long)left.TotalHours;
        return hours > 0 ? $"{sign}{hours}h{left.Minutes}m{seconds}s"
            : left.Minutes > 0 ? $"{sign}{left.Minutes}m{seconds}s"
            : $"{sign}{seconds}s";
    }

    /// <summary>The duration in nanoseconds, within what 64 bits hold.</summary>
    public static long Nanoseconds(TimeSpan span) => Math.Clamp(span.Ticks, long.MinValue / 100, long.MaxValue / 100) * 100;

    /// <summary>The members of a duration.</summary>
    public static object? Member(TimeSpan span, string name) => name switch
    {
        "Seconds" => new TemplateMethod(_ => span.TotalSeconds),
        "Minutes" => new TemplateMethod(_ => span.TotalMinutes),
        "Hours" => new TemplateMethod(_ => span.TotalHours),
        "Milliseconds" => new TemplateMethod(_ => (long)span.TotalMilliseconds),
        "String" => new TemplateMethod(_ => Text(span)),
        _ => null,
    };

    private static string Number(double value) => value.ToString("0.#######", CultureInfo.InvariantCulture);
}
