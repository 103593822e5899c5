using LeptonStream.Series;

namespace LeptonStream.Collector.Intake;

/// <summary>
/// The series that a source has: so many and no more, so that a label with an endless number of values ends with its source. Known series
/// go on. One that was silent for an hour or two makes room.
/// </summary>
/// <param name="limit">The most; 0 for no limit.</param>
/// <param name="time">The clock.</param>
internal sealed class SeriesLimit(int limit, TimeProvider time)
{
    private static readonly TimeSpan Generation = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();

    // With the generation in which each was seen last.
    private readonly Dictionary<SeriesId, int> _seen = [];
    private int _generation;
    private long _began = time.GetTimestamp();

    /// <summary>Series that are known now.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _seen.Count;
        }
    }

    /// <summary>Marks which samples may pass.</summary>
    /// <param name="series">The series of the samples.</param>
    /// <param name="mayPass">Takes an answer for each.</param>
    /// <returns>How many may not.</returns>
    public int Check(ReadOnlySpan<SeriesId> series, Span<bool> mayPass)
    {
        var refused = 0;
        lock (_lock)
        {
            Age();
            for (var i = 0; i < series.Length; i++)
            {
                mayPass[i] = _seen.Count < limit || _seen.ContainsKey(series[i]);
                if (mayPass[i]) _seen[series[i]] = _generation;
                else refused++;
            }
        }

        return refused;
    }

    private void Age()
    {
        if (time.GetElapsedTime(_began) < Generation) return;
        _began = time.GetTimestamp();
        _generation++;
        foreach (var (series, seen) in _seen)
            if (seen < _generation - 1) _seen.Remove(series);
    }
}
