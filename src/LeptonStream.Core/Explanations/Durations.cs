using System.Globalization;

namespace LeptonStream.Explanations;

/// <summary>Lengths of time as people say them, in their two largest units.</summary>
public static class Durations
{
    /// <summary><c>3 d 4 h</c>, <c>2 h 10 min</c>, <c>35 min</c>; under a minute: <c>1 min</c>.</summary>
    public static string InEnglish(TimeSpan length) => Show(length, " d", " h", " min", " ");

    /// <summary>The same, in seconds where it is less than two minutes: <c>41 s</c>.</summary>
    public static string ExactInEnglish(TimeSpan length) => length.TotalMinutes < 2 ? Seconds(length) + " s" : InEnglish(length);

    /// <summary><c>41 秒</c>.</summary>
    public static string ExactInChinese(TimeSpan length) => length.TotalMinutes < 2 ? Seconds(length) + " 秒" : InChinese(length);

    /// <summary><c>3 天 4 小时</c>, <c>2 小时 10 分钟</c>, <c>35 分钟</c>.</summary>
    public static string InChinese(TimeSpan length) => Show(length, " 天", " 小时", " 分钟", " ");

    /// <summary>Its lower bound, in whole hours or from two days on days: <c>1 hour</c>, <c>30 hours</c>, <c>9 days</c>.</summary>
    public static string AtLeastInEnglish(TimeSpan length) => AtLeast(length) is (1, false) ? "1 hour" : AtLeast(length, " days", " hours");

    /// <summary><c>1 小时</c>, <c>30 小时</c>, <c>9 天</c>.</summary>
    public static string AtLeastInChinese(TimeSpan length) => AtLeast(length, " 天", " 小时");

    private static string Seconds(TimeSpan length) => Math.Round(length.TotalSeconds).ToString(CultureInfo.InvariantCulture);

    private static string AtLeast(TimeSpan length, string days, string hours)
    {
        var (count, areDays) = AtLeast(length);
        return string.Create(CultureInfo.InvariantCulture, $"{count}{(areDays ? days : hours)}");
    }

    private static (int Count, bool AreDays) AtLeast(TimeSpan length) =>
        length.Days >= 2 ? (length.Days, true) : ((int)length.TotalHours, false);

    private static string Show(TimeSpan length, string day, string hour, string minute, string between)
    {
        var minutes = Math.Max(1, (long)Math.Round(length.TotalMinutes));
        var (days, hours) = (minutes / 1440, minutes / 60 % 24);
        return days > 0 ? Two(days, day, hours, hour) : hours > 0 ? Two(hours, hour, minutes % 60, minute) : Two(minutes, minute, 0, "");

        string Two(long large, string unit, long small, string smallUnit) => small == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{large}{unit}")
            : string.Create(CultureInfo.InvariantCulture, $"{large}{unit}{between}{small}{smallUnit}");
    }
}
