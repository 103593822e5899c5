using LeptonStream.Health;
using LeptonStream.Kafka;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Notifier.Journal;

/// <summary>The log of the journal. Where every event may cause a line, there is one a minute.</summary>
internal sealed partial class JournalLog(TimeProvider time, ILogger<AlertJournal> logger)
{
    private readonly OnceAMinute _conflicts = new(time);
    private int _unlogged;

    /// <summary>Logs conflicts that were stored.</summary>
    public void Conflicts(IReadOnlyCollection<EventConflict> conflicts)
    {
        if (conflicts.Count == 0) return;
        var all = Interlocked.Add(ref _unlogged, conflicts.Count);
        if (!_conflicts.IsDue()) return;
        Interlocked.Add(ref _unlogged, -all);
        var last = conflicts.Last();
        Log.Conflict(logger, all, last.Record.Event!.Id, last.KnownId,
            $"{PartitionNames.Of(last.Record.Topic, last.Record.Partition)}@{last.Record.Offset}");
    }

    /// <summary>Logs that groups of other routes are ours now.</summary>
    public void TakenOver(int groups)
    {
        if (groups > 0) Log.TakenOver(logger, groups);
    }

    /// <summary>Logs a silence that silences nothing. Its reader says so once for each change of it.</summary>
    public void UnreadableSilence(string id, string reason) => Log.UnreadableSilence(logger, id, reason);

    /// <summary>Logs a step of an escalation that reaches nobody.</summary>
    public void NobodyOnCall(string alertId, int step) => Log.NobodyOnCall(logger, alertId, step);

    private static partial class Log
    {
        [LoggerMessage(2200, LogLevel.Error,
            "{Count} events were not recorded and are kept in the table event_conflict: their id is known with another content. The last "
                + "is event {Event} at {Record}, in conflict with {Known}")]
        public static partial void Conflict(ILogger logger, int count, string @event, string known, string record);

        [LoggerMessage(2201, LogLevel.Information, "{Groups} groups of other routes are taken over")]
        public static partial void TakenOver(ILogger logger, int groups);

        [LoggerMessage(2202, LogLevel.Error, "Silence {Silence} can't be read and silences nothing: {Reason}")]
        public static partial void UnreadableSilence(ILogger logger, string silence, string reason);

        [LoggerMessage(2203, LogLevel.Warning,
            "Alert {Alert} is escalated to nobody: at step {Step} nobody is on call. `lepton oncall` shows when somebody is")]
        public static partial void NobodyOnCall(ILogger logger, string alert, int step);
    }
}
