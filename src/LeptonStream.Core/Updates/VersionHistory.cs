using System.Text;
using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Updates;

/// <summary>One version of a model: when it was heard, and the values of its metrics.</summary>
internal sealed class VersionHistory
{
    /// <summary>Metrics that are compared, at most.</summary>
    public const int MaxMetrics = 16;

    // A version that was silent for so many quarters, and so many of its usual gaps, is not in use.
    private const int Silence = 2;
    private const int Gaps = 3;

    private readonly byte[] _utf8;
    private readonly List<MetricHistory> _metrics = [];
    private int _firstBlock;
    private int _lastBlock;
    private int _blocks;

    // Where the next value is looked for first: metrics come in the same order.
    private int _next;

    /// <summary>The quarter of the message at hand.</summary>
    public int Block { get; private set; }

    /// <param name="name">Its name.</param>
    /// <param name="began">Event time of its first message.</param>
    public VersionHistory(string name, Timestamp began)
    {
        (Name, _utf8, Began) = (name, Encoding.UTF8.GetBytes(name), began);
        (_firstBlock, _lastBlock, _blocks) = (BlockMean.IndexOf(began), BlockMean.IndexOf(began), 1);
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Event time of its first message.</summary>
    public Timestamp Began { get; }

    /// <summary>The quarter of its first message.</summary>
    public int FirstBlock => _firstBlock;

    /// <summary>The quarter of its newest message.</summary>
    public int LastBlock => _lastBlock;

    /// <summary>Its metrics, in the order in which they came.</summary>
    public IReadOnlyList<MetricHistory> Metrics => _metrics;

    private bool HasMain => _metrics.Count > 0 && _metrics[0].Traits.IsMain;

    /// <summary>About how many bytes it takes.</summary>
    public int Bytes => 200 + (3 * _utf8.Length) + _metrics.Sum(static metric => metric.Bytes);

    /// <summary>Whether it has this name.</summary>
    public bool Is(ReadOnlySpan<byte> name) => name.SequenceEqual(_utf8);

    /// <summary>Takes note of a message.</summary>
    public void Hear(int block)
    {
        (Block, _next) = (block, 0);
        if (block <= _lastBlock) return;
        _lastBlock = block;
        _blocks++;
    }

    /// <summary>Whether it seems not to be in use any more.</summary>
    public bool IsSilent(int block)
    {
        var gap = _blocks > 1 ? (_lastBlock - _firstBlock) / (double)(_blocks - 1) : 1;
        return block - _lastBlock > Math.Max(Silence, Gaps * gap);
    }

    /// <summary>The metric of a name; null where it has none, or no values of it are kept.</summary>
    public MetricHistory? Find(string metric)
    {
        for (var i = 0; i < _metrics.Count; i++)
        {
            var at = (_next + i) % _metrics.Count;
            if (!string.Equals(_metrics[at].Traits.Metric, metric, StringComparison.Ordinal)) continue;
            _next = at + 1;
            return _metrics[at];
        }

        return null;
    }

    /// <summary>Whether there may be a place for a metric, main or not. Allocates nothing.</summary>
    public bool HasRoom(bool isMain)
    {
        // The first of the main ones takes the places of all others.
        if (isMain != HasMain) return isMain;
        return _metrics.Count < MaxMetrics;
    }

    /// <summary>
    /// A place for a metric's values; null where there is none. As soon as one of the main metrics comes, only those have places.
    /// </summary>
    public MetricHistory? TryAdd(MetricTraits traits)
    {
        if (!HasRoom(traits.IsMain)) return null;
        if (traits.IsMain && !HasMain) _metrics.Clear();
        var metric = new MetricHistory(traits);
        _metrics.Add(metric);
        return metric;
    }

    /// <summary>Writes everything a bit-equal copy needs.</summary>
    public void Save(StateWriter state)
    {
        state.Write(Name);
        state.Write(Began.UnixNanoseconds);
        state.Write(_firstBlock);
        state.Write(_lastBlock);
        state.Write(_blocks);
        state.Write(_metrics.Count);
        foreach (var metric in _metrics) metric.Save(state);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="SnapshotCorruptException">The bytes are no such state.</exception>
    public static VersionHistory Load(ref StateReader state)
    {
        var version = new VersionHistory(state.ReadName(), new(state.ReadInt64()))
        {
            _firstBlock = state.ReadCount(int.MaxValue),
            _lastBlock = state.ReadCount(int.MaxValue),
            _blocks = state.ReadCount(int.MaxValue),
        };
        for (var left = state.ReadCount(MaxMetrics); left > 0; left--) version._metrics.Add(MetricHistory.Load(ref state));
        return version;
    }
}
