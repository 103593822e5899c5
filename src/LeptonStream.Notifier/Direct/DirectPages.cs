using Confluent.Kafka;
using LeptonStream.Alerting;
using LeptonStream.Alerts;
using LeptonStream.Kafka;
using LeptonStream.Notifier.Channels;
using LeptonStream.Notifier.Outbox;
using LeptonStream.Notifier.Routing;
using LeptonStream.Output;
using LeptonStream.Samples;
using LeptonStream.Yaml;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LeptonStream.Notifier.Direct;

/// <summary>
/// Pages of critical alerts while the journal is away for longer than <c>Notifier:DirectAfter</c>: the events are read ahead, beside the
/// position that counts, and each critical alert is sent by itself. Nothing of it is recorded; when the journal is back the events are read
/// as if nothing had happened. Used by the worker's thread only.
/// </summary>
/// <remarks>
/// Routes, their times and maintenance windows hold. Silences, acknowledgements, inhibition and flapping are in the journal and are not
/// known; a page says so. Its key is the one that the first notification of the alert will have (<see cref="DirectKey"/>).
/// </remarks>
internal sealed partial class DirectPages(
    IOptions<KafkaOptions> kafka,
    IOptions<NotifierOptions> options,
    RoutingSource routing,
    ChannelFactory channels,
    NotifierMetrics metrics,
    TimeProvider time,
    ILogger<DirectPages> logger) : IDisposable
{
    /// <summary>The annotation of a page that was sent directly.</summary>
    public const string Annotation = "sent_directly";

    // Pages that wait to be delivered, at most: the journal has them all.
    private const int MostWaiting = 1_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan OneLook = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan OneRound = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    private readonly TimeSpan _after = DurationText.Parse(options.Value.DirectAfter);
    private readonly HashSet<string> _known = [];
    private readonly Queue<Notification> _waiting = new();
    private readonly Dictionary<(string, string), TokenBucket> _rates = [];
    private readonly Dictionary<ChannelSettings, INotificationChannel> _channels = [];
    private readonly HashSet<TopicPartition> _followed = [];
    private long? _failsSince;
    private IConsumer<byte[]?, byte[]?>? _ahead;

    /// <summary>The journal failed: from the first failure on the time counts.</summary>
    public void OnJournalFails() => _failsSince ??= time.GetTimestamp();

    /// <summary>The journal works, and has its say again.</summary>
    public void OnJournalWorks()
    {
        if (_failsSince is null) return;
        _failsSince = null;
        _known.Clear();
        _waiting.Clear();
        _rates.Clear();
        _channels.Clear();
        Close();
    }

    /// <summary>Reads ahead for a few seconds, and sends what is critical, where the journal has been away for long enough.</summary>
    /// <param name="owned">The partitions of this notifier: no other one pages for them.</param>
    /// <param name="stop">Ends it.</param>
    public async Task Page(IReadOnlyCollection<TopicPartition> owned, CancellationToken stop)
    {
        if (_after == TimeSpan.Zero || _failsSince is not { } since || time.GetElapsedTime(since) < _after || owned.Count == 0) return;
        try
        {
            Read(Follow(owned), stop);
        }
        catch (KafkaException failure)
        {
            Log.CannotRead(logger, failure.Error.Words());
            Close();
        }

        // The worker must come round: its members of the group are given up otherwise.
        var began = time.GetTimestamp();
        for (var left = _waiting.Count; left > 0 && time.GetElapsedTime(began) < OneRound && !stop.IsCancellationRequested; left--)
        {
            var page = _waiting.Dequeue();
            if (!await Deliver(page, stop)) _waiting.Enqueue(page);
        }
    }

    public void Dispose() => Close();

    private IConsumer<byte[]?, byte[]?> Follow(IReadOnlyCollection<TopicPartition> owned)
    {
        if (_ahead is null)
        {
            // The group's commits follow the journal within a second, and can be asked for while that is away.
            _ahead = new ConsumerBuilder<byte[]?, byte[]?>(ClientSettings.Consumer(kafka.Value, "notifier-direct", options.Value.GroupId))
                .LogTo(logger).Build();
            Log.Began(logger, ElapsedText.Of(_after));
        }

        var gone = _followed.Except(owned).ToArray();
        if (gone.Length > 0) _ahead.IncrementalUnassign(gone);
        _followed.ExceptWith(gone);
        var fresh = owned.Where(partition => !_followed.Contains(partition)).ToArray();
        if (fresh.Length == 0) return _ahead;
        _ahead.IncrementalAssign(_ahead.Committed(fresh, Patience).Select(place =>
            place.Offset == Offset.Unset ? new TopicPartitionOffset(place.TopicPartition, Offset.End) : place));
        _followed.UnionWith(fresh);
        return _ahead;
    }

    private void Read(IConsumer<byte[]?, byte[]?> ahead, CancellationToken stop)
    {
        for (var began = time.GetTimestamp(); time.GetElapsedTime(began) < OneLook && _waiting.Count < MostWaiting
            && !stop.IsCancellationRequested;)
        {
            if (ahead.Consume(Quiet) is not { } record) return;
            if (AlertRecordReader.Read(record, out _).Event is { } alert && IsPage(alert) && _known.Add(alert.AlertId))
                foreach (var page in PagesOf(alert)) _waiting.Enqueue(page);
        }
    }

    private static bool IsPage(AlertEvent alert) =>
        alert is { Severity: AlertSeverity.Critical, IsProgress: false } && alert.Type != AlertEventType.Resolved;

    private IEnumerable<Notification> PagesOf(AlertEvent alert)
    {
        var (current, now) = (routing.Current, time.Now());
        if (current.Routes.Maintenance.Any(window => window.IsActive(now) && window.Covers(alert.RoutingLabels))) yield break;
        var member = GroupedAlert.Of(alert) with { Annotations = alert.Annotations.With((Annotation, now.ToString())) };
        foreach (var target in new AlertPipeline(current.Routes).TargetsOf(alert.RoutingLabels))
        {
            if (target.Route.Schedule.MutedAt(now).Cause is not null) continue;
            var group = target.NewGroup(now);
            foreach (var channel in target.Route.Receiver.Channels)
                yield return new Notification
                {
                    GroupId = group.Id,
                    GroupKey = group.Key,
                    Receiver = group.Receiver,
                    Channel = channel.Key,
                    Reason = NotifyReason.FirstNotification,
                    GroupLabels = group.GroupLabels,
                    RouteLabels = RouteLabels.Of(target.Route, group.GroupLabels, [member]),
                    Alerts = [member],
                    At = now,
                };
        }
    }

    // Whether nothing is left to do about it.
    private async Task<bool> Deliver(Notification page, CancellationToken stop)
    {
        var destination = (page.Receiver, page.Channel);
        if (!routing.Current.Channels.TryGetValue(destination, out var settings)) return true;
        if (!_rates.TryGetValue(destination, out var rate))
            _rates[destination] = rate = new(settings.Rate ?? SendRate.Ordinary, time);
        if (rate.Take(1) == 0) return false;
        if (!_channels.TryGetValue(settings, out var channel)) _channels[settings] = channel = channels.Make(settings);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stop);
        timeout.CancelAfter(settings.Timeout ?? TimeSpan.FromSeconds(options.Value.SendTimeoutSeconds));
        var to = new Destination(page.Receiver, page.Channel);
        try
        {
            var outcome = await channel.Send(DirectKey.Of(page)!, page, timeout.Token);
            metrics.SentDirectly(to, outcome.Result);
            if (outcome.Result != DeliveryResult.Delivered) Log.NotSent(logger, to, outcome.Error ?? "");
            return outcome.Result != DeliveryResult.Failed;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            metrics.SentDirectly(to, DeliveryResult.Failed);
            Log.NotSent(logger, to, "no answer in time");
            return false;
        }
        catch (Exception unforeseen) when (unforeseen is not OperationCanceledException)
        {
            // One channel's defect must not end what pages while the database is away.
            metrics.SentDirectly(to, DeliveryResult.Failed);
            Log.NotSent(logger, to, unforeseen.GetType().Name);
            return false;
        }
    }

    private void Close()
    {
        _ahead?.Close();
        _ahead?.Dispose();
        _ahead = null;
        _followed.Clear();
    }

    private static partial class Log
    {
        [LoggerMessage(2110, LogLevel.Warning,
            "The journal has been away for more than {After}: critical alerts are read ahead and sent directly until it is back")]
        public static partial void Began(ILogger logger, string after);

        [LoggerMessage(2111, LogLevel.Warning, "Critical alerts can't be read ahead: {Reason}")]
        public static partial void CannotRead(ILogger logger, string reason);

        [LoggerMessage(2112, LogLevel.Warning, "A page could not be sent directly to {Destination}: {Reason}")]
        public static partial void NotSent(ILogger logger, Destination destination, string reason);
    }
}
