using System.Globalization;
using LeptonStream.Alerting;
using LeptonStream.Links;
using LeptonStream.Storage;
using Microsoft.Extensions.Options;

namespace LeptonStream.Notifier.Channels;

/// <summary>Makes the links by which people act on a notification without signing in.</summary>
internal sealed class ActionLinks(Database journal, IOptions<NotifierOptions> options, TimeProvider time)
{
    // A link to this machine leads nowhere on a phone.
    private readonly TimeSpan _life = new Uri(options.Value.ExternalUrl).IsLoopback ? TimeSpan.Zero
        : TimeSpan.FromHours(options.Value.ActionLinkHours);

    private readonly string _page = options.Value.ExternalUrl.TrimEnd('/');

    private ActionLinkKey? _key;

    /// <summary>Reads the key where it is not known yet. Before that there are no links.</summary>
    public async ValueTask Prepare(CancellationToken stop)
    {
        if (_life > TimeSpan.Zero) _key ??= await ActionLinkKey.Of(journal, time, stop);
    }

    /// <summary>The link of a notification; null where nothing of it fires, where it is a digest of many, or none of the outbox.</summary>
    public Uri? For(string notificationId, Notification notification)
    {
        if (_key is not { } key || notification.Digest is not null || !notification.Firing.Any()
            || !Guid.TryParseExact(notificationId, "N", out var id)) return null;
        // Behind the #: a program that fetches the addresses in a message never sends it, and no log of a server holds it.
        return new(string.Create(CultureInfo.InvariantCulture, $"{_page}/#act={new ActionLink(id, time.GetUtcNow() + _life).Write(key)}"));
    }
}
