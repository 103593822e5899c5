namespace LeptonStream.Collector.Mapping.Store;

/// <summary>
/// The series of one scraped page, so that those which are no longer on it end. It belongs to a target, and is changed while the target's
/// mapper is held.
/// </summary>
public sealed class PageSeries
{
    private readonly HashSet<SeriesEntry> _entries = [];
    private PointMapper? _mapper;

    /// <summary>How many series the page had.</summary>
    public int Count => _entries.Count;

    /// <summary>The series, for the mapper that keeps them: of another mapper there are none.</summary>
    internal HashSet<SeriesEntry> Of(PointMapper mapper)
    {
        if (ReferenceEquals(_mapper, mapper)) return _entries;
        // Rules have changed: what they made of the page before is known to nobody any more.
        _mapper = mapper;
        _entries.Clear();
        return _entries;
    }
}
