using System.Globalization;
using LeptonStream.Explanations;
using LeptonStream.Samples;

namespace LeptonStream.Notifier.Channels.Messages;

/// <summary>The words around the texts of alerts, in one language.</summary>
internal abstract class MessageWords
{
    public static readonly MessageWords English = new EnglishWords();

    public static readonly MessageWords Chinese = new ChineseWords();

    /// <summary>Ends the names of the annotations in this language.</summary>
    public abstract string Suffix { get; }

    public abstract string Actions { get; }

    public abstract string Details { get; }

    public abstract string Dashboard { get; }

    public abstract string Runbook { get; }

    /// <summary>The link to acknowledge, silence or close.</summary>
    public abstract string Act { get; }

    public static MessageWords Of(MessageLanguage language) => language == MessageLanguage.Chinese ? Chinese : English;

    public abstract string Severity(string severity);

    public abstract string State(MessageState state);

    /// <summary>The title of a message about one alert.</summary>
    public abstract string Title(string state, string summary);

    /// <summary>The title of a digest, or of a message about several that are over.</summary>
    public abstract string Title(int firing, int over, string topic);

    /// <summary>How many alerts a message is about beside the one that its title names.</summary>
    /// <param name="firing">Those that fire.</param>
    /// <param name="over">Those that are over.</param>
    public abstract string Others(int firing, int over);

    /// <summary>The group of a digest.</summary>
    public abstract string Digest(int notifications);

    public abstract string Since(string start);

    /// <summary>Somebody works on it.</summary>
    public abstract string Acknowledged(string person);

    /// <summary>Somebody works on it, since a time.</summary>
    public abstract string Acknowledged(string person, string since);

    /// <summary>Two states of one alert.</summary>
    public abstract string Both(string state, string other);

    /// <summary>The labels of an alert whose texts are not ours.</summary>
    public abstract string Labels(string labels);

    /// <summary>A person ended it.</summary>
    public abstract string ClosedBy(string person);

    /// <summary>Nothing was heard of it for long.</summary>
    public abstract string Stale { get; }

    /// <summary>It opens again and again.</summary>
    public abstract string Flapping { get; }

    public abstract string SentDirectly { get; }

    /// <summary>Alerts that were sent before are kept out of this message, and their end follows.</summary>
    public abstract string Withheld(int alerts);

    /// <summary>It is over.</summary>
    /// <param name="start">The time of its beginning.</param>
    /// <param name="end">The time at which it was closed.</param>
    /// <param name="normal">The time from which on it was normal; null where that is not known.</param>
    /// <param name="length">For how long it lasted.</param>
    public abstract string From(string start, string end, string? normal, TimeSpan length);

    public abstract string More(int alerts);

    /// <summary>A time in a zone, with the zone.</summary>
    public static string Time(Timestamp time, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(time.ToDateTimeOffset(), zone);
        var offset = local.Offset == TimeSpan.Zero ? "" : local.ToString("zzz", CultureInfo.InvariantCulture);
        return local.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + " UTC" + offset;
    }

    private sealed class EnglishWords : MessageWords
    {
        public override string Suffix => "";

        public override string Actions => "To do:";

        public override string Details => "Details";

        public override string Dashboard => "Dashboard";

        public override string Runbook => "Runbook";

        public override string Act => "Acknowledge or silence";

        public override string Severity(string severity) => severity switch
        {
            "critical" => "Critical",
            "warning" => "Warning",
            "info" => "Info",
            _ => "Alert",
        };

        public override string State(MessageState state) => state switch
        {
            MessageState.Firing => "Firing",
            MessageState.Resolved => "Resolved",
            _ => "Closed, not recovered",
        };

        public override string Title(string state, string summary) => $"{state}: {summary}";

        public override string Title(int firing, int over, string topic) => (firing, over) switch
        {
            (_, 0) => $"{firing} alerts firing: {topic}",
            (0, _) => $"{over} alerts ended: {topic}",
            _ => $"{firing} firing, {over} ended: {topic}",
        };

        public override string Digest(int notifications) => $"digest of {notifications} notifications";

        public override string Since(string start) => $"Since {start}";

        public override string Acknowledged(string person) => $"acknowledged by {person}";

        public override string Acknowledged(string person, string since) => $"Acknowledged by {person} since {since}";

        public override string Both(string state, string other) => $"{state}, {other}";

        public override string Labels(string labels) => $"Labels: {labels}";

        public override string ClosedBy(string person) => $"Closed by {person}";

        public override string Stale => "Stale, nothing heard of it";

        public override string SentDirectly =>
            "Sent directly, since the database is away: silences and acknowledgements are not known, and nothing can be recorded now.";

        public override string Withheld(int alerts) => alerts == 1
            ? "One alert that was sent before is held back now. Its end will be sent."
            : $"{alerts} alerts that were sent before are held back now. Their ends will be sent.";

        public override string Flapping => "Flapping: it opens and ends again and again. The next message comes when it is steady.";

        public override string Others(int firing, int over) => (firing, over) switch
        {
            (_, 0) => $"+{firing} more",
            (0, _) => $"{over} ended",
            _ => $"+{firing} more, {over} ended",
        };

        public override string From(string start, string end, string? normal, TimeSpan length) => normal is null
            ? $"From {start} to {end} ({Durations.ExactInEnglish(length)})"
            : $"From {start} to {normal} ({Durations.ExactInEnglish(length)}), closed {end}";

        public override string More(int alerts) => $"and {alerts} more";
    }

    private sealed class ChineseWords : MessageWords
    {
        public override string Suffix => "_zh";

        public override string Actions => "建议操作：";

        public override string Details => "查看详情";

        public override string Dashboard => "查看告警";

        public override string Runbook => "处理手册";

        public override string Act => "确认或静默";

        public override string Severity(string severity) => severity switch
        {
            "critical" => "严重",
            "warning" => "警告",
            "info" => "提示",
            _ => "告警",
        };

        public override string State(MessageState state) => state switch
        {
            MessageState.Firing => "未恢复",
            MessageState.Resolved => "已恢复",
            _ => "已关闭，未恢复",
        };

        public override string Title(string state, string summary) => $"{state}：{summary}";

        public override string Title(int firing, int over, string topic) => (firing, over) switch
        {
            (_, 0) => $"{firing} 条告警未恢复：{topic}",
            (0, _) => $"{over} 条告警已结束：{topic}",
            _ => $"{firing} 条未恢复，{over} 条已结束：{topic}",
        };

        public override string Digest(int notifications) => $"{notifications} 条通知的汇总";

        public override string Since(string start) => $"开始时间：{start}";

        public override string Acknowledged(string person) => $"{person} 已确认";

        public override string Acknowledged(string person, string since) => $"{person} 已确认（自 {since}）";

        public override string Both(string state, string other) => $"{state}，{other}";

        public override string Labels(string labels) => $"标签：{labels}";

        public override string ClosedBy(string person) => $"由 {person} 关闭";

        public override string Stale => "长时间无更新，已自动关闭";

        public override string SentDirectly => "数据库不可用，直接发送：静默与确认状态未知，目前无法记录。";

        public override string Withheld(int alerts) => $"另有 {alerts} 条已通知的告警目前暂不发送，结束后会通知。";

        public override string Flapping => "频繁抖动：反复触发和恢复，稳定后再通知。";

        public override string Others(int firing, int over) => (firing, over) switch
        {
            (_, 0) => $"另有 {firing} 条",
            (0, _) => $"{over} 条已结束",
            _ => $"另有 {firing} 条，{over} 条已结束",
        };

        public override string From(string start, string end, string? normal, TimeSpan length) => normal is null
            ? $"{start} 至 {end}（{Durations.ExactInChinese(length)}）"
            : $"{start} 至 {normal}（{Durations.ExactInChinese(length)}），关闭于 {end}";

        public override string More(int alerts) => $"另有 {alerts} 条";
    }
}
