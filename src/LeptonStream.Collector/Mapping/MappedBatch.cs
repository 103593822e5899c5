using System.Runtime.InteropServices;

namespace LeptonStream.Collector.Mapping;

/// <summary>All metrics of one entity at one time: one native message.</summary>
/// <param name="Entity">The model and labels.</param>
/// <param name="Time">Event time, in nanoseconds since 1970.</param>
/// <param name="Step">The training step; -1 for none.</param>
/// <param name="First">The place of its first sample.</param>
/// <param name="Count">How many samples it has.</param>
public readonly record struct MappedMessage(MappedEntity Entity, long Time, long Step, int First, int Count);

/// <summary>A value of a series.</summary>
/// <param name="Series">The series.</param>
/// <param name="Value">Its value.</param>
public readonly record struct MappedSample(MappedSeries Series, double Value);

/// <summary>A series that ended.</summary>
/// <param name="Series">The series.</param>
/// <param name="Time">When, in nanoseconds since 1970.</param>
public readonly record struct EndedSeries(MappedSeries Series, long Time);

/// <summary>A distribution that is passed on.</summary>
/// <param name="Series">Its entity and name.</param>
/// <param name="Time">Event time, in nanoseconds since 1970.</param>
/// <param name="Step">The training step; -1 for none.</param>
/// <param name="Json">It, as JSON.</param>
public readonly record struct MappedDistribution(MappedSeries Series, long Time, long Step, ReadOnlyMemory<byte> Json);

/// <summary>A version of a model that is passed on.</summary>
/// <param name="Entity">The model.</param>
/// <param name="Time">From when on, in nanoseconds since 1970.</param>
/// <param name="Version">The version.</param>
public readonly record struct MappedVersion(MappedEntity Entity, long Time, string Version);

/// <summary>
/// Everything that the points of one or more payloads became: messages, ended series, and the points that became nothing, with their
/// reasons. It is used again and again; nothing is allocated once it has grown. An instance belongs to one thread at a time.
/// </summary>
/// <param name="keptDrops">How many dropped points are kept with their texts; all are counted.</param>
public sealed class MappedBatch(int keptDrops = 64)
{
    // Core refuses a message with more.
    private const int MostMetrics = 1024;

    private readonly List<MappedSample> _arrived = [];
    private readonly List<int> _messageOf = [];
    private readonly List<MappedMessage> _messages = [];
    private readonly List<EndedSeries> _ended = [];
    private readonly List<MappedDistribution> _distributions = [];
    private readonly List<MappedVersion> _versions = [];
    private readonly List<MappingDrop> _drops = [];
    private readonly List<MappedSeries> _quiet = [];
    private readonly List<MappedSeries> _shared = [];
    private readonly Dictionary<string, FaultCounts> _faults = new(StringComparer.Ordinal);
    private readonly int[] _dropped = new int[Enum.GetValues<DropReason>().Length];
    private readonly Dictionary<(MappedEntity Entity, long Time, long Step), int> _open = [];
    private MappedSample[] _samples = [];
    private bool _isSorted = true;
    private int _last = -1;

    /// <summary>The messages, each with at least one sample, in the order of their first points.</summary>
    public ReadOnlySpan<MappedMessage> Messages
    {
        get
        {
            Sort();
            return CollectionsMarshal.AsSpan(_messages);
        }
    }

    /// <summary>The samples of a message.</summary>
    public ReadOnlySpan<MappedSample> SamplesOf(in MappedMessage message) => _samples.AsSpan(message.First, message.Count);

    /// <summary>The distributions of native messages; those of one message stand together.</summary>
    public ReadOnlySpan<MappedDistribution> Distributions => CollectionsMarshal.AsSpan(_distributions);

    /// <summary>The versions that messages of their own declare.</summary>
    public ReadOnlySpan<MappedVersion> Versions => CollectionsMarshal.AsSpan(_versions);

    /// <summary>The series that ended.</summary>
    public ReadOnlySpan<EndedSeries> Ended => CollectionsMarshal.AsSpan(_ended);

    /// <summary>The first few points that became no sample.</summary>
    public ReadOnlySpan<MappingDrop> Drops => CollectionsMarshal.AsSpan(_drops);

    /// <summary>How many points became no sample for a reason; more than <see cref="Drops"/> holds, where there are many.</summary>
    public int CountOf(DropReason reason) => _dropped[(int)reason];

    /// <summary>How many samples there are in all messages.</summary>
    public int SampleCount => _arrived.Count;

    /// <summary>Series whose points came and rightly became no sample, such as the first of a total: each lives.</summary>
    internal List<MappedSeries> Quiet => _quiet;

    /// <summary>Totals that two producers write.</summary>
    internal List<MappedSeries> Shared => _shared;

    /// <summary>Points that were dropped for faults of their source, by model.</summary>
    internal Dictionary<string, FaultCounts> Faults => _faults;

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Withhold();
        _ended.Clear();
        _distributions.Clear();
        _versions.Clear();
        _drops.Clear();
        _quiet.Clear();
        _shared.Clear();
        _faults.Clear();
        Array.Clear(_dropped);
    }

    /// <summary>Forgets the samples; what ended, and what was dropped, stays.</summary>
    internal void Withhold()
    {
        _arrived.Clear();
        _messageOf.Clear();
        _messages.Clear();
        _open.Clear();
        _isSorted = true;
        _last = -1;
    }

    internal bool KeepsDrops => _drops.Count < keptDrops;

    internal void Add(MappedSeries series, long time, long step, double value)
    {
        if (_last < 0 || _messages[_last] is var last && !(ReferenceEquals(last.Entity, series.Entity) && last.Time == time
            && last.Step == step && last.Count < MostMetrics)) _last = MessageOf(series.Entity, time, step);
        ref var message = ref CollectionsMarshal.AsSpan(_messages)[_last];
        message = message with { Count = message.Count + 1 };
        _arrived.Add(new(series, value));
        _messageOf.Add(_last);
        _isSorted = false;
    }

    internal void Add(in MappedDistribution distribution) => _distributions.Add(distribution);

    internal void Add(in MappedVersion version) => _versions.Add(version);

    internal void End(MappedSeries series, long time) => _ended.Add(new(series, time));

    internal void Drop(DropReason reason) => _dropped[(int)reason]++;

    // A point of a known series was dropped.
    internal void Saw(DropReason reason, MappedSeries series)
    {
        if (reason == DropReason.Collision) _shared.Add(series);
        if (reason is DropReason.NoTraffic or DropReason.Baseline or DropReason.Reset or DropReason.Restarting or DropReason.Collision)
            _quiet.Add(series);
        if (FaultCounts.Of(reason) is not { } fault) return;
        ref var faults = ref CollectionsMarshal.GetValueRefOrAddDefault(_faults, series.Entity.Model, out _);
        faults += fault;
    }

    internal void Drop(in MappingDrop drop)
    {
        _dropped[(int)drop.Reason]++;
        _drops.Add(drop);
    }

    private int MessageOf(MappedEntity entity, long time, long step)
    {
        ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(_open, (entity, time, step), out var isOpen);
        if (isOpen && _messages[place].Count < MostMetrics) return place;
        place = _messages.Count;
        _messages.Add(new(entity, time, step, 0, 0));
        return place;
    }

    // Samples of one message come scattered over a payload: they are brought together, each message's in the order of arrival.
    private void Sort()
    {
        if (_isSorted) return;
        _isSorted = true;
        if (_samples.Length < _arrived.Count) _samples = new MappedSample[Math.Max(_arrived.Count, _samples.Length * 2)];
        var messages = CollectionsMarshal.AsSpan(_messages);
        var first = 0;
        foreach (ref var message in messages)
        {
            var count = message.Count;
            message = message with { First = first, Count = 0 };
            first += count;
        }

        for (var i = 0; i < _arrived.Count; i++)
        {
            ref var message = ref messages[_messageOf[i]];
            _samples[message.First + message.Count] = _arrived[i];
            message = message with { Count = message.Count + 1 };
        }
    }
}

/// <summary>Points that were dropped for faults of their source.</summary>
internal readonly record struct FaultCounts(int Duplicates, int OutOfOrder, int TooMany)
{
    public static FaultCounts operator +(FaultCounts one, FaultCounts other) =>
        new(one.Duplicates + other.Duplicates, one.OutOfOrder + other.OutOfOrder, one.TooMany + other.TooMany);

    /// <summary>One of a reason; null where it is no such fault.</summary>
    public static FaultCounts? Of(DropReason reason) => reason switch
    {
        DropReason.Duplicate or DropReason.Overlap => new(1, 0, 0),
        DropReason.OutOfOrder => new(0, 1, 0),
        _ => null,
    };
}
