using LeptonStream.Detection.Calibration;

namespace LeptonStream.Explanations;

/// <summary>The expected frequency of so high a score, in words.</summary>
internal static class Rarity
{
    private const double Day = 1;
    private const double Week = 7;
    private const double Month = 365.25 / 12;
    private const double Year = 365.25;
    private const double LongestYears = 10;

    /// <summary>Of a series that is younger, nobody can say how often something happens in a month.</summary>
    public static readonly TimeSpan Young = TimeSpan.FromDays(1);

    /// <summary>The sentence in English.</summary>
    /// <param name="score">The worst score; 1.0 is the line of the warning budget.</param>
    /// <param name="line">The line of the score, which knows the budget.</param>
    /// <param name="history">Age of the series: the time since its first sample; null where that is not known.</param>
    /// <param name="isEntity">Whether it is several metrics together.</param>
    public static string InEnglish(double score, AlarmLine line, TimeSpan? history, bool isEntity = false)
    {
        var (what, where) = isEntity ? ("A combination", "these metrics") : ("A value", "this series");
        if (history < Young)
            return $"Very unusual for {where}, which began only {AgeInEnglish(history.Value)} ago: the confidence is limited. ";
        var (count, unit, isMore) = Period(score, line);
        var name = new[] { "hour", "day", "week", "month", "year" }[unit];
        var period = isMore ? $"less than once in {count} {name}s" : count == 1
            ? $"about once {(unit == 0 ? "an" : "a")} {name}"
            : $"about once every {count} {name}s";
        return $"{what} this unusual is expected {period} on {where}. ";
    }

    /// <summary>The sentence in Chinese.</summary>
    public static string InChinese(double score, AlarmLine line, TimeSpan? history, bool isEntity = false)
    {
        var (what, where) = isEntity ? ("这种组合", "这些指标") : ("这种偏离", "该序列");
        if (history < Young) return $"对{where}而言十分罕见；仅有 {AgeInChinese(history.Value)}的历史，置信度有限。";
        var (count, unit, isMore) = Period(score, line);
        var name = new[] { "小时", "天", "周", "个月", "年" }[unit];
        return isMore ? $"按{where}的历史，{what}平均 {count} {name}不到一次。" : $"按{where}的历史，{what}平均约每 {count} {name}一次。";
    }

    /// <summary>The age of a series, the same wherever a text names it: exact while it is young.</summary>
    public static string AgeInEnglish(TimeSpan age) => age < Young ? Durations.InEnglish(age) : Durations.AtLeastInEnglish(age);

    /// <summary>The same in Chinese.</summary>
    public static string AgeInChinese(TimeSpan age) => age < Young ? Durations.InChinese(age) : Durations.AtLeastInChinese(age);

    /// <summary>
    /// The time in which so high a score is expected once, rounded to one unit: hours (0), days, weeks, months or years (4); whether it is
    /// longer than what is said.
    /// </summary>
    private static (long Count, int Unit, bool IsMore) Period(double score, AlarmLine line)
    {
        var days = line.DaysOf(score);
        if (!(days <= LongestYears * Year)) return ((long)LongestYears, 4, true);
        return days switch
        {
            < Day => (Rounded(days * 24), 0, false),
            < Week => (Rounded(days), 1, false),
            < 2 * Month => (Rounded(days / Week), 2, false),
            < 2 * Year => (Rounded(days / Month), 3, false),
            _ => (Rounded(days / Year), 4, false),
        };
    }

    private static long Rounded(double count) => Math.Max(1, (long)Math.Round(count));
}
