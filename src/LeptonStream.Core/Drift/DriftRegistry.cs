using LeptonStream.Detection;
using LeptonStream.Detection.Snapshots;
using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Drift;

/// <summary>The distributions of one partition that are watched for drift.</summary>
internal sealed class DriftRegistry(DetectionPolicy detection)
{
    // Silence is looked for as often as this, by the clock of the log.
    private static readonly TimeSpan SweepEvery = TimeSpan.FromMinutes(10);

    private readonly Dictionary<UInt128, DriftWatch> _watches = [];
    private Timestamp _sweepAt = Timestamp.Never;

    /// <summary>Number of distributions.</summary>
    public int Count => _watches.Count;

    /// <summary>About how many bytes they take.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether a distribution is watched.</summary>
    public bool Contains(UInt128 id) => _watches.ContainsKey(id);

    /// <summary>The watch over a distribution, a new one where it is seen for the first time; null where there is no room.</summary>
    /// <param name="id">The distribution.</param>
    /// <param name="now">Log time.</param>
    /// <param name="cut">Keeps watches as they were; null where no snapshot is being written.</param>
    public DriftWatch? Find(UInt128 id, Timestamp now, SnapshotCut? cut)
    {
        if (!_watches.TryGetValue(id, out var watch))
        {
            if (_watches.Count >= detection.DistributionsPerPartition || Bytes >= detection.DistributionBytesPerPartition) return null;
            _watches.Add(id, watch = new(id) { Heard = now });
            Bytes += watch.Bytes;
            cut?.LeaveOut(watch);
            return watch;
        }

        // Those that are known may grow, and not without end: one producer's are not to take the room of all.
        if (Bytes >= 2 * detection.DistributionBytesPerPartition) return null;
        cut?.Keep(watch);
        watch.Heard = now;
        return watch;
    }

    /// <inheritdoc cref="DriftWatch.Pool"/>
    public Distribution? Pool(DriftWatch watch, Distribution values, Distribution? declared, Timestamp time)
    {
        Bytes -= watch.Bytes;
        var sample = watch.Pool(values, declared, time);
        Bytes += watch.Bytes;
        return sample;
    }

    /// <inheritdoc cref="DriftWatch.Compare"/>
    public DriftReading? Compare(DriftWatch watch, Distribution sample)
    {
        Bytes -= watch.Bytes;
        var reading = watch.Compare(sample);
        Bytes += watch.Bytes;
        return reading;
    }

    /// <inheritdoc cref="DriftWatch.Learn"/>
    public void Learn(DriftWatch watch, Distribution sample, Timestamp time)
    {
        Bytes -= watch.Bytes;
        watch.Learn(sample, time);
        Bytes += watch.Bytes;
    }

    /// <summary>Moves the clock on to a record's log time, and forgets distributions that were silent for too long.</summary>
    public void Advance(Timestamp now, SnapshotCut? cut)
    {
        if (_watches.Count > 0 && now >= _sweepAt) Sweep(now, cut);
    }

    /// <summary>Sets the clock back.</summary>
    public void SetBack(Timestamp to)
    {
        _sweepAt = Timestamp.Earlier(_sweepAt, to + SweepEvery);
        foreach (var watch in _watches.Values) watch.Heard = Timestamp.Earlier(watch.Heard, to);
    }

    // By itself: the closure of its search is allocated as soon as it begins.
    private void Sweep(Timestamp now, SnapshotCut? cut)
    {
        _sweepAt = now + SweepEvery;
        foreach (var silent in _watches.Values.Where(watch => now - watch.Heard >= detection.ForgetAfter).ToList())
        {
            Forget(silent.Id, cut);
        }
    }

    /// <summary>Forgets a distribution, if it is known.</summary>
    public void Forget(UInt128 id, SnapshotCut? cut)
    {
        if (!_watches.Remove(id, out var watch)) return;
        cut?.Keep(watch);
        Bytes -= watch.Bytes;
    }

    /// <summary>The watches in the order of their ids.</summary>
    public DriftWatch[] InOrder()
    {
        DriftWatch[] all = [.. _watches.Values];
        Array.Sort(all, static (a, b) => a.Id.CompareTo(b.Id));
        return all;
    }

    /// <summary>Writes the clock.</summary>
    public void SaveClock(StateWriter state) => state.Write(_sweepAt.UnixNanoseconds);

    /// <summary>Reads what <see cref="SaveClock"/> wrote.</summary>
    /// <exception cref="SnapshotCorruptException">The snapshot ends here.</exception>
    public void LoadClock(ref StateReader state) => _sweepAt = new(state.ReadInt64());

    /// <summary>Reads a watch.</summary>
    /// <exception cref="SnapshotCorruptException">The bytes are no watch, or it is there twice.</exception>
    public void Load(UInt128 id, ref StateReader state)
    {
        var watch = DriftWatch.Load(id, ref state);
        if (!_watches.TryAdd(id, watch)) throw new SnapshotCorruptException("a distribution twice");
        Bytes += watch.Bytes;
    }
}
