using System.Net;
using LeptonStream.Alerting;
using LeptonStream.Notifier.Channels.Http;
using LeptonStream.Notifier.Channels.Messages;

namespace LeptonStream.Notifier.Channels.Kinds;

/// <param name="SendResolved">Whether it gets the end of an alert.</param>
/// <param name="Url">The address of the flow: a secret.</param>
/// <param name="Timeout">Longest time of one attempt; null is the notifier's default.</param>
internal sealed record TeamsSettings(bool SendResolved, ChannelUrl Url, TimeSpan? Timeout) : MessageSettings(SendResolved, Timeout)
{
    protected override ChannelUrl Address => Url;

    protected override IEnumerable<Secret?> Own => [new(Url.Text)];

    public override INotificationChannel Make(ChannelContext context) => new TeamsChannel(this, context);

    public override string ToString() => $"msteamsv2 {UrlText.Destination(Url)}";

    public static TeamsSettings Read(ChannelSection section) =>
        new(section.SendResolved(otherwise: true), section.Url("webhook_url"), section.Timeout())
        {
            Http = section.Http(),
            Style = section.Style("title", "text"),
        };
}

/// <summary>
/// A Workflows flow of Microsoft Teams: an adaptive card of version 1.4, at most 28 KB with Teams' own additions. Texts stand in runs, in
/// which no Markdown is read. Status 202 means that the flow was started; it does not prove that the card was posted.
/// </summary>
internal sealed class TeamsChannel(TeamsSettings settings, ChannelContext context) : MessageChannel(settings, context)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    protected override Uri Url => settings.Url;

    // A card of 24.4 KB was refused as 28.9 KB.
    protected override int MaxBytes => 22 * 1024;

    protected override Payload Write(Notification notification, AlertMessage message, int step)
    {
        var lines = TextOf(message, Markup.Plain, step, withLinks: false).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return JsonOf(new
        {
            type = "message",
            attachments = new[]
            {
                new
                {
                    contentType = "application/vnd.microsoft.card.adaptive",
                    content = new Dictionary<string, object>
                    {
                        ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json",
                        ["type"] = "AdaptiveCard",
                        ["version"] = "1.4",
                        ["msteams"] = new { width = "Full" },
                        ["body"] = lines.Select(line => Run(line)).Prepend(Run(message.Title, isTitle: true, ColorOf(message))),
                        ["actions"] = message.Links.Select(link =>
                            new { type = "Action.OpenUrl", title = link.Text, url = link.Url.AbsoluteUri }),
                    },
                },
            },
        });
    }

    protected override DeliveryOutcome Judge(HttpAnswer answer) =>
        answer.Status == HttpStatusCode.TooManyRequests ? answer.Later(Pause) : answer.Judge();

    private static object Run(string text, bool isTitle = false, string color = "Default") => new
    {
        type = "RichTextBlock",
        inlines = new[]
        {
            new { type = "TextRun", text, color, size = isTitle ? "Medium" : "Default", weight = isTitle ? "Bolder" : "Default" },
        },
    };

    private static string ColorOf(AlertMessage message) => message.State switch
    {
        MessageState.Resolved => "Good",
        MessageState.Closed => "Default",
        _ => message.Severity == "critical" ? "Attention" : "Warning",
    };
}
