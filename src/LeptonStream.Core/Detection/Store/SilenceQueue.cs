using LeptonStream.Detection.Snapshots;
using LeptonStream.Samples;

namespace LeptonStream.Detection.Store;

/// <summary>
/// The series in the order in which they may be forgotten: the one that was silent longest against its own pace comes first. A heap of
/// times; one that is out of date because its series spoke since is put right when it comes up, so that a sample costs nothing here. A
/// function of the records only.
/// </summary>
internal sealed class SilenceQueue
{
    // As long as an alert of a series that is silent goes on: so many of its intervals, and at least ten minutes.
    private const double Intervals = 20;
    private static readonly TimeSpan Least = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Most = TimeSpan.FromDays(90);

    private readonly PriorityQueue<SeriesState, (long Due, long Number)> _queue = new();

    /// <summary>Takes a new series in.</summary>
    public void Add(SeriesState series)
    {
        series.Number = Number++;
        series.SilenceDue = DueOf(series);
        Restore(series);
    }

    /// <summary>Takes a series in that has its number and its time.</summary>
    public void Restore(SeriesState series) => _queue.Enqueue(series, (series.SilenceDue, series.Number));

    /// <summary>Orders all series once more: the clock was set back.</summary>
    public void Renew(SeriesState[] all)
    {
        _queue.Clear();
        foreach (var series in all)
        {
            series.SilenceDue = DueOf(series);
            Restore(series);
        }
    }

    /// <summary>Number of series taken in so far: the next one's number.</summary>
    public long Number { get; set; }

    /// <summary>The series that may be forgotten first, if any may be now. It stays in the queue until it is forgotten.</summary>
    /// <param name="now">Log time.</param>
    /// <param name="cut">Keeps series as they were; null where no snapshot is being written.</param>
    public SeriesState? Next(Timestamp now, SnapshotCut? cut)
    {
        while (_queue.TryPeek(out var series, out var at))
        {
            if (series.IsForgotten)
            {
                _queue.Dequeue();
                continue;
            }

            if (at.Due > now.UnixNanoseconds) return null;
            // An open alert of it is followed to its end first.
            var due = series.IsHeld ? (now + Least).UnixNanoseconds : DueOf(series);
            if (due <= now.UnixNanoseconds) return series;
            cut?.Keep(series);
            series.SilenceDue = due;
            _queue.DequeueEnqueue(series, (due, at.Number));
        }

        return null;
    }

    private static long DueOf(SeriesState series)
    {
        var patience = TimeSpan.FromSeconds(Math.Min(Intervals * series.IntervalSeconds, Most.TotalSeconds));
        return (series.Heard + (patience > Least ? patience : Least)).UnixNanoseconds;
    }
}
