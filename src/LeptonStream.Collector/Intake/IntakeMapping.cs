using System.Collections.Concurrent;
using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Mapping.Store;
using LeptonStream.Collector.Quality;

namespace LeptonStream.Collector.Intake;

/// <summary>
/// The mapping in force. Each sender of each source has a mapper with its own state (the last value of each total, the time of each
/// series), so that none takes the room of another, and one payload of it is mapped at a time. Any thread may map.
/// </summary>
internal sealed class IntakeMapping
{
    private readonly SeriesOrigins _origins = new();
    private volatile Mappers _mappers;

    public IntakeMapping() => _mappers = new(CollectorConfig.Default, _origins);

    /// <summary>Series whose state is kept.</summary>
    public int SeriesCount => _mappers.SeriesCount;

    /// <summary>Finds series that come from two sources.</summary>
    public SeriesOrigins Origins => _origins;

    /// <summary>How good the data of each source are.</summary>
    public QualityBook Qualities { get; } = new();

    /// <summary>Puts changed rules in force. Totals begin with their next point.</summary>
    public void Adopt(CollectorConfig config)
    {
        _mappers = new(config, _origins);
        Qualities.Forget();
    }

    /// <summary>Maps the points of a lane.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="source">The way in, the topic or the job.</param>
    /// <param name="sender">Whoever sent it; empty where the source has one sender.</param>
    /// <param name="receivedAt">When, in nanoseconds since 1970.</param>
    public void Map(IntakeLane lane, in SourceContext source, string sender, long receivedAt)
    {
        while (!TryMap(_mappers.Of(source.Source, sender), lane, source, receivedAt))
        {
            // It was forgotten a moment ago.
        }

        Qualities.Observe(source, lane.Mapped, receivedAt);
    }

    private static bool TryMap(PointMapper mapper, IntakeLane lane, in SourceContext source, long receivedAt)
    {
        lock (mapper)
        {
            if (mapper.IsForgotten) return false;
            lane.Map(mapper, source, receivedAt);
            return true;
        }
    }

    /// <summary>Ends the series of a page that were not on it when it was mapped last.</summary>
    /// <param name="lane">Takes the ends.</param>
    /// <param name="source">The page's job, with the page.</param>
    /// <param name="now">When the page was mapped.</param>
    /// <param name="isRead">Whether it could be read.</param>
    public void EndMissing(IntakeLane lane, in SourceContext source, long now, bool isRead) =>
        EndMissing(lane, source, now, now, isRead);

    /// <summary>Lets go of the series of a page that are forgotten, and ends none.</summary>
    public void Clear(IntakeLane lane, in SourceContext source, long now) =>
        EndMissing(lane, source, long.MinValue, now, isRead: true);

    /// <summary>Ends all series of a page.</summary>
    public void EndAll(IntakeLane lane, in SourceContext source, long now) => EndMissing(lane, source, long.MaxValue, now, isRead: true);

    private void EndMissing(IntakeLane lane, in SourceContext source, long seenSince, long now, bool isRead)
    {
        if (source.Page is not { } page) return;
        var mapper = _mappers.Of(source.Source, "");
        lock (mapper) mapper.EndMissing(page, seenSince, now, isRead, lane.Mapped);
        var isOffPage = isRead && seenSince != long.MaxValue;
        Qualities.End(source, lane.Mapped, isRead ? EntityEnd.Left : EntityEnd.Unreachable, isOffPage);
    }

    /// <summary>How the data of each model of each source were since the last call. Forgets senders that are long silent.</summary>
    /// <param name="now">Now, in nanoseconds since 1970.</param>
    public IReadOnlyList<ModelReport> TakeQuality(long now)
    {
        _mappers.Forget(now);
        return Qualities.Take(now);
    }

    private sealed class Mappers(CollectorConfig config, SeriesOrigins origins)
    {
        private readonly ConcurrentDictionary<(string Source, string Sender), PointMapper> _bySource = [];
        private readonly SeriesMemory _memory = new(config.MaxSeriesBytes);

        // Read without their locks: a count that is a moment old is as good.
        public int SeriesCount => _bySource.Values.Sum(mapper => mapper.SeriesCount);

        public PointMapper Of(string source, string sender) => _bySource.GetOrAdd((source, sender), _ => new(config, origins, _memory));

        public void Forget(long now)
        {
            foreach (var (key, mapper) in _bySource)
            {
                // Topics and jobs are those of the settings, and the records of a topic may be old.
                if (key.Sender.Length == 0) continue;
                lock (mapper)
                {
                    if (mapper.LastMapped == 0 || now - mapper.LastMapped <= SeriesStore.Memory) continue;
                    _bySource.TryRemove(key, out _);
                    mapper.Forget();
                }
            }
        }
    }
}
