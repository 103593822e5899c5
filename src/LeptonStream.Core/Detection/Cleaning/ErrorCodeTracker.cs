using LeptonStream.Detection.Policies;
using LeptonStream.State;

namespace LeptonStream.Detection.Cleaning;

/// <summary>The change of a code with a sample.</summary>
public enum CodeChange
{
    /// <summary>The same as before, or no number.</summary>
    None = 0,

    /// <summary>The first sample. A code that stands there may be days old, so it is no news.</summary>
    First = 1,

    /// <summary>There was no code (0) and now there is one.</summary>
    Raised = 2,

    /// <summary>Another code than before.</summary>
    Changed = 3,

    /// <summary>The code is gone (0).</summary>
    Cleared = 4,
}

/// <summary>
/// A code that its exporter repeats until there is another, such as the last XID of a GPU: alerted once, when it changes, however long it
/// stays. 16 bytes. The same code a second time can't be told from the first; a counter of errors can, and is the better source where there
/// is one.
/// </summary>
public sealed class ErrorCodeTracker
{
    /// <summary>The rule's name in events.</summary>
    public const string RuleName = "event-code";

    private double _code;
    private bool _hasBegun;

    /// <summary>The code now; 0 for none.</summary>
    public double Code => _code == 0 ? 0 : _code;

    /// <summary>Whether there ever was a code.</summary>
    public bool HasHadCode => _code != 0 || double.IsNegative(_code);

    /// <summary>Takes a sample's value. Allocates nothing.</summary>
    public CodeChange Observe(double value)
    {
        if (!double.IsFinite(value)) return CodeChange.None;
        var (before, first) = (_code, !_hasBegun);
        // A code that is gone is kept as -0: snapshots have no field of their own for it.
        (_code, _hasBegun) = (value != 0 ? value : HasHadCode ? -0.0 : 0, true);
        if (first) return CodeChange.First;
        if (value == before) return CodeChange.None;
        return before == 0 ? CodeChange.Raised : value == 0 ? CodeChange.Cleared : CodeChange.Changed;
    }

    /// <summary>
    /// Whether a change is what the policy looks for: a new code, or with <see cref="Direction.Down"/> one that is gone (a link that was
    /// on).
    /// </summary>
    public static bool IsUnusual(CodeChange change, Direction direction) => change switch
    {
        CodeChange.Raised or CodeChange.Changed => direction != Direction.Down,
        CodeChange.Cleared => direction == Direction.Down,
        _ => false,
    };

    /// <summary>Writes everything a bit-equal copy needs.</summary>
    public void Save(StateWriter state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Write(_hasBegun);
        state.Write(_code);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="SnapshotCorruptException">The bytes are no such state.</exception>
    public void Load(ref StateReader state)
    {
        _hasBegun = state.ReadBoolean();
        _code = state.ReadDouble();
    }
}
