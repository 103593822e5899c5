namespace LeptonStream.Collector.Mapping.Store;

/// <summary>The parts of a classic histogram or summary at one time, as they come in.</summary>
internal sealed class PendingHistogram
{
    private const int MostBuckets = 1024;

    private readonly List<(double Bound, double Count)> _buckets = [];
    private double[] _bounds = [];
    private double[] _counts = [];

    public long Time { get; private set; }

    public long Start { get; set; }

    public long Step { get; set; }

    public double Sum { get; set; }

    public double Count { get; set; }

    /// <summary>Whether parts of it came when it had been taken.</summary>
    public bool IsMissed { get; set; }

    public int Buckets => _buckets.Count;

    /// <summary>The upper bounds, without infinity. Holds after <see cref="TryJoin"/>.</summary>
    public ReadOnlySpan<double> Bounds => _bounds.AsSpan(0, Math.Max(0, _buckets.Count - 1));

    /// <summary>The counts of the buckets alone. Holds after <see cref="TryJoin"/>.</summary>
    public ReadOnlySpan<double> Counts => _counts.AsSpan(0, _buckets.Count);

    public void Begin(long time)
    {
        _buckets.Clear();
        IsMissed = false;
        (Time, Start, Step, Sum, Count) = (time, 0, -1, double.NaN, double.NaN);
    }

    /// <summary>Whether there is a bucket of this bound.</summary>
    public bool HasBucket(double bound)
    {
        foreach (var (known, _) in _buckets)
            if (known == bound) return true;
        return false;
    }

    /// <summary>
    /// Takes a bucket; one that comes again replaces the one before. Of more than a message may have, the rest is left out.
    /// </summary>
    public void Add(double bound, double count)
    {
        for (var i = _buckets.Count - 1; i >= 0; i--)
        {
            if (_buckets[i].Bound != bound) continue;
            _buckets[i] = (bound, count);
            return;
        }

        if (_buckets.Count < MostBuckets) _buckets.Add((bound, count));
    }

    /// <summary>
    /// Puts the buckets in order and takes the sums of others out of each; false where they are no buckets of one histogram. The bucket of
    /// infinity may be missing where the count is there.
    /// </summary>
    public bool TryJoin()
    {
        if (_buckets.Count == 0) return true;
        _buckets.Sort(static (left, right) => left.Bound.CompareTo(right.Bound));
        if (!double.IsPositiveInfinity(_buckets[^1].Bound))
        {
            if (double.IsNaN(Count)) return false;
            _buckets.Add((double.PositiveInfinity, Count));
        }

        if (double.IsNaN(Count)) Count = _buckets[^1].Count;
        if (_counts.Length < _buckets.Count) (_bounds, _counts) = (new double[_buckets.Count], new double[_buckets.Count]);
        var below = 0.0;
        for (var i = 0; i < _buckets.Count; i++)
        {
            var (bound, count) = _buckets[i];
            // Buckets that were read one after the other while others counted may be ahead of those behind them.
            var alone = Math.Max(0, count - below);
            if (i < _buckets.Count - 1) _bounds[i] = bound;
            if (i > 0 && bound == _buckets[i - 1].Bound) return false;
            _counts[i] = alone;
            below = Math.Max(below, count);
        }

        return true;
    }
}

/// <summary>
/// The histograms of a family that are not complete so far, the oldest first, and the parts that it usually has. Those of its first time
/// are known when a newer time comes: a source may send its parts in many payloads, and side by side.
/// </summary>
internal sealed class FamilyParts
{
    // A source sends a few times of a family in one payload; of more the oldest go.
    private const int MostPending = 64;
    private const int MostPatience = 8;
    private const int Unknown = -1;

    private readonly List<PendingHistogram> _pending = [];
    private readonly Stack<PendingHistogram> _free = [];
    private PendingHistogram? _taken;
    private int _usualBuckets = Unknown;
    private bool _usuallySums;
    private bool _usuallyCounts;
    private int _lastIncomplete = Unknown;

    /// <summary>
    /// Whether it is known to be a histogram or summary; otherwise a sum or a count alone may be any metric that is called so.
    /// </summary>
    public bool IsDeclared { get; set; }

    /// <summary>Whether this payload has brought parts of it.</summary>
    public bool IsTouched { get; set; }

    /// <summary>
    /// Whether its sum and its count are metrics of their own that are only called so. They need not come at the same times.
    /// </summary>
    public bool IsLone { get; private set; }

    /// <summary>The newest times of a lone sum and of a lone count.</summary>
    public (long Sum, long Count) LoneTimes { get; set; } = (long.MinValue, long.MinValue);

    public int PendingCount => _pending.Count;

    /// <summary>How many times may wait for their parts. It grows where parts come late.</summary>
    public int Patience { get; private set; } = 1;

    /// <summary>Whether buckets of it were seen.</summary>
    public bool HasBuckets => _usualBuckets > 0 || _pending.Exists(static pending => pending.Buckets > 0);

    /// <summary>The pending histogram of a time; one is begun where there is none.</summary>
    public PendingHistogram At(long time)
    {
        var at = PlaceOf(time);
        if (at > 0 && _pending[at - 1].Time == time) return _pending[at - 1];
        if (_pending.Count == MostPending)
        {
            Take();
            at = PlaceOf(time);
        }

        var pending = _free.TryPop(out var used) ? used : new PendingHistogram();
        pending.Begin(time);
        _pending.Insert(at, pending);
        return pending;
    }

    private int PlaceOf(long time)
    {
        var at = _pending.Count;
        while (at > 0 && _pending[at - 1].Time > time) at--;
        return at;
    }

    public PendingHistogram Oldest => _pending[0];

    /// <summary>Takes the oldest off the list; it may be used until the next is taken.</summary>
    public PendingHistogram Take()
    {
        if (_taken is not null) _free.Push(_taken);
        _taken = _pending[0];
        _pending.RemoveAt(0);
        return _taken;
    }

    /// <summary>
    /// Says that a part came for a time that was taken. One that was missing belongs to the usual ones, and the next times wait for
    /// their parts longer.
    /// </summary>
    public void Missed(long time, Part part, double bound)
    {
        // A payload that comes again holds nothing that was missing.
        if (_taken is not { } taken || time > taken.Time) return;
        var isMissing = part switch
        {
            Part.Sum => double.IsNaN(taken.Sum),
            Part.Count => double.IsNaN(taken.Count),
            _ => !taken.HasBucket(bound),
        };
        if (!isMissing) return;
        switch (part)
        {
            case Part.Sum: taken.Sum = 0; break;
            case Part.Count: taken.Count = 0; break;
            default: taken.Add(bound, 0); break;
        }

        _usualBuckets = Math.Max(_usualBuckets, taken.Buckets);
        (_usuallySums, _usuallyCounts) = (_usuallySums || part == Part.Sum, _usuallyCounts || part == Part.Count);
        // Once for each time: a histogram has many parts.
        if (taken.IsMissed) return;
        taken.IsMissed = true;
        _lastIncomplete = Unknown;
        Patience = Math.Min(Patience + 1, MostPatience);
    }

    /// <summary>
    /// Whether a histogram has the parts that the family usually has: a source may cut it in two. One that is incomplete in the same way
    /// twice has changed.
    /// </summary>
    public bool IsComplete(PendingHistogram pending)
    {
        if (_usualBuckets == Unknown) return false;
        var (sums, counts) = (!double.IsNaN(pending.Sum), !double.IsNaN(pending.Count));
        if (pending.Buckets >= _usualBuckets && (sums || !_usuallySums) && (counts || !_usuallyCounts)) return Learn(pending, sums, counts);
        return false;
    }

    /// <summary>Takes an incomplete one as it is, if it is the first or the last one was the same.</summary>
    public bool HasChangedTo(PendingHistogram pending)
    {
        var shape = (pending.Buckets << 2) | (double.IsNaN(pending.Sum) ? 0 : 2) | (double.IsNaN(pending.Count) ? 0 : 1);
        if (_usualBuckets == Unknown || shape == _lastIncomplete)
            return Learn(pending, !double.IsNaN(pending.Sum), !double.IsNaN(pending.Count));
        _lastIncomplete = shape;
        return false;
    }

    /// <summary>Whether it is no histogram, as is seen when a second time came without buckets, too.</summary>
    public bool TurnsLone() => IsLone = !IsDeclared && _pending.Count > Patience && !HasBuckets;

    /// <summary>A bucket came after all.</summary>
    public void BelongsTogether() => IsLone = false;

    private bool Learn(PendingHistogram pending, bool sums, bool counts)
    {
        (_usualBuckets, _usuallySums, _usuallyCounts, _lastIncomplete) = (pending.Buckets, sums, counts, Unknown);
        return true;
    }
}

/// <summary>A part of a classic histogram or summary.</summary>
internal enum Part
{
    None = 0,
    Bucket,
    Sum,
    Count,
}
