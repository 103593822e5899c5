using LeptonStream.Collector.Edge.Spooling;
using LeptonStream.Resilience;

namespace LeptonStream.Collector.Edge.Local;

/// <summary>
/// Delivers the alerts of this host to one target, in order, at least once: an alert whose delivery fails is tried again, however long that
/// takes, and a start goes on where the cursor is. Nothing else waits for it.
/// </summary>
internal sealed class AlertDelivery(EdgeFolder folder, IAlertTarget target, EdgeMetrics metrics, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly SpoolCursor _cursor = new(folder.Root, target.Name);
    private readonly BackOff _backOff = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
    private string? _trouble;

    /// <summary>Reason in plain words for which the last attempt failed; null where it did not.</summary>
    public string? Trouble => Volatile.Read(ref _trouble) is { } trouble ? $"{target.Name}: {trouble}" : null;

    /// <summary>The name of its target.</summary>
    public string Name => target.Name;

    /// <summary>The sequence of the next alert to deliver.</summary>
    public long Next => _cursor.Next;

    /// <summary>Writes down how far it has come.</summary>
    /// <exception cref="IOException">The disk does not take it.</exception>
    public void Save() => _cursor.Save();

    /// <summary>Delivers until it is asked to stop.</summary>
    public async Task Run(CancellationToken stop)
    {
        var reader = folder.Alerts.ReadFrom(_cursor.Next);
        var records = new List<SpoolRecord>(1);
        while (!stop.IsCancellationRequested)
        {
            records.Clear();
            if (reader.Read(records, 1) == 0)
            {
                await Task.Delay(Pause, time, stop);
                continue;
            }

            while (await target.Deliver(records[0], stop) is { } reason)
            {
                Volatile.Write(ref _trouble, reason);
                metrics.Delivered(target.Name, "failed");
                await Task.Delay(_backOff.NextDelay(), time, stop);
            }

            _backOff.Reset();
            Volatile.Write(ref _trouble, null);
            _cursor.Next = records[0].Sequence + 1;
        }
    }
}
