namespace LeptonStream.Collector.Mapping;

/// <summary>A series that two sources wrote within minutes: each would be judged half, or twice.</summary>
/// <param name="Series">The series.</param>
/// <param name="First">A source of it, with its partition.</param>
/// <param name="Second">Another.</param>
/// <param name="SeenAt">When the second was seen, in nanoseconds since 1970.</param>
public readonly record struct SharedSeries(string Series, string First, string Second, long SeenAt);

/// <summary>
/// Finds series that come from two sources or partitions. It remembers the source of each series of the last minutes by a part of its hash,
/// in a table that never grows: under pressure it forgets, and never accuses wrongly but by a collision of 64 bits. For all mappers of a
/// process; several threads may ask.
/// </summary>
public sealed class SeriesOrigins
{
    // Two megabytes.
    private const int Slots = 1 << 16;
    private const int Ways = 4;
    private const int MostKept = 16;

    // A source that was replaced is silent from then on.
    private const long Memory = 3L * 60 * 1_000_000_000;

    private readonly (ulong Series, int Origin, long At)[] _slots = new (ulong, int, long)[Slots];
    private readonly List<(string Source, int Partition)> _origins = [];
    private readonly List<SharedSeries> _shared = [];
    private readonly Lock _lock = new();

    /// <summary>How many times a series was seen from another source than before.</summary>
    public long Count { get; private set; }

    /// <summary>The newest of them, at most 16, the newest last.</summary>
    public IReadOnlyList<SharedSeries> Shared
    {
        get
        {
            lock (_lock) return [.. _shared];
        }
    }

    /// <summary>Says that a source wrote a series.</summary>
    /// <param name="series">The series.</param>
    /// <param name="source">The source.</param>
    /// <param name="now">When, in nanoseconds since 1970.</param>
    /// <returns>Whether another source has written it within the last minutes.</returns>
    public bool Saw(MappedSeries series, in SourceContext source, long now)
    {
        ArgumentNullException.ThrowIfNull(series);
        var id = (ulong)series.Id.Value;
        lock (_lock)
        {
            var origin = NumberOf(source);
            ref var slot = ref SlotOf(id);
            var before = slot;
            slot = (id, origin, now);
            if (before.Series != id || before.Origin == origin || now - before.At > Memory) return false;
            Count++;
            if (_shared.Count == MostKept) _shared.RemoveAt(0);
            _shared.Add(new(series.ToString(), NameOf(before.Origin), NameOf(origin), now));
            return true;
        }
    }

    // Its own slot, else the one that was quiet longest.
    private ref (ulong Series, int Origin, long At) SlotOf(ulong id)
    {
        var first = (int)(id % (Slots / Ways)) * Ways;
        var best = first;
        for (var i = first; i < first + Ways; i++)
        {
            if (_slots[i].Series == id) return ref _slots[i];
            if (_slots[i].At < _slots[best].At) best = i;
        }

        return ref _slots[best];
    }

    private int NumberOf(in SourceContext source)
    {
        for (var i = 0; i < _origins.Count; i++)
            if (_origins[i].Partition == source.Partition && _origins[i].Source == source.Source) return i;
        _origins.Add((source.Source, source.Partition));
        return _origins.Count - 1;
    }

    private string NameOf(int origin) => $"{_origins[origin].Source}/{_origins[origin].Partition}";
}
