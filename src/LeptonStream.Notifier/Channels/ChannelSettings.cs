using LeptonStream.Alerting;
using LeptonStream.Notifier.Channels.Http;

namespace LeptonStream.Notifier.Channels;

/// <summary>The settings of one channel of a receiver in the routing file.</summary>
/// <param name="SendResolved">Whether it gets the end of an alert.</param>
/// <param name="Timeout">Longest time of one attempt; null is the notifier's default.</param>
internal abstract record ChannelSettings(bool SendResolved, TimeSpan? Timeout = null)
{
    /// <summary>How fast it is sent to; null as fast as it answers.</summary>
    public virtual SendRate? Rate => null;

    /// <summary>
    /// The other side as it counts messages: a robot, an account, a mailbox. Channels with the same key share one rate. Holds secrets.
    /// </summary>
    public virtual string RateKey => "";

    /// <summary>How it gets what is more than it may get one by one.</summary>
    public virtual Folding Folding => Folding.Digest;

    /// <summary>Alerts in one notification, at most.</summary>
    public virtual int MostAlerts => 500;

    /// <summary>So often at least an alert that fires is sent again, acknowledged or not; null for the interval of its route.</summary>
    public virtual TimeSpan? RenewEvery => null;

    /// <summary>The host that it connects to; null where it connects to none, or to one that is no setting of its own.</summary>
    public virtual string? ConnectsTo => null;

    /// <summary>The channel as the pipeline knows it.</summary>
    /// <param name="key">Its key in the receiver.</param>
    public ChannelConfig InPipeline(string key) => new(key, SendResolved) { RenewEvery = RenewEvery };

    /// <summary>A notification as this channel gets it: with as many alerts as people and programs read, or as several of all.</summary>
    public IEnumerable<Notification> Fit(Notification notification) =>
        Folding switch
        {
            Folding.Digest => [notification.Bounded(MostAlerts)],
            // Its incident stays open, and an end must not open one that a person closed.
            Folding.Incident when notification.Withheld is not null && !notification.Firing.Any() => [],
            // A program is in no hurry to read less: the digests of a route are for people.
            Folding.Incident => [notification.Bounded(MostAlerts) with { DigestEvery = null }],
            _ => (notification with { DigestEvery = null }).Split(MostAlerts),
        };

    /// <summary>Makes the channel.</summary>
    public abstract INotificationChannel Make(ChannelContext context);
}

/// <summary>The settings of a channel that speaks HTTP.</summary>
internal abstract record HttpChannelSettings(bool SendResolved, TimeSpan? Timeout = null) : ChannelSettings(SendResolved, Timeout)
{
    /// <summary>Proxy, credentials and certificates.</summary>
    public HttpOptions Http { get; init; } = HttpOptions.Default;

    /// <summary>Every text of these settings that stands in no log and no error.</summary>
    public IEnumerable<Secret> Secrets => Own.Append(Http.Password).Append(Http.Credentials).OfType<Secret>();

    /// <summary>Robots and accounts are known by the kind's own secrets.</summary>
    public override string RateKey => string.Join('\n', Own.OfType<Secret>().Select(secret => secret.Value).Prepend(GetType().Name));

    public override string ConnectsTo => Address.Uri.IdnHost;

    /// <summary>The address that it calls.</summary>
    protected abstract ChannelUrl Address { get; }

    /// <summary>The secrets of the kind itself.</summary>
    protected abstract IEnumerable<Secret?> Own { get; }
}
