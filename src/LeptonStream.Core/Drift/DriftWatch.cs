using LeptonStream.Detection.Snapshots;
using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Drift;

/// <summary>
/// Compares the distributions of one name, one after the other, with a reference: the one that its producer declared last, else its own
/// past, in which older values count for less and less. Its own past learns nothing while an alert of the drift is open. A function of
/// the messages and of those alerts only. Small samples are put together first: the noise of a distance is then about the same each
/// time, which its calibration asks for.
/// </summary>
internal sealed class DriftWatch : ICutWatch
{
    // A week halves what a value of the past counts for.
    private static readonly TimeSpan HalfLife = TimeSpan.FromDays(7);

    // So many values make a sample, and so long it waits for them.
    private const double MinSize = 500;
    private static readonly TimeSpan MaxWait = TimeSpan.FromHours(1);

    // A past of fewer samples is no reference.
    private const int WarmUp = 3;

    private const int ObjectBytes = 256;

    private Distribution? _reference;
    private Distribution? _pooled;
    private Timestamp _pooledSince;
    private bool _isDeclared;
    private int _learned;
    private Timestamp _time = Timestamp.Never;

    /// <param name="id">The id of the distribution: that of a metric of its name.</param>
    public DriftWatch(UInt128 id) => Id = id;

    /// <summary>The id of the distribution: that of a metric of its name.</summary>
    public UInt128 Id { get; }

    /// <summary>Log time of its last message.</summary>
    public Timestamp Heard { get; set; } = Timestamp.Never;

    /// <summary>The number of the last snapshot that has it as it was; 0 for none.</summary>
    public int Cut { get; set; }

    /// <summary>About how many bytes it takes.</summary>
    public int Bytes => ObjectBytes + (_reference?.Bytes ?? 0) + (_pooled?.Bytes ?? 0);

    /// <summary>Takes the values of a message.</summary>
    /// <param name="values">Its values.</param>
    /// <param name="declared">A reference that its producer declares from now on; null where it declares none.</param>
    /// <param name="time">Event time.</param>
    /// <returns>The sample that they complete; null where it needs more of them.</returns>
    public Distribution? Pool(Distribution values, Distribution? declared, Timestamp time)
    {
        if (declared is not null) (_reference, _isDeclared) = (declared, true);
        if (_pooled is null || !_pooled.IsComparableWith(values)) (_pooled, _pooledSince) = (values, time);
        else _pooled = _pooled.MergeWith(1, values);
        if (_pooled.Count < MinSize && time - _pooledSince < MaxWait) return null;
        var sample = _pooled;
        _pooled = null;
        return sample;
    }

    /// <summary>Compares a sample with the reference.</summary>
    /// <param name="sample">The sample.</param>
    /// <returns>Null where there is no reference yet.</returns>
    public DriftReading? Compare(Distribution sample)
    {
        // Of another kind, or of other dimensions: nothing is left to compare it with.
        if (_reference is not null && !_reference.IsComparableWith(sample)) (_reference, _isDeclared, _learned) = (null, false, 0);
        return _isDeclared || _learned >= WarmUp ? sample.CompareWith(_reference!) : null;
    }

    /// <summary>Takes a sample into its own past, where that is the reference. One that is not newer than the last is left out.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="time">Event time.</param>
    public void Learn(Distribution sample, Timestamp time)
    {
        if (_isDeclared || time <= _time) return;
        var keep = _time.IsNever ? 0 : Math.Pow(2, -((time - _time) / HalfLife));
        _reference = _reference is null ? sample : _reference.MergeWith(keep, sample);
        _time = time;
        if (_learned < WarmUp) _learned++;
    }

    /// <summary>Writes everything a bit-equal copy needs, but the id.</summary>
    public void Save(StateWriter state)
    {
        state.Write(Heard.UnixNanoseconds);
        state.Write(_time.UnixNanoseconds);
        state.Write(_isDeclared);
        state.Write(_learned);
        DistributionState.Save(_reference, state);
        state.Write(_pooledSince.UnixNanoseconds);
        DistributionState.Save(_pooled, state);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="SnapshotCorruptException">The bytes are no such state.</exception>
    public static DriftWatch Load(UInt128 id, ref StateReader state)
    {
        var watch = new DriftWatch(id)
        {
            Heard = new(state.ReadInt64()),
            _time = new(state.ReadInt64()),
            _isDeclared = state.ReadBoolean(),
            _learned = state.ReadCount(WarmUp),
            _reference = DistributionState.Load(ref state),
            _pooledSince = new(state.ReadInt64()),
            _pooled = DistributionState.Load(ref state),
        };
        return watch._reference is not null || (watch._learned == 0 && !watch._isDeclared)
            ? watch
            : throw new SnapshotCorruptException("a drift without its reference");
    }
}
