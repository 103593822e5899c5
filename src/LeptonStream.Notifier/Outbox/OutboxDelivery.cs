using System.Data.Common;
using LeptonStream.Notifier.Channels;
using LeptonStream.Notifier.Journal;
using LeptonStream.Notifier.Routing;
using LeptonStream.Output;
using LeptonStream.Resilience;
using LeptonStream.Samples;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LeptonStream.Notifier.Outbox;

/// <summary>
/// Sends what is in the outbox. Each destination has loops of its own that share nothing with the others but the database: one that
/// hangs, fails or asks for patience holds up nobody else. There is one for each <see cref="Lane"/>.
/// </summary>
/// <remarks>
/// One round of a loop: (0) fold what is too much into a digest; (1) claim rows whose time has come; (2) send them, a few at once; (3)
/// write down the result of each: sent,
/// postponed (later and later, or when the receiver said), or dead: refused, or tried for a whole day. If the process dies between (2) and
/// (3), the lease ends and the row is sent again under the same id, by which the receiver recognizes it.
/// <para>
/// There are two layers of retries. <see cref="DestinationSender"/> repeats at once what failed by a hiccup, within one claim and a second.
/// <see cref="RetrySchedule"/> brings a row back later, in seconds up to 15 minutes, over restarts and for a day: outages are its business.
/// </para>
/// </remarks>
internal sealed partial class OutboxDelivery(
    NotificationOutbox outbox,
    OutboxDigests digests,
    DeliveryResults results,
    RoutingSource routing,
    ChannelFactory channels,
    ActionLinks links,
    JournalStart start,
    OutboxSignal signal,
    IOptions<NotifierOptions> options,
    NotifierMetrics metrics,
    TimeProvider time,
    ILogger<OutboxDelivery> logger) : BackgroundService
{
    // Messages of a rate that a storm never uses.
    private const int LeftForUrgent = 1;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LastSend = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestWriteDown = TimeSpan.FromSeconds(15);

    private readonly SendRates _rates = new(time);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await start.Completed.WaitAsync(stoppingToken);
        var loops = new Dictionary<(Destination, ChannelSettings), Loop>();
        try
        {
            while (true)
            {
                var changed = routing.Changed;
                await Follow(routing.Current, loops, stoppingToken);
                await changed.WaitAsync(stoppingToken);
            }
        }
        finally
        {
            await Task.WhenAll(loops.Values.Select(loop => loop.End()));
        }
    }

    // One loop for each channel of the routing; a channel with other settings is another one.
    private async Task Follow(NotifierRouting current, Dictionary<(Destination Destination, ChannelSettings Settings), Loop> loops,
        CancellationToken stop)
    {
        var wanted = current.Channels.Select(channel =>
            (Destination: new Destination(channel.Key.Receiver, channel.Key.Channel), Settings: channel.Value)).ToHashSet();
        foreach (var channel in wanted.Where(channel => !loops.ContainsKey(channel)))
        {
            var ends = CancellationTokenSource.CreateLinkedTokenSource(stop);
            var (sender, bucket) = (SenderOf(channel.Destination, channel.Settings), _rates.Of(channel.Settings));
            var limit = StormLimit.Of(options.Value.StormLimit, channel.Settings);
            loops.Add(channel, new Loop(Task.WhenAll(Enum.GetValues<Lane>().Select(lane =>
                Task.Run(() => Run(sender, new(lane, bucket, limit, channel.Settings.Folding), ends.Token),
                    CancellationToken.None))), ends));
        }

        // The rows of an old loop are leased to it: nothing is sent twice beside it.
        foreach (var gone in loops.Keys.Where(channel => !wanted.Contains(channel)).ToArray())
        {
            loops.Remove(gone, out var loop);
            await loop!.End();
        }
    }

    private DestinationSender SenderOf(Destination destination, ChannelSettings settings)
    {
        var timeout = settings.Timeout ?? TimeSpan.FromSeconds(options.Value.SendTimeoutSeconds);
        return new DestinationSender(destination, channels.Make(settings), timeout, time);
    }

    private async Task Run(DestinationSender sender, Way way, CancellationToken stop)
    {
        // A delivery under way when the program is asked to stop may still end well within this time.
        using var giveUp = new CancellationTokenSource();
        using var registration = stop.Register(() => giveUp.CancelAfter(LastSend));
        var backOff = new BackOff(AfterFailure, LongestPause);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await Round(sender, way, stop, giveUp.Token);
                backOff.Reset();
                continue;
            }
            catch (DbException down)
            {
                Log.DatabaseFails(logger, sender.Destination, down.Message, ElapsedText.Of(backOff.NextDelay()));
            }
            catch (Exception failure) when (!stop.IsCancellationRequested)
            {
                Log.RoundFailed(logger, failure, sender.Destination, ElapsedText.Of(backOff.NextDelay()));
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.Delay(backOff.Delay, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task Round(DestinationSender sender, Way way, CancellationToken stop, CancellationToken giveUp)
    {
        await links.Prepare(stop);
        var (lane, bucket) = (way.Lane, way.Bucket);
        var news = signal.Next;

        // :: (0) Fold what is too much, or waits for its digest.
        if (way is { Folding: Folding.Incident, Lane: Lane.Ordinary }) await digests.EndIncident(sender.Destination, time.Now(), stop);
        var room = way.Folding == Folding.None ? int.MaxValue : await digests.Fold(sender.Destination, lane, way.Limit, time.Now(), stop);

        // :: (1) Claim as many as may be sent now.
        var leave = lane == Lane.Urgent ? 0 : LeftForUrgent;
        var most = bucket?.Take(options.Value.ConcurrentSends, leave) ?? options.Value.ConcurrentSends;
        if (most == 0)
        {
            await Task.Delay(bucket!.Wait(leave), time, stop);
            return;
        }

        var scope = way.Folding == Folding.None ? ClaimScope.All : room > 0 ? ClaimScope.Due : ClaimScope.Digests;
        IReadOnlyList<OutboxRow> rows = [];
        try
        {
            rows = await outbox.Claim(
                sender.Destination, lane, scope, time.Now(), sender.LongestSend + LongestWriteDown,
                room > 0 ? Math.Min(most, room) : most, stop);
        }
        finally
        {
            bucket?.GiveBack(most - rows.Count);
        }

        if (rows.Count == 0)
        {
            // In a storm there are news all the time, and each look counts them.
            var pause = Task.Delay(Look, time, stop);
            await (scope == ClaimScope.Digests ? pause : Task.WhenAny(news, pause));
            return;
        }

        // :: (2) Send and (3) write down.
        var answers = await Task.WhenAll(rows.Select(row => Deliver(sender, row, giveUp)));
        if (answers.Max(answer => answer.WaitsForCircuit) is { } circuit) await Task.Delay(circuit, time, stop);
    }

    private async Task<SendAnswer> Deliver(DestinationSender sender, OutboxRow row, CancellationToken giveUp)
    {
        var began = time.GetTimestamp();
        SendAnswer answer;
        try
        {
            answer = await sender.Send(row.Id, row.Notification, giveUp);
        }
        catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
        {
            await outbox.Postpone(row, row.Attempts, "the notifier was stopped while it was being sent", time.Now(),
                CancellationToken.None);
            throw;
        }

        metrics.Attempted(sender.Destination, answer, time.GetElapsedTime(began));
        await WriteDownInsisting(sender.Destination, row, answer);
        return answer;
    }

    // A delivery that is not written down is a delivery done twice: as long as the lease lasts it is tried, even when the program is
    // ending.
    private async Task WriteDownInsisting(Destination destination, OutboxRow row, SendAnswer answer)
    {
        for (var began = time.GetTimestamp(); ; await Task.Delay(AfterFailure, time))
        {
            try
            {
                await results.Record(destination, row, answer, time.Now());
                return;
            }
            catch (DbException down) when (time.GetElapsedTime(began) < LongestWriteDown)
            {
                Log.CannotRecord(logger, row.Id, destination, down.Message);
            }
        }
    }

    /// <param name="Lane">The lane.</param>
    /// <param name="Bucket">The rate of the channel, shared with whoever uses the same robot; null without one.</param>
    /// <param name="Limit">Messages in a minute; null without a limit.</param>
    /// <param name="Folding">How the channel gets what is more.</param>
    private sealed record Way(Lane Lane, TokenBucket? Bucket, StormLimit? Limit, Folding Folding);

    private sealed record Loop(Task Running, CancellationTokenSource Ends)
    {
        public async Task End()
        {
            await Ends.CancelAsync();
            await Running;
            Ends.Dispose();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2102, LogLevel.Error, "Deliveries to {Destination} failed and resume in {Wait}")]
        public static partial void RoundFailed(ILogger logger, Exception failure, Destination destination, string wait);

        [LoggerMessage(2103, LogLevel.Warning, "Cannot record the delivery result of notification {Id} to {Destination} yet: {Reason}")]
        public static partial void CannotRecord(ILogger logger, string id, Destination destination, string reason);

        [LoggerMessage(2104, LogLevel.Warning, "Database error; deliveries to {Destination} resume in {Wait}: {Reason}")]
        public static partial void DatabaseFails(ILogger logger, Destination destination, string reason, string wait);
    }
}
