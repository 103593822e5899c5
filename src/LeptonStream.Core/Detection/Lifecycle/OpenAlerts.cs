using LeptonStream.Detection.EarlyWarning;
using LeptonStream.Detection.Entities;
using LeptonStream.Detection.Events;
using LeptonStream.Detection.Store;
using LeptonStream.Samples;

namespace LeptonStream.Detection.Lifecycle;

/// <summary>The open alerts of a partition, so that none outlives its series: looked through every ten seconds by the clock of the log.</summary>
internal sealed class OpenAlerts(AlertTiming timing)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    // After a hole in the log nobody is gone before there was time to come back.
    private static readonly TimeSpan Hole = TimeSpan.FromSeconds(20);

    private readonly List<SeriesState> _series = [];
    private readonly List<EntityState> _entities = [];
    private readonly List<SeriesState> _ended = [];
    private Timestamp _swept = new(long.MinValue);
    private Timestamp _resumed = new(long.MinValue);

    /// <summary>The series whose alerts the last sweep ended.</summary>
    public List<SeriesState> Ended => _ended;

    /// <summary>Keeps an eye on a series.</summary>
    public void Add(SeriesState series)
    {
        if (!_series.Contains(series)) _series.Add(series);
    }

    /// <summary>Keeps an eye on an entity.</summary>
    public void Add(EntityState entity)
    {
        if (!_entities.Contains(entity)) _entities.Add(entity);
    }

    /// <summary>Ends the alerts of those that are gone.</summary>
    /// <param name="now">The clock of the log.</param>
    /// <param name="sink">Takes the events.</param>
    public void Sweep(Timestamp now, in EventSink sink)
    {
        _ended.Clear();
        if (_swept.UnixNanoseconds != long.MinValue && now - _swept < Every) return;
        if (_swept.UnixNanoseconds != long.MinValue && now - _swept > Every + Hole) _resumed = now;
        _swept = now;
        for (var i = _series.Count - 1; i >= 0; i--)
        {
            var series = _series[i];
            if (series.IsTold && IsGone(series, now)) End(series, now, sink);
            if (!series.IsTold) _series.RemoveAt(i);
        }

        for (var i = _entities.Count - 1; i >= 0; i--)
        {
            var entity = _entities[i];
            if (entity.HasOpenAlert && AreGone(entity.Row, now)) End(entity, now, sink);
            if (!entity.HasOpenAlert) _entities.RemoveAt(i);
        }
    }

    private bool AreGone(EntityRow row, Timestamp now)
    {
        for (var i = 0; i < row.Count; i++)
            if (row[i] is { } series && !IsGone(series, now)) return false;
        return true;
    }

    private bool IsGone(SeriesState series, Timestamp now)
    {
        var since = series.Heard > _resumed ? series.Heard : _resumed;
        return now - since >= timing.GoneFor(series.IntervalSeconds);
    }

    private void End(SeriesState series, Timestamp now, in EventSink sink)
    {
        var last = series.Pipeline.LastOf(series) with { Time = now };
        if (series.Limit is { } limit && limit.End(LimitChange.Gone, now) is LimitChange.Gone) sink.Add(LimitEvents.Of(sink, series, limit, LimitChange.Gone, last));
        if (series.Alert.End(AlertChange.Gone, now) == AlertChange.Gone)
            sink.Add(SeriesEvents.Of(sink, series, new(last, 0, AlertChange.Gone, Forecasting.Forecast.None, series.Baseline?.At(now) ?? ExpectedBand.None)));
        series.Baseline = null;
        _ended.Add(series);
    }

    private static void End(EntityState entity, Timestamp now, in EventSink sink)
    {
        if (entity.Memory.Alert.End(AlertChange.Gone, now) != AlertChange.Gone) return;
        sink.Add(EntityEvents.Of(sink, entity, new(0, AlertChange.Gone, 0, 0, 0), now));
        entity.Memory.Baselines.Clear();
    }
}
