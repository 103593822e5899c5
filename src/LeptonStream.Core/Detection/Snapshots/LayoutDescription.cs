using LeptonStream.Detection.Policies;
using LeptonStream.Detectors;
using LeptonStream.State;

namespace LeptonStream.Detection.Snapshots;

/// <summary>The meaning of a snapshot's bytes, as the program that wrote it describes it.</summary>
internal sealed record LayoutDescription
{
    /// <summary>The version of everything that is written field by field.</summary>
    public required int Version { get; init; }

    /// <summary>The lengths of windows and charts.</summary>
    public required LayoutLengths Lengths { get; init; }

    /// <summary>The detectors that policies name, by their numbers in saved states.</summary>
    public required IReadOnlyList<string> Detectors { get; init; }

    /// <summary>Rules that open alerts beside them; their numbers follow.</summary>
    public required IReadOnlyList<string> Rules { get; init; }

    /// <summary>The detectors of a lean memory.</summary>
    public required IReadOnlyList<string> Lean { get; init; }

    /// <summary>The states of the detectors of series, in the order in which they lie in a series' memory.</summary>
    public required IReadOnlyList<DetectorShape> States { get; init; }

    /// <summary>The structs that are written as they are, by their names.</summary>
    public required IReadOnlyDictionary<string, StructShape> Structs { get; init; }

    /// <summary>The detectors or rules that can open an alert, by their numbers.</summary>
    public IEnumerable<string> Openers => Detectors.Concat(Rules);

    /// <summary>The states in the memory of a series with these detectors.</summary>
    public IEnumerable<DetectorShape> StatesOf(IReadOnlySet<string> detectors, MemoryPlan plan) => States.Where(state =>
        detectors.Contains(state.Name) && (plan == MemoryPlan.Default || Lean.Contains(state.Name)));

    /// <summary>The shape of a struct that is written as it is.</summary>
    /// <exception cref="SnapshotCorruptException">The layout has none of that name.</exception>
    public StructShape Struct(string name) => Structs.GetValueOrDefault(name)
        ?? throw new SnapshotCorruptException($"the description of its layout lacks {name}");

    /// <summary>The detectors whose bits are set.</summary>
    public HashSet<string> DetectorsOf(ulong bits) => [.. Detectors.Where((_, number) => ((bits >> number) & 1) != 0)];
}

/// <summary>The lengths of windows and charts, as <see cref="DetectionPolicy"/> names them.</summary>
internal readonly record struct LayoutLengths(int Window, int SlowWindow, int ChartPoints, int LeanChartPoints)
{
    public static LayoutLengths Of(DetectionPolicy policy) =>
        new(policy.Window, policy.SlowWindow, policy.ChartPoints, policy.LeanChartPoints);
}

/// <summary>The state of a detector of series.</summary>
/// <param name="Name">The detector.</param>
/// <param name="Kind">Its kind: where its state lies, and whether a calibrator lies beside it.</param>
/// <param name="Shape">Its state.</param>
internal sealed record DetectorShape(string Name, DetectorKind Kind, StructShape Shape);
