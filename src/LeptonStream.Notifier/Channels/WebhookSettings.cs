using LeptonStream.Notifier.Channels.Http;

namespace LeptonStream.Notifier.Channels;

/// <param name="SendResolved">Whether it gets the end of an alert.</param>
/// <param name="Url">Address to post to. Its path and query may be a secret: never log it, log <see cref="Destination"/>.</param>
/// <param name="MaxAlerts">Most alerts in one message; 0 is all.</param>
/// <param name="Timeout">Longest time of one attempt, 100 ms to 5 minutes; null is the notifier's default.</param>
internal sealed record WebhookSettings(bool SendResolved, ChannelUrl Url, int MaxAlerts, TimeSpan? Timeout)
    : HttpChannelSettings(SendResolved, Timeout)
{
    /// <summary>Secrets to sign with, separated by blanks; null sends no signature.</summary>
    public Secret? SigningSecrets { get; init; }

    /// <summary>Destination for logs: scheme, host and port only.</summary>
    public string Destination => UrlText.Destination(Url);

    // Programs read it, too.
    public override int MostAlerts => 5_000;

    protected override ChannelUrl Address => Url;

    protected override IEnumerable<Secret?> Own => [new(Url.Text), SigningSecrets];

    public override INotificationChannel Make(ChannelContext context) => new WebhookChannel(this, context);

    public override string ToString() => $"webhook {Destination}";

    public static WebhookSettings Read(ChannelSection section) =>
        Read(section, section.SendResolved(otherwise: true), section.Fields.Count("max_alerts"));

    /// <summary>Reads the webhook of an action, which gets no notifications.</summary>
    public static WebhookSettings ReadAction(ChannelSection section) => Read(section, sendResolved: false, maxAlerts: 0);

    private static WebhookSettings Read(ChannelSection section, bool sendResolved, int maxAlerts) => new(
        sendResolved, section.Url("url"), maxAlerts, section.Timeout())
    {
        Http = section.Http(),
        SigningSecrets = section.Secret("signing_secret", WebhookSignature.AreSound, $"is no secret to sign with: {WebhookSignature.Form}"),
    };
}
