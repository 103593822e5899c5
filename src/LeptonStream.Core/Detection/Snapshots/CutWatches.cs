using LeptonStream.State;

namespace LeptonStream.Detection.Snapshots;

/// <summary>A part of a partition beside its series that is one block of a snapshot.</summary>
internal interface ICutWatch
{
    /// <summary>The block's id.</summary>
    UInt128 Id { get; }

    /// <summary>The number of the last snapshot that has it as it was; 0 for none.</summary>
    int Cut { get; set; }

    /// <summary>Writes everything a bit-equal copy needs, but the id.</summary>
    void Save(StateWriter state);
}

/// <summary>Such parts of one kind in a snapshot that is being written: one that changes before its turn is copied first.</summary>
/// <param name="kind">The kind of their blocks.</param>
/// <param name="all">Those that there were at the cut, in their order.</param>
/// <param name="number">The number of the cut.</param>
internal sealed class CutWatches<T>(SnapshotBlockKind kind, T[] all, int number)
    where T : class, ICutWatch
{
    private readonly Dictionary<T, BlockCopy> _kept = new(ReferenceEqualityComparer.Instance);
    private int _at;

    /// <summary>Number of those that were copied and wait for their turn.</summary>
    public int Copies => _kept.Count;

    /// <summary>Copies one that is about to change.</summary>
    public void Keep(T watch, SnapshotWriter copy)
    {
        if (watch.Cut == number) return;
        watch.Cut = number;
        var state = copy.Begin();
        watch.Save(state);
        _kept.Add(watch, new(state.Written));
    }

    /// <summary>Takes note of one that came after the cut.</summary>
    public void LeaveOut(T watch) => watch.Cut = number;

    /// <summary>Writes the next; false where all are written.</summary>
    public bool TryWriteNext(SnapshotWriter snapshot)
    {
        if (_at == all.Length) return false;
        var watch = all[_at++];
        var state = snapshot.Begin();
        if (_kept.Remove(watch, out var copy)) copy.MoveTo(state);
        else watch.Save(state);
        watch.Cut = number;
        snapshot.End(kind, watch.Id);
        return true;
    }

    /// <summary>Gives the copies back that nobody needs any more.</summary>
    public void Release()
    {
        foreach (var copy in _kept.Values) copy.Release();
        _kept.Clear();
    }
}
