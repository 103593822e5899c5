using System.IO.Hashing;
using System.Text;
using LeptonStream.Detection;
using LeptonStream.Detection.Events;
using LeptonStream.Detection.Snapshots;
using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Updates;

/// <summary>The models of one partition whose messages say their version.</summary>
internal sealed class VersionRegistry(DetectionPolicy detection)
{
    // Silence is looked for as often as this, by the clock of the log.
    private static readonly TimeSpan SweepEvery = TimeSpan.FromMinutes(10);

    private readonly Dictionary<UInt128, VersionWatch> _watches = [];
    private Timestamp _sweepAt = Timestamp.Never;

    /// <summary>Number of models.</summary>
    public int Count => _watches.Count;

    /// <summary>Number of messages with a version whose model found no room.</summary>
    public long LeftOut { get; private set; }

    /// <summary>About how many bytes they take.</summary>
    public long Bytes => _watches.Values.Sum(static watch => (long)watch.Bytes);

    /// <summary>The watch over a model, a new one where it says a version for the first time; null where there is none.</summary>
    /// <param name="model">Its name, UTF-8.</param>
    /// <param name="isVersioned">Whether its message says a version.</param>
    /// <param name="now">Log time.</param>
    /// <param name="cut">Keeps watches as they were; null where no snapshot is being written.</param>
    public VersionWatch? Find(ReadOnlySpan<byte> model, bool isVersioned, Timestamp now, SnapshotCut? cut)
    {
        if (!isVersioned && _watches.Count == 0) return null;
        var id = XxHash128.HashToUInt128(model);
        if (_watches.TryGetValue(id, out var watch))
        {
            cut?.Keep(watch);
        }
        else
        {
            if (!isVersioned) return null;
            if (_watches.Count >= detection.VersionedModelsPerPartition)
            {
                LeftOut++;
                return null;
            }

            _watches.Add(id, watch = new(id, Encoding.UTF8.GetString(model)));
            cut?.LeaveOut(watch);
        }

        watch.Heard = now;
        return watch;
    }

    /// <summary>Moves the clock on to a record's log time, and forgets models that were silent for too long.</summary>
    public void Advance(Timestamp now, in EventSink sink, SnapshotCut? cut)
    {
        if (_watches.Count > 0 && now >= _sweepAt) Sweep(now, sink, cut);
    }

    /// <summary>Sets the clock back.</summary>
    public void SetBack(Timestamp to)
    {
        _sweepAt = Timestamp.Earlier(_sweepAt, to + SweepEvery);
        foreach (var watch in _watches.Values) watch.Heard = Timestamp.Earlier(watch.Heard, to);
    }

    private void Sweep(Timestamp now, in EventSink sink, SnapshotCut? cut)
    {
        _sweepAt = now + SweepEvery;
        foreach (var watch in InOrder())
        {
            var isForgotten = now - watch.Heard >= detection.ForgetAfter;
            if (!isForgotten && !watch.IsDue(now)) continue;
            // Hardly any changes, and a snapshot that is being written keeps a copy of each that does.
            cut?.Keep(watch);
            watch.Sweep(now, sink);
            if (!isForgotten) continue;
            watch.Leave(now, sink);
            _watches.Remove(watch.Id);
        }
    }

    /// <summary>Lets a model begin again, if it is known.</summary>
    public void Restart(ReadOnlySpan<byte> model, SnapshotCut? cut)
    {
        if (_watches.Count == 0 || !_watches.TryGetValue(XxHash128.HashToUInt128(model), out var watch)) return;
        cut?.Keep(watch);
        watch.Restart();
    }

    /// <summary>The watches in the order of their ids.</summary>
    public VersionWatch[] InOrder()
    {
        VersionWatch[] all = [.. _watches.Values];
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
        if (!_watches.TryAdd(id, VersionWatch.Load(id, ref state))) throw new SnapshotCorruptException("the versions of a model twice");
    }
}
