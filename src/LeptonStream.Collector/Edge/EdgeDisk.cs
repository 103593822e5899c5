using LeptonStream.Collector.Edge.Local;
using LeptonStream.Health;

namespace LeptonStream.Collector.Edge;

/// <summary>
/// Keeps the edge's folder: makes safe what was written, notes how far readers are, and removes what nobody needs. A disk that takes
/// nothing is trouble that is said, and stops nothing. Used by the worker's thread.
/// </summary>
internal sealed class EdgeDisk(EdgeFolder folder, LocalDetector detector, IReadOnlyList<AlertDelivery> deliveries, TimeProvider time)
{
    private static readonly TimeSpan SyncEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StateEvery = TimeSpan.FromMinutes(1);

    private readonly long _began = time.GetTimestamp();
    private TimeSpan _syncDue;
    private TimeSpan _stateDue = StateEvery;
    private long _dropped;

    /// <summary>Does what is due.</summary>
    public void Round(TroubleLog troubles)
    {
        // Not by the clock of the host, which may be set back.
        var now = time.GetElapsedTime(_began);
        if (now >= _syncDue)
        {
            _syncDue = now + SyncEvery;
            Try(troubles, "sync", Sync);
        }

        if (now >= _stateDue)
        {
            _stateDue = now + StateEvery;
            Try(troubles, "state", detector.Save);
        }

        Trim(time.GetUtcNow().ToUnixTimeMilliseconds());
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

    private void Trim(long now)
    {
        folder.Samples.Trim(Math.Min(folder.Sent.Next, detector.SavedTo), now);
        var delivered = deliveries.Count == 0 ? long.MaxValue : deliveries.Min(delivery => delivery.Next);
        folder.Alerts.MarkRead(delivered);
        folder.Alerts.Trim(delivered, now);
    }

    private void Report(TroubleLog troubles)
    {
        var dropped = folder.Samples.Dropped;
        troubles.Count("records dropped before Kafka had them", "oldest_first", dropped - _dropped);
        _dropped = dropped;
        troubles.Set("disk", folder.Samples.DiskTrouble is { } trouble
            ? $"the spool's disk takes nothing, and new records are in memory alone (Edge:SpoolPath): {trouble}"
            : null);
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
