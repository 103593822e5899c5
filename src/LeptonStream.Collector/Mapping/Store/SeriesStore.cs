using LeptonStream.Series;

namespace LeptonStream.Collector.Mapping.Store;

/// <summary>
/// The series of a mapper, found by the hash of the series as the source writes it. At the limit the one that was silent longest goes, if
/// it was silent for minutes; else new ones are refused. One that was silent for more than a day goes in any case.
/// </summary>
/// <param name="limit">How many there may be.</param>
/// <param name="memory">Its share of the bytes of all stores.</param>
internal sealed class SeriesStore(int limit, SeriesMemory.Share memory)
{
    /// <summary>After so long, in nanoseconds, a series makes room for another.</summary>
    public const long Silence = 5L * 60 * 1_000_000_000;

    /// <summary>
    /// A series or sender that is silent for so long, in nanoseconds, is forgotten. A total that comes once a day keeps its rate.
    /// </summary>
    public const long Memory = 26L * 60 * 60 * 1_000_000_000;

    // Of a store that is full two go for each that comes, so that what is too much for it becomes less.
    private const int GoneForOne = 2;

    // Payloads that are read side by side differ by less.
    private const long ClockStep = 10L * 1_000_000_000;

    private readonly Dictionary<UInt128, SeriesEntry> _entries = [];
    private readonly Dictionary<UInt128, SeriesEntry> _owners = [];
    private readonly Dictionary<(string Model, LabelSet Labels), MappedEntity> _entities = [];
    private SeriesEntry? _newest;
    private SeriesEntry? _oldest;

    /// <summary>How many series there are.</summary>
    public int Count => _entries.Count;

    /// <summary>How many have made room for others.</summary>
    public long Forgotten { get; private set; }

    /// <summary>
    /// Finds a series. One that was seen later than now is forgotten: the clock of this machine was set back, and until it has caught up
    /// whatever comes would be older than the newest point.
    /// </summary>
    public SeriesEntry? Find(UInt128 id, long now)
    {
        if (!_entries.TryGetValue(id, out var entry) || entry.LastSeen - now <= ClockStep) return entry;
        Remove(entry);
        return null;
    }

    /// <summary>Makes room for one more.</summary>
    /// <returns>False where all are alive.</returns>
    public bool TryMakeRoom(long now)
    {
        var gone = 0;
        for (; gone < GoneForOne && IsFull && _oldest is { } oldest && now - oldest.LastSeen >= Silence; gone++)
        {
            Forgotten++;
            Remove(oldest);
        }

        return gone > 0 || !IsFull;
    }

    private bool IsFull => _entries.Count >= limit || memory.IsFull;

    /// <summary>Forgets those that were silent for more than a day.</summary>
    public void ForgetSilent(long now)
    {
        while (_oldest is { } oldest && now - oldest.LastSeen > Memory) Remove(oldest);
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        while (_oldest is { } oldest) Remove(oldest);
    }

    public void Add(SeriesEntry entry, long now)
    {
        AddRefused(entry, now);
        OwnAll(entry);
    }

    /// <summary>Adds one that owns nothing so far.</summary>
    public void AddRefused(SeriesEntry entry, long now)
    {
        _entries.Add(entry.Id, entry);
        memory.Take(SeriesMemory.Of(entry));
        entry.LastSeen = now;
        PutFirst(entry);
    }

    /// <summary>Gives an entry its outputs.</summary>
    public void OwnAll(SeriesEntry entry)
    {
        foreach (var output in entry.Owned)
            if (output is not null) Own(output, entry);
    }

    /// <summary>Gives an entry one more output.</summary>
    public void Own(MappedSeries output, SeriesEntry entry)
    {
        // A summary has a quantile that its family has, too.
        var isOwned = _owners.ContainsKey(output.Id.Value);
        _owners[output.Id.Value] = entry;
        if (isOwned) return;
        memory.Take(SeriesMemory.Of(output));
        _entities.TryAdd((output.Entity.Model, output.Entity.Labels), output.Entity);
        if (output.Entity.SeriesCount++ == 0) memory.Take(SeriesMemory.Of(output.Entity));
    }

    /// <summary>Marks an entry as seen.</summary>
    public void Touch(SeriesEntry entry, long now)
    {
        entry.LastSeen = Math.Max(now, entry.LastSeen);
        if (ReferenceEquals(entry, _newest)) return;
        Unlink(entry);
        PutFirst(entry);
    }

    /// <summary>Another series that becomes the same as this one, if it was heard of lately; one that was not makes room.</summary>
    public SeriesEntry? RivalOf(SeriesEntry entry, long now)
    {
        foreach (var output in entry.Owned)
        {
            if (output is null || !_owners.TryGetValue(output.Id.Value, out var owner) || ReferenceEquals(owner, entry)) continue;
            if (now - owner.LastSeen < Silence) return owner;
            Remove(owner);
        }

        return null;
    }

    public void Remove(SeriesEntry entry)
    {
        if (_entries.Remove(entry.Id)) memory.Take(-SeriesMemory.Of(entry));
        entry.IsRemoved = true;
        Unlink(entry);
        foreach (var output in entry.Outputs) Disown(output, entry);
        foreach (var (_, series) in entry.Quantiles ?? []) Disown(series, entry);
        Disown(entry.Lone.Sum, entry);
        Disown(entry.Lone.Count, entry);
    }

    public MappedEntity EntityOf(string model, LabelSet labels)
    {
        if (_entities.TryGetValue((model, labels), out var known)) return known;
        var entity = new MappedEntity(model, labels);
        _entities.Add((model, labels), entity);
        return entity;
    }

    private void Disown(MappedSeries? output, SeriesEntry entry)
    {
        if (output is null || !_owners.TryGetValue(output.Id.Value, out var owner) || !ReferenceEquals(owner, entry)) return;
        _owners.Remove(output.Id.Value);
        memory.Take(-SeriesMemory.Of(output));
        if (--output.Entity.SeriesCount > 0) return;
        memory.Take(-SeriesMemory.Of(output.Entity));
        _entities.Remove((output.Entity.Model, output.Entity.Labels));
    }

    private void PutFirst(SeriesEntry entry)
    {
        (entry.Older, entry.Newer) = (_newest, null);
        if (_newest is not null) _newest.Newer = entry;
        _newest = entry;
        _oldest ??= entry;
    }

    private void Unlink(SeriesEntry entry)
    {
        if (entry.Newer is { } newer) newer.Older = entry.Older;
        else if (ReferenceEquals(_newest, entry)) _newest = entry.Older;
        if (entry.Older is { } older) older.Newer = entry.Newer;
        else if (ReferenceEquals(_oldest, entry)) _oldest = entry.Newer;
        (entry.Newer, entry.Older) = (null, null);
    }
}
