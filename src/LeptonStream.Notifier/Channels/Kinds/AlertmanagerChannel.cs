using System.Globalization;
using LeptonStream.Alerting;
using LeptonStream.Notifier.Channels.Http;
using LeptonStream.Notifier.Channels.Messages;

namespace LeptonStream.Notifier.Channels.Kinds;

/// <param name="SendResolved">Whether it gets the end of an alert.</param>
/// <param name="Url">The base of one Alertmanager; each replica is a channel of its own.</param>
/// <param name="Timeout">Longest time of one attempt; null is the notifier's default.</param>
internal sealed record AlertmanagerSettings(bool SendResolved, ChannelUrl Url, TimeSpan? Timeout)
    : HttpChannelSettings(SendResolved, Timeout)
{
    public override Folding Folding => Folding.Batch;

    public override int MostAlerts => 5_000;

    // Two renewals may be lost, and the notifier be away for a day.
    public override TimeSpan? RenewEvery => TimeSpan.FromDays(1);

    protected override ChannelUrl Address => Url;

    protected override IEnumerable<Secret?> Own => [];

    public override INotificationChannel Make(ChannelContext context) => new AlertmanagerChannel(this, context);

    public static AlertmanagerSettings Read(ChannelSection section) =>
        new(section.SendResolved(otherwise: true), section.Url("url"), section.Timeout()) { Http = section.Http() };
}

/// <summary>
/// Posts the alerts to another Alertmanager, which routes them by its own rules. Alertmanager forgets an alert that is not renewed within
/// its <c>resolve_timeout</c>, so each alert says for how long it holds.
/// </summary>
internal sealed class AlertmanagerChannel(AlertmanagerSettings settings, ChannelContext context) : HttpChannel(settings, context)
{
    // The end comes as a notification of its own, and one that fires is renewed each day unless it is muted. Should both be lost, it ends.
    private static readonly TimeSpan HoldsUntilItsEnd = TimeSpan.FromDays(3);

    // Without send_resolved the end never comes.
    private static readonly TimeSpan HoldsWithoutEnd = TimeSpan.FromDays(2);

    protected override Uri Url => new($"{settings.Url.Uri.AbsoluteUri.TrimEnd('/')}/api/v2/alerts");

    // It takes the alerts in any number of requests. What stands before it may limit their bytes.
    public override async Task<DeliveryOutcome> Send(string id, Notification notification, CancellationToken cancellation)
    {
        for (var most = settings.MostAlerts; ; most /= 4)
        {
            DeliveryOutcome outcome = default;
            foreach (var part in notification.Split(most))
            {
                outcome = await base.Send(id, part, cancellation);
                if (outcome.Result != DeliveryResult.Delivered) break;
            }

            if (!outcome.IsTooLarge || most < 4) return outcome;
        }
    }

    protected override Payload? Compose(string id, Notification notification, Draft draft) => draft.Step > 0
        ? null : MessageChannel.JsonOf(
        notification.Alerts.Select(alert => new
        {
            labels = alert.Labels.ToDictionary(),
            annotations = alert.Annotations.ToDictionary(),
            startsAt = Time(alert.StartsAt.ToDateTimeOffset()),
            endsAt = Time(alert.EndsAt?.ToDateTimeOffset() ?? Context.Time.GetUtcNow() + Holds),
            generatorURL = AlertAddress.Of(alert, Context.ExternalUrl),
        }));

    private TimeSpan Holds => settings.SendResolved ? HoldsUntilItsEnd : HoldsWithoutEnd;

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
}
