using System.Globalization;
using System.Text.RegularExpressions;
using LeptonStream.Alerting;
using LeptonStream.Alerting.Digests;
using LeptonStream.Alerting.Flapping;
using LeptonStream.Alerting.Muting;
using LeptonStream.Alerting.Received;
using LeptonStream.Explanations;
using LeptonStream.Notifier.Channels.Http;
using LeptonStream.Notifier.Direct;
using LeptonStream.Output;
using LeptonStream.Samples;

namespace LeptonStream.Notifier.Channels.Messages;

/// <summary>Makes the message of a notification: short texts, in the receiver's language and time zone.</summary>
internal static partial class MessageBuilder
{
    private const int LongestTitle = 200;
    private const int LongestSummary = 300;
    private const int LongestLine = 900;
    private const int MaxActions = 5;

    private static readonly string[] Severities = ["critical", "warning", "info"];

    public static AlertMessage Of(Notification notification, MessageStyle style, Uri externalUrl, Uri? act = null,
        bool isPlain = false)
    {
        var words = MessageWords.Of(style.Language);
        var firing = notification.Firing.Select(alert => alert.AlertId).ToHashSet();
        // The firing ones come first: a limited channel must show them. One that became worse has other labels: to an Alertmanager the old
        // ones end, to people nothing does.
        GroupedAlert[] shown = [.. notification.Firing.Concat(notification.Resolved.Where(alert => !firing.Contains(alert.AlertId)))];
        var entries = shown.Select(alert => Entry(alert, notification, words, style.Zone, externalUrl)).ToArray();
        var worst = entries[Array.IndexOf(shown, GroupedAlertOrder.WorstFirst(shown).First())];
        var state = notification.IsOver ? entries.Max(entry => entry.State) : MessageState.Firing;
        var severity = SeverityOf(notification);
        var title = Cut(Title(notification, entries, worst, words, severity), LongestTitle);
        AlertMessage? built = null;
        var templates = new MessageTemplates(
            notification, externalUrl, title, markup => MessageText.Write(built!, style, markup, step: 0, withLinks: false))
        {
            IsOff = isPlain,
        };
        built = new AlertMessage
        {
            Words = words,
            State = state,
            Severity = severity,
            Title = title,
            Counts = [.. notification.Digest?.Kinds.Select(kind => Count(kind, words)) ?? [],
                .. notification.Withheld is { } withheld ? [words.Withheld(withheld)] : Array.Empty<string>()],
            NotShown = notification.NotHeld,
            Entries = entries,
            Links = [.. Links(notification, entries, words, externalUrl, act)],
            Templates = templates,
        };
        return built with
        {
            Title = Cut(templates.Line(style.Title) ?? title, LongestTitle),
            Text = style.Text is { } text && !isPlain ? markup => templates.Text(text, markup) : null,
        };
    }

    /// <summary>The text in at most so many characters, none of them half.</summary>
    public static string Cut(string text, int length) => text.Length <= length ? text : ShortText.Begin(text, length - 1);

    private static string Title(Notification notification, AlertEntry[] entries, AlertEntry worst, MessageWords words, string severity)
    {
        if (entries is [var only] && notification is { Digest: null, NotHeld: 0 })
        {
            var alert = notification.Alerts[0];
            return words.Title(
                only.State != MessageState.Firing ? Ending(alert, words) ?? words.State(only.State)
                    : only.Acknowledged is { } by ? words.Both(words.Severity(severity), by)
                    : words.Severity(severity),
                only.Summary);
        }

        var goingOn = notification.Alerts.Count - entries.Length;
        var (fire, over) = (notification.FiringCount, notification.ResolvedCount - goingOn);
        // A list may show little more than the beginning: how many more there are stands before the worst of them.
        if (notification.Digest is null && fire > 0)
            return words.Title(words.Both(words.Severity(severity), words.Others(fire - 1, over)), worst.Summary);
        var counts = words.Title(fire, over, notification.Digest is { } digest ? words.Digest(digest.Notifications) : worst.Summary);
        return fire > 0 && Severities.Contains(severity) ? words.Title(words.Severity(severity), counts) : counts;
    }

    private static string Count(DigestKind kind, MessageWords words) => Cut(Clean($"{kind.Alerts} × " + string.Join(" · ",
        ((string[])[kind.Name, words.Severity(kind.Severity), kind.Model]).Where(part => part.Length > 0))), LongestSummary);

    private static AlertEntry Entry(GroupedAlert alert, Notification notification, MessageWords words, TimeZoneInfo zone, Uri externalUrl)
    {
        var state = alert.IsClosedUnrecovered ? MessageState.Closed : alert.IsResolved ? MessageState.Resolved : MessageState.Firing;
        var start = MessageWords.Time(alert.StartsAt, zone);
        string? when = alert.EndsAt is not { } end ? words.Since(start)
            : words.From(start, MessageWords.Time(end, zone), NormalSince(alert, zone), LengthOf(alert, end));
        var summary = InZone(Text(alert, "summary", words), zone) ?? Pairs(alert.Labels);
        if (Telling(alert, notification, summary) is { Length: > 0 } telling) summary += $" ({telling})";
        var description = InZone(Text(alert, "description", words), zone);
        // Its texts mostly begin with the beginning.
        if (!alert.IsResolved && description?.Contains(start, StringComparison.Ordinal) is true) when = null;
        string?[] lines = [description, Labels(alert, words), when, Care(alert, words, zone), Ending(alert, words),
            Flapping(alert, words), Directly(alert, words)];
        var actions = state == MessageState.Firing ? Text(alert, "actions", words)?.Split('\n').Take(MaxActions) ?? [] : [];
        return new AlertEntry(
            state,
            Severities.FirstOrDefault(severity => severity == alert.Labels["severity"]),
            Cut(Clean(summary), LongestSummary),
            [.. lines.OfType<string>().Select(line => Cut(Clean(line), LongestLine))],
            [.. actions.Select(action => Cut(Clean(action), LongestSummary)).Where(action => action.Length > 0)],
            new(AlertAddress.Of(alert, externalUrl)),
            alert.Annotations[CareTaken.Annotation] is { } by && !alert.IsResolved ? words.Acknowledged(Clean(by)) : null);
    }

    // Texts of alerts carry times in UTC: here they are in the zone of all other times.
    private static string? InZone(string? text, TimeZoneInfo zone) =>
        text is null ? null : UtcTime().Replace(text, time => TimeText(time.Value.Replace(" UTC", "Z", StringComparison.Ordinal), zone));

    [GeneratedRegex(@"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC(?![+-])")]
    private static partial Regex UtcTime();

    // Our own texts name their series; a rule of Prometheus seldom does.
    private static string? Labels(GroupedAlert alert, MessageWords words) =>
        ReceivedAlertEvents.IsOwn(alert.Labels) ? null : words.Labels(Pairs(alert.Labels));

    // The labels that tell it from the others of its group, where its summary does not.
    private static string Telling(GroupedAlert alert, Notification notification, string summary) =>
        ReceivedAlertEvents.IsOwn(alert.Labels) || alert.Annotations["summary"] is null ? ""
            : Pairs(alert.Labels.Where(label => label.Key is not ("alertname" or "severity")
                && notification.GroupLabels[label.Key] is null && !summary.Contains(label.Value, StringComparison.Ordinal)));

    private static string Pairs(IEnumerable<KeyValuePair<string, string>> labels) =>
        string.Join(", ", labels.Select(label => $"{label.Key}={label.Value}"));

    // For how long it lasted: until its values were normal, or else until it was closed.
    private static TimeSpan LengthOf(GroupedAlert alert, Timestamp end)
    {
        var until = DateTimeOffset.TryParse(alert.Annotations[EndedTexts.NormalSince], CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal, out var normal) ? Timestamp.FromDateTimeOffset(normal) : end;
        return until > alert.StartsAt ? until - alert.StartsAt : TimeSpan.Zero;
    }

    private static string? NormalSince(GroupedAlert alert, TimeZoneInfo zone) =>
        alert.Annotations[EndedTexts.NormalSince] is { } time ? TimeText(time, zone) : null;

    private static string? Care(GroupedAlert alert, MessageWords words, TimeZoneInfo zone) =>
        alert.IsResolved || alert.Annotations[CareTaken.Annotation] is not { } by ? null
            : words.Acknowledged(Clean(by), TimeText(alert.Annotations[CareTaken.SinceAnnotation], zone));

    private static string TimeText(string? time, TimeZoneInfo zone) =>
        DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? MessageWords.Time(Timestamp.FromDateTimeOffset(at), zone)
            : "?";

    // Who or what ended it, where no event did.
    private static string? Ending(GroupedAlert alert, MessageWords words) =>
        alert.Annotations[EndedTexts.ClosedBy] is { } person ? words.ClosedBy(Clean(person))
        : alert.Annotations[EndedTexts.Annotation] == EndedTexts.Stale ? words.Stale : null;

    private static string? Flapping(GroupedAlert alert, MessageWords words) =>
        alert.Annotations[FlapState.Annotation] is null ? null : words.Flapping;

    private static string? Directly(GroupedAlert alert, MessageWords words) =>
        alert.Annotations[DirectPages.Annotation] is null ? null : words.SentDirectly;

    private static IEnumerable<MessageLink> Links(Notification notification, AlertEntry[] entries, MessageWords words, Uri externalUrl,
        Uri? act)
    {
        yield return entries is [var only] ? new(words.Details, only.Url) : new(words.Dashboard, externalUrl);
        if (act is not null) yield return new(words.Act, act);
        var runbooks = notification.Alerts.Select(alert => alert.Annotations["runbook_url"]).Distinct().Take(2).ToArray();
        if (runbooks is [{ } runbook] && UrlText.Parse(runbook) is { UserInfo: "" } url) yield return new(words.Runbook, url);
    }

    // An alert of another source may have no text in this language.
    private static string? Text(GroupedAlert alert, string name, MessageWords words) =>
        ((string?[])[alert.Annotations[name + words.Suffix], alert.Annotations[name]]).FirstOrDefault(text => text?.Length > 0);

    private static string SeverityOf(Notification notification)
    {
        var alerts = notification.Firing.Any() ? notification.Firing : notification.Alerts;
        var present = alerts.Select(alert => alert.Labels["severity"]).ToHashSet();
        return Severities.FirstOrDefault(present.Contains) ?? "none";
    }

    // A line break of a producer must not begin a line of ours, and no character may turn the text around.
    private static string Clean(string text) => SafeText.OneLine(text.ReplaceLineEndings(" ").Replace('\t', ' ')).Trim();
}
