using LeptonStream.Collector.Edge.Local;
using LeptonStream.Health;
using LeptonStream.Resilience;

namespace LeptonStream.Collector.Edge;

/// <summary>
/// Keeps the edge's folder: makes safe what was written, notes how far readers are, and removes what nobody needs. A disk that takes
/// nothing is trouble that is said, and stops nothing. Used by the worker's thread.
/// </summary>
internal sealed class EdgeDisk(EdgeFolder folder, LocalDetector detector, IReadOnlyList<AlertDelivery> deliveries, TimeProvider time)
{
    private static readonly TimeSpan SyncEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StateEvery = TimeSpan.FromMinutes(1);

    private readonly Pace _sync = new(SyncEvery, time);
    private readonly Pace _state = new(StateEvery, time, isDueAtOnce: false);
    private long _dropped;

    /// <summary>Does what is due.</summary>
    public void Round(TroubleLog troubles)
    {
        if (_sync.IsDue()) Try(troubles, "sync", Sync);
        if (_state.IsDue()) Try(troubles, "state", detector.Save);
        Trim();
        Report(troubles);
    }

    /// <summary>Makes everything safe at the end.</summary>
    public void Close(TroubleLog troubles)
    {
        Try(troubles, "sync", Sync);
        Try(troubles, "state", detector.Save);
    }

    private void Sync()
    {
        folder.Samples.Sync();
        folder.Alerts.Sync();
        folder.Sent.Save();
        foreach (var delivery in deliveries) delivery.Save();
    }

    private void Trim()
    {
        folder.Samples.Trim(Math.Min(folder.Sent.Next, detector.SavedTo));
        var delivered = deliveries.Count == 0 ? long.MaxValue : deliveries.Min(delivery => delivery.Next);
        folder.Alerts.MarkRead(delivered);
        folder.Alerts.Trim(Math.Min(delivered, detector.AlertsSavedTo));
    }

    private void Report(TroubleLog troubles)
    {
        var dropped = folder.Samples.Dropped;
        troubles.Count("records dropped before Kafka had them", "oldest_first", dropped - _dropped);
        _dropped = dropped;
        Report(troubles, "samples", folder.Samples.TakeDamage());
        Report(troubles, "alerts", folder.Alerts.TakeDamage());
        troubles.Set("disk", folder.Samples.DiskTrouble is { } trouble
            ? $"the spool's disk takes nothing, and new records are in memory alone (Edge:SpoolPath): {trouble}"
            : null);
    }

    private static void Report(TroubleLog troubles, string spool, IReadOnlyList<(long First, long Last)> damage)
    {
        foreach (var (first, last) in damage)
            troubles.Count("records of the spool that the disk has changed", spool, last - first + 1, $"sequences {first} to {last}");
    }

    private static void Try(TroubleLog troubles, string name, Action act)
    {
        try
        {
            act();
            troubles.Set(name, null);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            troubles.Set(name, $"the spool's folder is not written (Edge:SpoolPath): {failure.Message}");
        }
    }
}
