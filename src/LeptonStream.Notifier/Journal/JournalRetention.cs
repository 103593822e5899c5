using System.Data.Common;
using LeptonStream.Resilience;
using LeptonStream.Samples;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LeptonStream.Notifier.Journal;

/// <summary>
/// Keeps the journal for as long as the settings say: looks every ten minutes, and goes on step by step while there is more.
/// </summary>
internal sealed partial class JournalRetention(
    JournalTrim trim,
    JournalStart start,
    IOptions<NotifierOptions> options,
    TimeProvider time,
    ILogger<JournalRetention> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(10);

    // Between two steps others get their turn.
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(100);

    private readonly TimeSpan _journal = TimeSpan.FromDays(options.Value.JournalRetentionDays);
    private readonly TimeSpan _outbox = TimeSpan.FromDays(options.Value.OutboxRetentionDays);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await start.Completed.WaitAsync(stoppingToken);
        await Rounds.Run(TrimAll, Every, time, logger, stoppingToken);
    }

    private async Task TrimAll(CancellationToken stop)
    {
        var total = 0;
        try
        {
            for (var mayHaveMore = true; mayHaveMore; await Task.Delay(mayHaveMore ? Breath : TimeSpan.Zero, time, stop))
            {
                var now = time.Now();
                (var removed, mayHaveMore) = await trim.Step(now - _journal, now - _outbox, stop);
                total += removed;
            }
        }
        catch (DbException down)
        {
            Log.Later(logger, down.Message);
        }

        if (total > 0) Log.Trimmed(logger, total);
    }

    private static partial class Log
    {
        [LoggerMessage(2400, LogLevel.Information, "Journal trimmed: {Rows} alerts, notifications and other records were older than kept")]
        public static partial void Trimmed(ILogger logger, int rows);

        [LoggerMessage(2401, LogLevel.Warning, "Database error; the journal is trimmed later: {Reason}")]
        public static partial void Later(ILogger logger, string reason);
    }
}
