using System.Runtime.InteropServices;
using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Points;
using LeptonStream.Series;

namespace LeptonStream.Cli.Map;

/// <summary>Everything that payloads became, in numbers.</summary>
internal sealed class MapTally
{
    private const int MostShared = 10;

    // Each with the partition that it came from; -1 where it was seen in two, and 0 of files.
    private readonly Dictionary<SeriesId, int> _series = [];
    private readonly List<string> _shared = [];

    public int Payloads { get; private set; }

    /// <summary>Payloads of which nothing could be read.</summary>
    public int Unreadable { get; private set; }

    /// <summary>Samples, and things beside them.</summary>
    public long Samples { get; private set; }

    public int SeriesCount => _series.Count;

    /// <summary>The first few series that came from two partitions.</summary>
    public IReadOnlyList<string> Shared => _shared;

    /// <summary>Points and payloads that were dropped, by reason.</summary>
    public SortedDictionary<string, long> Dropped { get; } = new(StringComparer.Ordinal);

    public void Add(MappedPayload payload)
    {
        Payloads++;
        if (!payload.IsRead) Unreadable++;
        Samples += payload.SampleCount;
        foreach (ref readonly var message in payload.Mapped.Messages)
            foreach (ref readonly var sample in payload.Mapped.SamplesOf(message)) Add(sample.Series, payload);
        foreach (ref readonly var passed in payload.Mapped.Distributions) Add(passed.Series, payload);
        foreach (var reason in Enum.GetValues<RefusalReason>()) Count($"{reason}", payload.Points.CountOf(reason));
        foreach (var reason in Enum.GetValues<DropReason>()) Count($"{reason}", payload.Mapped.CountOf(reason));
    }

    private void Add(MappedSeries series, MappedPayload payload)
    {
        var partition = payload.Record?.Partition.Value ?? 0;
        ref var first = ref CollectionsMarshal.GetValueRefOrAddDefault(_series, series.Id, out var isKnown);
        if (!isKnown) first = partition;
        if (first < 0 || first == partition) return;
        if (_shared.Count < MostShared) _shared.Add(series.ToString());
        first = -1;
    }

    private void Count(string reason, int count)
    {
        if (count > 0) Dropped[reason] = Dropped.GetValueOrDefault(reason) + count;
    }
}
