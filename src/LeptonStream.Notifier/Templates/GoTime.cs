using System.Globalization;
using System.Text;
using NodaTime;

namespace LeptonStream.Notifier.Templates;

/// <summary>A time in a zone, written by Go's layouts: <c>2006-01-02 15:04:05 MST</c>.</summary>
internal sealed record GoTime(ZonedDateTime Time)
{
    private const string Standard = "2006-01-02 15:04:05.999999999 -0700 MST";

    // The longest first where one begins another.
    private static readonly (string Layout, Func<GoTime, string> Write)[] Elements =
    [
        ("January", time => time.Named("MMMM")), ("Jan", time => time.Named("MMM")),
        ("Monday", time => time.Named("dddd")), ("Mon", time => time.Named("ddd")), ("MST", time => time.Zone),
        ("2006", time => Padded(time.Time.Year, 4)),
        ("-07:00:00", time => time.Offset(":", 3)), ("-07:00", time => time.Offset(":", 2)), ("-070000", time => time.Offset("", 3)),
        ("-0700", time => time.Offset("", 2)), ("-07", time => time.Offset("", 1)),
        ("Z07:00:00", time => time.OffsetOrZ(":", 3)), ("Z07:00", time => time.OffsetOrZ(":", 2)),
        ("Z070000", time => time.OffsetOrZ("", 3)), ("Z0700", time => time.OffsetOrZ("", 2)), ("Z07", time => time.OffsetOrZ("", 1)),
        ("__2", time => time.Time.DayOfYear.ToString(CultureInfo.InvariantCulture).PadLeft(3)),
        ("002", time => Padded(time.Time.DayOfYear, 3)), ("_2006", time => "_" + Padded(time.Time.Year, 4)),
        ("_2", time => time.Time.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2)),
        ("01", time => Padded(time.Time.Month)), ("02", time => Padded(time.Time.Day)),
        ("03", time => Padded(time.Time.ClockHourOfHalfDay)), ("04", time => Padded(time.Time.Minute)),
        ("05", time => Padded(time.Time.Second)), ("06", time => Padded(time.Time.Year % 100)), ("15", time => Padded(time.Time.Hour)),
        ("PM", time => time.Time.Hour < 12 ? "AM" : "PM"), ("pm", time => time.Time.Hour < 12 ? "am" : "pm"),
        ("1", time => Padded(time.Time.Month, 1)), ("2", time => Padded(time.Time.Day, 1)),
        ("3", time => Padded(time.Time.ClockHourOfHalfDay, 1)), ("4", time => Padded(time.Time.Minute, 1)),
        ("5", time => Padded(time.Time.Second, 1)),
    ];

    public static GoTime Of(DateTimeOffset time) => new(Instant.FromDateTimeOffset(time).InUtc());

    /// <summary>The same time in another zone; null where there is no such zone.</summary>
    public GoTime? In(string zone) => zone is "UTC" or "" ? new(Time.ToInstant().InUtc())
        : DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone) is { } found ? new(Time.WithZone(found)) : null;

    /// <summary>The time in a layout.</summary>
    public string Format(string layout)
    {
        var text = new StringBuilder(layout.Length + 8);
        for (var at = 0; at < layout.Length;)
        {
            if (Fraction(layout, at) is var (length, fraction))
            {
                text.Append(fraction);
                at += length;
                continue;
            }

            var element = Elements.FirstOrDefault(one => string.CompareOrdinal(layout, at, one.Layout, 0, one.Layout.Length) == 0
                && !(one.Layout == "Jan" && IsLower(layout, at + 3)) && !(one.Layout == "Mon" && IsLower(layout, at + 3)));
            if (element.Layout is null) text.Append(layout[at++]);
            else
            {
                text.Append(element.Write(this));
                at += element.Layout.Length;
            }
        }

        return text.ToString();
    }

    public override string ToString() => Format(Standard);

    /// <summary>The members of a time.</summary>
    public object? Member(string name) => name switch
    {
        "Format" => new TemplateMethod(arguments => Format(TemplateFunctions.TextAt(arguments, 0, "Format"))),
        "UTC" => new TemplateMethod(_ => In("UTC")),
        // The zone of a server is nobody's on call.
        "Local" => new TemplateMethod(_ => In("UTC")),
        "Unix" => new TemplateMethod(_ => Time.ToInstant().ToUnixTimeSeconds()),
        "UnixMilli" => new TemplateMethod(_ => Time.ToInstant().ToUnixTimeMilliseconds()),
        "UnixNano" => new TemplateMethod(_ => Nanoseconds(Time.ToInstant() - NodaConstants.UnixEpoch)),
        "IsZero" => new TemplateMethod(_ => Time.ToInstant() == Instant.FromUtc(1, 1, 1, 0, 0)),
        "Sub" => new TemplateMethod(arguments => (Time.ToInstant() - Other(arguments, "Sub")).ToTimeSpan()),
        "After" => new TemplateMethod(arguments => Time.ToInstant() > Other(arguments, "After")),
        "Before" => new TemplateMethod(arguments => Time.ToInstant() < Other(arguments, "Before")),
        "Year" => new TemplateMethod(_ => (long)Time.Year),
        "Day" => new TemplateMethod(_ => (long)Time.Day),
        "Hour" => new TemplateMethod(_ => (long)Time.Hour),
        "Minute" => new TemplateMethod(_ => (long)Time.Minute),
        "Second" => new TemplateMethod(_ => (long)Time.Second),
        "Month" => new TemplateMethod(_ => Named("MMMM")),
        "Weekday" => new TemplateMethod(_ => Named("dddd")),
        "String" => new TemplateMethod(_ => ToString()),
        _ => null,
    };

    private string Zone
    {
        get
        {
            var name = Time.GetZoneInterval().Name;
            return name is "Etc/UTC" ? "UTC" : name;
        }
    }

    // Go's wrap around for times that 64 bits do not hold; ours stop at the end.
    private static long Nanoseconds(Duration since) => since.TotalNanoseconds switch
    {
        <= long.MinValue => long.MinValue,
        >= long.MaxValue => long.MaxValue,
        _ => since.ToInt64Nanoseconds(),
    };

    private static Instant Other(IReadOnlyList<object?> arguments, string name) => arguments is [GoTime other]
        ? other.Time.ToInstant() : throw new TemplateFault(0, $"needs a time for {name}");

    private static bool IsLower(string layout, int at) => at < layout.Length && char.IsAsciiLetterLower(layout[at]);

    private static string Padded(int value, int digits = 2) => value.ToString($"D{digits}", CultureInfo.InvariantCulture);

    // .000 keeps its zeros, .999 does not; a digit behind either makes it something else.
    private (int Length, string Text)? Fraction(string layout, int at)
    {
        if (layout[at] is not ('.' or ',') || at + 1 >= layout.Length || layout[at + 1] is not ('0' or '9')) return null;
        var end = at + 1;
        while (end < layout.Length && layout[end] == layout[at + 1]) end++;
        if (end < layout.Length && char.IsAsciiDigit(layout[end])) return null;
        var digits = Time.NanosecondOfSecond.ToString("D9", CultureInfo.InvariantCulture)[..Math.Min(end - at - 1, 9)];
        if (layout[at + 1] == '9') digits = digits.TrimEnd('0');
        return (end - at, digits.Length == 0 ? "" : layout[at] + digits);
    }

    private string Named(string format) => Time.ToString(format, CultureInfo.InvariantCulture);

    private string OffsetOrZ(string between, int parts) => Time.Offset.Seconds == 0 ? "Z" : Offset(between, parts);

    private string Offset(string between, int parts)
    {
        var seconds = Math.Abs(Time.Offset.Seconds);
        int[] all = [seconds / 3600, seconds / 60 % 60, seconds % 60];
        return (Time.Offset.Seconds < 0 ? "-" : "+") + string.Join(between, all.Take(parts).Select(part => Padded(part)));
    }
}
