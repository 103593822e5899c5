using System.Data.Common;
using LeptonStream.Notifier.Channels;
using LeptonStream.Notifier.Channels.Messages;
using LeptonStream.Notifier.Journal;
using LeptonStream.Notifier.Outbox;
using LeptonStream.Reload;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LeptonStream.Notifier.Routing;

/// <summary>
/// Puts a changed routing file in force while the notifier runs: alerts that fire move to their new groups, deliveries to their new
/// channels. A file that is wrong is refused, and the routing stays as it is. Used by the worker's thread only, but for
/// <see cref="Reload"/>.
/// </summary>
internal sealed partial class RoutingReload(
    RoutingSource routing,
    AlertJournal journal,
    NotificationOutbox outbox,
    IOptions<NotifierOptions> options,
    TimeProvider time,
    ILogger<RoutingReload> logger) : IReloadable
{
    private static readonly TimeSpan OrphansEvery = TimeSpan.FromMinutes(1);

    // A rolling change of the notifiers ends within this time.
    private static readonly TimeSpan OrphanedFor = TimeSpan.FromMinutes(10);

    private readonly WatchedFile? _file = options.Value.RoutingFile is { Length: > 0 } path ? new(path, time) : null;
    private long _lookedForOrphans = time.GetTimestamp();

    /// <summary>Reason in plain words for which the present file is not in force; null where it is.</summary>
    public string? Refusal => _file?.Refusal;

    /// <summary>Logs the routing in force, and whether the links in its notifications lead anywhere.</summary>
    public void Announce()
    {
        var current = routing.Current;
        var source = _file?.Path ?? "the settings (no routing file)";
        Log.InForce(logger, current.Routes.Version, current.Routes.Count, current.Channels.Count, source);
        foreach (var note in current.Notes) Log.Note(logger, note);
        if (!new Uri(options.Value.ExternalUrl).IsLoopback) return;
        var remote = current.Channels.Where(channel => channel.Value is IMessageSettings or WebhookSettings { Url.Uri.IsLoopback: false })
            .Select(channel => new Destination(channel.Key.Receiver, channel.Key.Channel)).FirstOrDefault();
        if (remote is not null) Log.LocalLinks(logger, options.Value.ExternalUrl, remote);
    }

    /// <summary>Marks as dead the notifications whose destination the routing no longer has, and says so.</summary>
    public async Task MarkOrphansDead(CancellationToken cancellation)
    {
        Destination[] known = [.. routing.Current.Channels.Keys.Select(channel => new Destination(channel.Receiver, channel.Channel))];
        foreach (var (destination, rows) in await outbox.MarkOrphansDead(known, time.Now() - OrphanedFor, cancellation))
            Log.Orphans(logger, rows, destination);
    }

    /// <summary>Looks at the file from time to time, and puts it in force where it has changed; looks for orphans, too.</summary>
    public async Task Refresh(CancellationToken cancellation)
    {
        if (_file?.IsDue() is true) await Read(_file, cancellation);
        if (time.GetElapsedTime(_lookedForOrphans) < OrphansEvery) return;
        _lookedForOrphans = time.GetTimestamp();
        try
        {
            await MarkOrphansDead(cancellation);
        }
        catch (DbException)
        {
            // The worker says so.
        }
    }

    /// <summary>Lets the worker read the file after its next round, changed or not.</summary>
    public Task Reload(CancellationToken cancellation)
    {
        if (_file is null) Log.NothingToRead(logger);
        else _file.Ask();
        return Task.CompletedTask;
    }

    private async Task Read(WatchedFile file, CancellationToken cancellation)
    {
        if (NotifierRouting.Of(options.Value, out var errors) is not { } changed)
        {
            file.Refuse($"the changed routing in {file.Path} is refused, the one before stays in force: {errors[0]}");
            Log.Refused(logger, file.Path, string.Join("; ", errors));
            return;
        }

        file.Accept();
        routing.Change(changed);
        Announce();
        try
        {
            await journal.AdoptGroups(time.Now(), cancellation);
            await MarkOrphansDead(cancellation);
        }
        catch (DbException down)
        {
            Log.MovesLater(logger, down.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2306, LogLevel.Warning, "Routing file: {Note}")]
        public static partial void Note(ILogger logger, string note);

        [LoggerMessage(2300, LogLevel.Information, "Routing {Version} of {Source} in force (routes: {Routes}, channels: {Channels})")]
        public static partial void InForce(ILogger logger, string version, int routes, int channels, string source);

        [LoggerMessage(2301, LogLevel.Error, "Changed routing file {File} refused, the routing stays as it is: {Errors}")]
        public static partial void Refused(ILogger logger, string file, string errors);

        [LoggerMessage(2302, LogLevel.Warning,
            "Routing not read again: Notifier:RoutingFile is not set, and settings are read at start only")]
        public static partial void NothingToRead(ILogger logger);

        [LoggerMessage(2303, LogLevel.Warning, "Database error; groups move to the new routes when they are due: {Reason}")]
        public static partial void MovesLater(ILogger logger, string reason);

        [LoggerMessage(2304, LogLevel.Error, "{Count} pending notifications to {Destination} are dead: the routes no longer have it")]
        public static partial void Orphans(ILogger logger, int count, Destination destination);

        [LoggerMessage(2305, LogLevel.Warning,
            "Links in notifications lead to {ExternalUrl}, which receivers such as {Destination} cannot reach, and those to act on alerts "
                + "are left out: set Notifier:ExternalUrl to the dashboard's address")]
        public static partial void LocalLinks(ILogger logger, string externalUrl, Destination destination);
    }
}
