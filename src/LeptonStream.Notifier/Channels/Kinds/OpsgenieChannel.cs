using System.Net;
using LeptonStream.Alerting;
using LeptonStream.Notifier.Channels.Http;
using LeptonStream.Notifier.Channels.Messages;
using LeptonStream.Notifier.Templates;

namespace LeptonStream.Notifier.Channels.Kinds;

/// <param name="SendResolved">Whether it gets the end of an alert.</param>
/// <param name="Url">The API's base, Opsgenie's or another's that is compatible.</param>
/// <param name="ApiKey">The integration's key.</param>
/// <param name="Source">Name of the sender; null is LeptonStream.</param>
/// <param name="Priority">P1 to P5; null goes by the severity.</param>
/// <param name="Responders">Those who are paged.</param>
/// <param name="Tags">Tags, separated by commas.</param>
/// <param name="Timeout">Longest time of one attempt; null is the notifier's default.</param>
internal sealed record OpsgenieSettings(bool SendResolved, ChannelUrl Url, Secret ApiKey, Template? Source, Template? Priority,
    ValueList<OpsgenieResponder> Responders, Template? Tags, TimeSpan? Timeout) : MessageSettings(SendResolved, Timeout)
{
    public override Folding Folding => Folding.Incident;

    protected override ChannelUrl Address => Url;

    protected override IEnumerable<Secret?> Own => [ApiKey];

    public override INotificationChannel Make(ChannelContext context) => new OpsgenieChannel(this, context);

    public static OpsgenieSettings Read(ChannelSection section) => new(
        section.SendResolved(otherwise: true),
        section.Url("api_url", "opsgenie_api_url", "https://api.opsgenie.com/"),
        section.RequiredSecret("api_key", "opsgenie_api_key"),
        section.Template("source"),
        section.Template("priority"),
        new([.. section.Fields.Sections("responders").Select(OpsgenieResponder.Read)]),
        section.Template("tags"),
        section.Timeout())
    {
        Http = section.Http(),
        Style = section.Style("message", "description"),
    };
}

/// <summary>Somebody who is paged, by one of id, name and username.</summary>
internal sealed record OpsgenieResponder(string? Id, string? Name, string? Username, string Type)
{
    public static OpsgenieResponder Read(Yaml.YamlSection section)
    {
        var responder = new OpsgenieResponder(section.Text("id"), section.Text("name"), section.Text("username"),
            section.OneOf("type", "team", "teams", "user", "escalation", "schedule") ?? "team");
        string?[] names = [responder.Id, responder.Name, responder.Username];
        if (names.All(string.IsNullOrEmpty)) section.Wrong("name", "or id or username must stand here");
        if (names.Any(name => name?.Contains("{{", StringComparison.Ordinal) is true))
            section.Wrong("name", "is a template, which is not supported here: route each team to a receiver of its own");
        section.End();
        return responder;
    }
}

/// <summary>Opsgenie's alert API: one alert for each group, by its alias, which the group's end closes.</summary>
internal sealed class OpsgenieChannel(OpsgenieSettings settings, ChannelContext context) : MessageChannel(settings, context)
{
    private const int LongestMessage = 130;
    private const int LongestDescription = 15_000;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    protected override Uri Url => settings.Url;

    // An alert that is there keeps its first priority, whatever a further notification of its alias says.
    public override async Task<DeliveryOutcome> Send(string id, Notification notification, CancellationToken cancellation)
    {
        var outcome = await base.Send(id, notification, cancellation);
        if (outcome.Result != DeliveryResult.Delivered || notification.IsOver || notification.Reason == NotifyReason.FirstNotification)
            return outcome;
        var change = JsonOf(new { priority = Priority(MessageOf(id, notification, isPlain: false)) });
        using var request = new HttpRequestMessage(HttpMethod.Put, AddressOf(notification, "priority")) { Content = ContentOf(change) };
        Prepare(request, id, change);
        var changed = await Exchange(request, Judge, cancellation);
        return changed.Result switch
        {
            DeliveryResult.Delivered => outcome,
            DeliveryResult.Refused => outcome with { Error = outcome.Error ?? $"the priority was not changed: {changed.Error}" },
            _ => changed,
        };
    }

    protected override Uri AddressOf(Notification notification) =>
        notification.IsOver ? AddressOf(notification, "close") : new(settings.Url, "v2/alerts");

    protected override void Prepare(HttpRequestMessage request, string id, Payload payload) =>
        request.Headers.Authorization = new("GenieKey", settings.ApiKey.Value);

    protected override Payload Write(Notification notification, AlertMessage message, int step)
    {
        var source = message.Templates.Line(settings.Source) ?? "LeptonStream";
        if (message.State != MessageState.Firing) return JsonOf(new { source, note = message.Title });
        // The page of an alert shows a few tags of HTML.
        var text = message.IsOwn(Markup.Html, step)
            ? TextOf(message, Markup.Html, step)
            : Markup.Html.Escape(TextOf(message, Markup.Plain, step));
        return JsonOf(
            new
            {
                alias = GroupHash.Of(notification),
                message = MessageBuilder.Cut(message.Title, LongestMessage),
                description = text,
                details = notification.GroupLabels.ToDictionary(),
                source,
                priority = Priority(message),
                tags = message.Templates.Line(settings.Tags)?
                    .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
                responders = settings.Responders.Count == 0 ? null : settings.Responders.Select(responder => new
                {
                    id = responder.Id, name = responder.Name, username = responder.Username, type = responder.Type,
                }),
            },
            text.Length > LongestDescription);
    }

    protected override DeliveryOutcome Judge(HttpAnswer answer) => answer.Status switch
    {
        HttpStatusCode.TooManyRequests => answer.Later(Pause),
        _ => answer.Judge(),
    };

    // Of something that is done with the alert.
    private Uri AddressOf(Notification notification, string action) =>
        new(settings.Url, $"v2/alerts/{GroupHash.Of(notification)}/{action}?identifierType=alias");

    private string Priority(AlertMessage message) =>
        message.Templates.Line(settings.Priority) is { } own and ("P1" or "P2" or "P3" or "P4" or "P5")
            ? own : PriorityOf(message.Severity);

    private static string PriorityOf(string severity) => severity switch
    {
        "critical" => "P1",
        "warning" => "P3",
        _ => "P5",
    };
}
