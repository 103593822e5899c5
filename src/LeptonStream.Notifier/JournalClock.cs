using System.Globalization;
using LeptonStream.Health;
using LeptonStream.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Notifier;

/// <summary>
/// Compares this process's clock with the database's, at its start and once a minute. Timers of groups, leases of deliveries and steps of
/// escalations are moments in SQL that whichever notifier comes first finds due by its own clock: one that is ahead takes all of them
/// early, one that is behind notifies late where it is alone.
/// </summary>
internal sealed partial class JournalClock(
    Database database,
    [FromKeyedServices(RoleNames.Notifier)] LoopHealth health,
    NotifierMetrics metrics,
    TimeProvider time,
    ILogger<JournalClock> logger)
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(30);

    private long? _compared;
    private TimeSpan _ahead;

    /// <summary>The time by the database's clock, so far as it is known.</summary>
    public DateTimeOffset Now => time.GetUtcNow() - _ahead;

    /// <summary>Compares the clocks when it is time.</summary>
    public async Task Check(CancellationToken stop)
    {
        // A file has no clock of its own.
        if (database.Kind != DatabaseKind.PostgreSql) return;
        if (_compared is { } compared && time.GetElapsedTime(compared) < Every) return;
        await using var connection = await database.Open(stop);
        var (before, began) = (time.GetUtcNow(), time.GetTimestamp());
        var theirs = await database.Now(connection, time, stop);
        var took = time.GetElapsedTime(began);
        _compared = began;
        _ahead = before + (took / 2) - theirs;
        metrics.ClockIsAhead(_ahead);
        // Where the answer took long, so much of the difference may be its way.
        Report(isOff: _ahead.Duration() - (took / 2) > Tolerance);
    }

    private void Report(bool isOff)
    {
        var seconds = _ahead.Duration().TotalSeconds.ToString("F0", CultureInfo.InvariantCulture);
        var problem = !isOff ? null
            : RoleProblem.Of(_ahead > TimeSpan.Zero ? ProblemCode.ClockAhead : ProblemCode.ClockBehind, ("seconds", seconds));
        health.SetDegradation(Concern.Clock, problem);
        if (problem is not null) Log.ClockIsOff(logger, problem.Text);
    }

    private static partial class Log
    {
        [LoggerMessage(2070, LogLevel.Warning, "Clocks differ: {Problem}")]
        public static partial void ClockIsOff(ILogger logger, string problem);
    }
}
