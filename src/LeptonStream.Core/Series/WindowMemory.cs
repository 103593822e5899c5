using LeptonStream.State;

namespace LeptonStream.Series;

/// <summary>The memory of a rolling window that lies in no series' block.</summary>
/// <param name="capacity">Number of values that it holds, from 2.</param>
public sealed class WindowMemory(int capacity)
{
    private readonly byte[] _bytes = new byte[RollingWindow.BytesFor(capacity)];

    /// <summary>The window.</summary>
    public RollingWindow Window => new(_bytes);

    /// <summary>Writes everything a bit-equal copy needs.</summary>
    public void Save(StateWriter state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.WriteBlock(_bytes);
    }

    /// <summary>Reads what <see cref="Save"/> wrote on a window of the same capacity.</summary>
    /// <exception cref="SnapshotCorruptException">The bytes are no such window.</exception>
    public void Load(ref StateReader state) => state.ReadBlock(_bytes, state.Migration?.MoveOfWindow(Window.Capacity));
}
