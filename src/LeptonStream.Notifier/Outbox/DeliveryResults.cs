using LeptonStream.Explanations;
using LeptonStream.Notifier.Channels;
using LeptonStream.Notifier.Journal;
using LeptonStream.Output;
using LeptonStream.Samples;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LeptonStream.Notifier.Outbox;

/// <summary>
/// Decides what becomes of a notification after an attempt: it is sent, comes back later (when the receiver said, or later and later), or
/// is dead: refused, or tried for a whole day. Of one that is refused the group tries again.
/// </summary>
internal sealed partial class DeliveryResults(
    NotificationOutbox outbox, AlertJournal journal, IOptions<NotifierOptions> options, NotifierMetrics metrics,
    ILogger<DeliveryResults> logger)
{
    private readonly TimeSpan _giveUpAfter = TimeSpan.FromHours(options.Value.GiveUpAfterHours);

    /// <summary>Writes it down; a failure of the database is the caller's.</summary>
    public async Task Record(Destination destination, OutboxRow row, SendAnswer answer, Timestamp now)
    {
        var (outcome, attempts) = (answer.Outcome, row.Attempts + answer.Attempts);
        switch (outcome)
        {
            case { Result: DeliveryResult.Delivered }:
                await outbox.MarkSent(row, attempts, outcome.Error, now, CancellationToken.None);
                if (outcome.Error is { } missed) Log.NotForAll(logger, row.Id, destination, missed);
                metrics.Delivered(destination, now - row.CreatedAt);
                break;
            case { Result: DeliveryResult.Refused }:
                var again = await journal.Refuse(row, attempts, outcome.Error!, _giveUpAfter, now, CancellationToken.None);
                metrics.Died(destination);
                if (again is { } time)
                    Log.TriedAgain(logger, row.Id, destination, EnglishCount.Of(attempts, "attempt"), time, outcome.Error!);
                else Log.Dead(logger, row.Id, destination, EnglishCount.Of(attempts, "attempt"), outcome.Error!);
                break;
            case var _ when answer.WaitsForCircuit is { } circuit:
                await outbox.Postpone(row, attempts, outcome.Error!, now + circuit, CancellationToken.None);
                break;
            case var _ when now - row.Since >= _giveUpAfter:
                await MarkDead(destination, row, attempts, $"given up after {_giveUpAfter.TotalHours:0} h; last: {outcome.Error}");
                break;
            default:
                await Postpone(destination, row, attempts, outcome, now);
                break;
        }
    }

    private async Task Postpone(Destination destination, OutboxRow row, int attempts, DeliveryOutcome outcome, Timestamp now)
    {
        var wait = outcome.RetryAfter is { } asked ? RetrySchedule.Asked(asked) : RetrySchedule.After(attempts, Random.Shared.NextDouble());
        if (outcome.RetryAfter is not null) await outbox.Pause(destination, now + wait, CancellationToken.None);
        await outbox.Postpone(row, attempts, outcome.Error!, now + wait, CancellationToken.None);
        Log.Postponed(logger, row.Id, destination, EnglishCount.Of(attempts, "attempt"), ElapsedText.Of(wait), outcome.Error!);
    }

    private async Task MarkDead(Destination destination, OutboxRow row, int attempts, string error)
    {
        await outbox.MarkDead(row, attempts, error, CancellationToken.None);
        metrics.Died(destination);
        Log.Dead(logger, row.Id, destination, EnglishCount.Of(attempts, "attempt"), error);
    }

    private static partial class Log
    {
        [LoggerMessage(2100, LogLevel.Warning, "Notification {Id} to {Destination} postponed by {Wait} after {Attempts}: {Error}")]
        public static partial void Postponed(
            ILogger logger, string id, Destination destination, string attempts, string wait, string error);

        [LoggerMessage(2101, LogLevel.Error, "Notification {Id} to {Destination} is dead after {Attempts}: {Error}")]
        public static partial void Dead(ILogger logger, string id, Destination destination, string attempts, string error);

        [LoggerMessage(2106, LogLevel.Error,
            "Notification {Id} to {Destination} is dead after {Attempts}, its group tries again at {Again}: {Error}")]
        public static partial void TriedAgain(
            ILogger logger, string id, Destination destination, string attempts, Timestamp again, string error);

        [LoggerMessage(2105, LogLevel.Warning, "Notification {Id} to {Destination} did not reach every recipient: {Error}")]
        public static partial void NotForAll(ILogger logger, string id, Destination destination, string error);
    }
}
