namespace LeptonStream.State;

/// <summary>Cuts what is written into blocks, in one buffer that is used again.</summary>
/// <param name="sink">Takes the blocks.</param>
internal sealed class SnapshotWriter(ISnapshotSink sink)
{
    private readonly StateWriter _state = new();
    private readonly int[] _counts = new int[Enum.GetValues<SnapshotBlockKind>().Length];

    /// <summary>Number of blocks of a kind that were written.</summary>
    public int CountOf(SnapshotBlockKind kind) => _counts[(int)kind];

    /// <summary>Begins a block.</summary>
    public StateWriter Begin()
    {
        _state.Clear();
        return _state;
    }

    /// <summary>Ends the block that was begun.</summary>
    public void End(SnapshotBlockKind kind, UInt128 id)
    {
        _counts[(int)kind]++;
        sink.Take(new(kind, id, _state.Written));
    }

    /// <summary>Ends the block that was begun, the next of its kind.</summary>
    public void End(SnapshotBlockKind kind) => End(kind, (UInt128)_counts[(int)kind]);
}
