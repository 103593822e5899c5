using LeptonStream.Alerts;
using LeptonStream.Series;

namespace LeptonStream.Alerting;

/// <summary>
/// How a notification words the end of an alert. Receivers know two states only: an alert that ended without recovery must be sent as resolved, or it
/// would stay open there for ever. So its texts say first that the trouble did not go away, and why nothing more is told of it.
/// </summary>
public static class EndedTexts
{
    /// <summary>The annotation that holds the wire name of the reason.</summary>
    public const string Annotation = "ended_reason";

    /// <summary>The annotations of an alert's last event, with its reason and, unless it recovered, a sentence before each text.</summary>
    /// <param name="annotations">The annotations that the event brought.</param>
    /// <param name="reason">Why it ended; null for an event that does not say (it is taken as recovered).</param>
    public static LabelSet Annotate(LabelSet annotations, EndedReason? reason)
    {
        ArgumentNullException.ThrowIfNull(annotations);
        if (reason is not { } known) return annotations;
        var ended = annotations.With((Annotation, AlertEventJson.NameOf(known)));
        if (known == EndedReason.Recovered) return ended;
        return ended.With(
            ("summary", Before(English(known), annotations["summary"], " ")),
            ("description", Before(English(known), annotations["description"], " ")),
            ("summary_zh", Before(Chinese(known), annotations["summary_zh"], "")),
            ("description_zh", Before(Chinese(known), annotations["description_zh"], "")));
    }

    /// <summary>One English sentence: it did not come back, and why it was closed.</summary>
    public static string English(EndedReason reason) => reason switch
    {
        EndedReason.Recovered => "Recovered.",
        EndedReason.Accepted => "Closed without recovery: the new level was accepted as normal.",
        EndedReason.Gone => "Closed without recovery: the series stopped reporting.",
        EndedReason.Superseded => "Closed without recovery: another alert replaced this one.",
        EndedReason.Policy => "Closed without recovery: the detection policy changed.",
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };

    /// <summary>The same in Chinese.</summary>
    public static string Chinese(EndedReason reason) => reason switch
    {
        EndedReason.Recovered => "已恢复。",
        EndedReason.Accepted => "未恢复即关闭：新的水平已被接受为常态。",
        EndedReason.Gone => "未恢复即关闭：该序列已停止上报。",
        EndedReason.Superseded => "未恢复即关闭：已由另一条告警取代。",
        EndedReason.Policy => "未恢复即关闭：检测策略已更改。",
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };

    private static string Before(string sentence, string? text, string space) => string.IsNullOrEmpty(text) ? sentence : $"{sentence}{space}{text}";
}
