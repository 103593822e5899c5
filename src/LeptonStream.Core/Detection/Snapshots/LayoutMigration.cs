using System.Collections.Immutable;
using LeptonStream.Detection.Policies;
using LeptonStream.State;

namespace LeptonStream.Detection.Snapshots;

/// <summary>
/// The way from the layout of a snapshot to that of this program, by names. A field that is new begins as its struct does, one that is gone
/// is dropped; a detector that is new knows nothing of any series.
/// </summary>
internal sealed class LayoutMigration
{
    // Of what changed, so many are named.
    private const int MaxNamed = 12;

    private readonly LayoutDescription _from;
    private readonly LayoutDescription _to;
    private readonly Dictionary<Type, StructMove> _structs = [];
    private readonly Dictionary<(ulong Detectors, MemoryPlan Plan), StructMove> _series = [];
    private readonly Dictionary<int, StructMove> _windows = [];

    /// <param name="from">The layout that was written.</param>
    /// <param name="to">The layout of this program.</param>
    /// <exception cref="SnapshotCorruptException">There is no way, for the reason of its message.</exception>
    public LayoutMigration(LayoutDescription from, LayoutDescription to)
    {
        (_from, _to) = (from, to);
        if (from.Version is < StateLayout.OldestVersion or > StateLayout.Version)
            throw new SnapshotCorruptException(
                $"its states are of version {from.Version}, those of {StateLayout.OldestVersion} to {StateLayout.Version} are known");
        if (from.Lengths != to.Lengths)
            throw new SnapshotCorruptException($"its windows and charts are of other lengths ({from.Lengths}, here {to.Lengths})");
        Openers = [.. from.Openers];
        Added.AddRange(to.Openers.Except(Openers));
        Dropped.AddRange(Openers.Except(to.Openers));
        // A struct that was not there yet has no bytes there.
        foreach (var (name, type) in StateLayout.Structs)
            _structs.Add(type, new(name, from.Structs.GetValueOrDefault(name) ?? StructShape.Empty, to.Struct(name)));
        foreach (var state in to.States)
            if (from.States.FirstOrDefault(other => other.Name == state.Name && other.Kind == state.Kind) is { } before)
                Note(new(state.Name, before.Shape, state.Shape));
        foreach (var move in _structs.Values) Note(move);
        if (from.Structs.ContainsKey(StateLayout.SlowStep)) return;
        // It lay among the numbers of any series: neither new nor gone.
        Added.RemoveAll(name => name.StartsWith($"{StateLayout.SlowStep}.", StringComparison.Ordinal));
        Dropped.RemoveAll(name => name.StartsWith($"{StateLayout.Series}.Slow", StringComparison.Ordinal));
    }

    /// <summary>The version of the states that were written, for readers of what is written field by field.</summary>
    public int Version => _from.Version;

    /// <summary>The detectors and rules that can open an alert, by their numbers there.</summary>
    public ImmutableArray<string> Openers { get; }

    /// <summary>Fields and detectors that are new, and those that are gone, in plain words.</summary>
    public string Changes => $"new: {Named(Added)}; gone: {Named(Dropped)}";

    private List<string> Added { get; } = [];

    private List<string> Dropped { get; } = [];

    /// <summary>The way of a struct that is written as it is.</summary>
    public StructMove MoveOf(Type type) => _structs[type];

    /// <summary>The way of a window of so many values that lies in no series' memory.</summary>
    public StructMove MoveOfWindow(int capacity)
    {
        if (!_windows.TryGetValue(capacity, out var move))
            _windows.Add(capacity, move = new("window", SeriesShape.OfWindow(_from, capacity), SeriesShape.OfWindow(_to, capacity)));
        return move;
    }

    /// <summary>The way of a series' memory.</summary>
    /// <param name="detectors">The detectors of its policy, as bits by their numbers there.</param>
    /// <param name="plan">The memory plan of its policy.</param>
    public StructMove MoveOfSeries(ulong detectors, MemoryPlan plan)
    {
        if (_series.TryGetValue((detectors, plan), out var move)) return move;
        var from = SeriesShape.Of(_from, _from.DetectorsOf(detectors), plan);
        var to = SeriesShape.Of(_to, SetOf(detectors).Names.ToHashSet(), plan);
        _series.Add((detectors, plan), move = new("the memory of a series", from, to));
        return move;
    }

    /// <summary>The detectors whose bits are set there, without those that are no more.</summary>
    public DetectorSet SetOf(ulong detectors) =>
        DetectorSet.Of(_from.DetectorsOf(detectors).Where(name => DetectorSet.AllNames.Contains(name)));

    private static string Named(List<string> names) => names.Count switch
    {
        0 => "nothing",
        > MaxNamed => $"{string.Join(", ", names.Take(MaxNamed))} and {names.Count - MaxNamed} more",
        _ => string.Join(", ", names),
    };

    private void Note(StructMove move)
    {
        Added.AddRange(move.Added);
        Dropped.AddRange(move.Dropped);
    }
}
