using System.Collections.Concurrent;
using LeptonStream.Collector.Mapping;

namespace LeptonStream.Collector.Intake;

/// <summary>
/// The mapping in force. Each source has a mapper with its own state (the last value of each total, the time of each series), and one
/// payload of a source is mapped at a time. Any thread may map.
/// </summary>
internal sealed class IntakeMapping
{
    private volatile Mappers _mappers = new(CollectorConfig.Default);

    /// <summary>Series whose state is kept.</summary>
    public int SeriesCount => _mappers.SeriesCount;

    /// <summary>Puts changed rules in force. Totals begin with their next point.</summary>
    public void Adopt(CollectorConfig config) => _mappers = new(config);

    /// <summary>Maps the points of a lane.</summary>
    public void Map(IntakeLane lane, in SourceContext source, long receivedAt)
    {
        var mapper = _mappers.Of(source.Source);
        lock (mapper) lane.Map(mapper, source, receivedAt);
    }

    private sealed class Mappers(CollectorConfig config)
    {
        private readonly ConcurrentDictionary<string, PointMapper> _bySource = [];

        // Read without their locks: a count that is a moment old is as good.
        public int SeriesCount => _bySource.Values.Sum(mapper => mapper.SeriesCount);

        public PointMapper Of(string source) => _bySource.GetOrAdd(source, _ => new(config));
    }
}
