using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Store;
using LeptonStream.Detectors;
using LeptonStream.Series;
using LeptonStream.State;

namespace LeptonStream.Detection.Snapshots;

/// <summary>
/// The memory of a series as one struct, by the description of a layout: what <see cref="SeriesLayout"/> is for the program itself. The
/// order of its parts is the same in all layouts of one version.
/// </summary>
internal sealed class SeriesShape
{
    private readonly LayoutDescription _layout;
    private readonly List<StructField> _fields = [];
    private readonly List<byte> _fresh = [];

    private SeriesShape(LayoutDescription layout) => _layout = layout;

    /// <summary>The shape of a series with these detectors.</summary>
    public static StructShape Of(LayoutDescription layout, IReadOnlySet<string> detectors, MemoryPlan plan)
    {
        DetectorShape[] states = [.. layout.StatesOf(detectors, plan)];
        var shape = new SeriesShape(layout);
        shape.Add("series", StateLayout.Series);
        shape.AddWindow("window", layout.Lengths.Window);
        foreach (var state in states) if (state.Kind != DetectorKind.Slow) shape.Add(state);
        if (plan == MemoryPlan.Default) shape.Add("past", StateLayout.Past);
        DetectorShape[] slow = [.. states.Where(state => state.Kind == DetectorKind.Slow)];
        // Its path is that of a program that kept it among the numbers of any series.
        if (slow.Length > 0 && layout.Structs.ContainsKey(StateLayout.SlowStep)) shape.Add("series.Slow", StateLayout.SlowStep);
        if (slow.Length > 0) shape.AddWindow("slow-window", layout.Lengths.SlowWindow);
        foreach (var state in slow) shape.Add(state);
        shape.AddChart(plan == MemoryPlan.Lean ? layout.Lengths.LeanChartPoints : layout.Lengths.ChartPoints);
        return shape.Whole();
    }

    /// <summary>The shape of a window, with its values.</summary>
    public static StructShape OfWindow(LayoutDescription layout, int capacity)
    {
        var shape = new SeriesShape(layout);
        shape.AddWindow("window", capacity);
        // By itself it ends where its values do.
        var values = shape._fields[^1];
        return new(values.Offset + values.Bytes, shape._fields, [.. shape._fresh[..(values.Offset + values.Bytes)]]);
    }

    private StructShape Whole() => new(_fresh.Count, _fields, [.. _fresh]);

    // One whose kind changed knows nothing of use: another path, another detector.
    private void Add(DetectorShape state)
    {
        Add($"{state.Name}.{state.Kind}", state.Shape);
        if (state.Kind != DetectorKind.Rule) Add($"{state.Name}.{state.Kind}.calibrator", StateLayout.Calibrator);
    }

    private void AddWindow(string name, int capacity)
    {
        Append(name, _layout.Struct(StateLayout.Window));
        Append(name, Bytes("values", RollingWindow.ValueBytes(capacity)));
        End();
    }

    private void AddChart(int points)
    {
        for (var i = 0; i < ChartSegment.Points; i++) Append($"chart[{i}]", _layout.Struct(StateLayout.ChartPoint));
        Append("chart", Bytes("segments", SeriesChart.SegmentBytes(points)));
        End();
    }

    private static StructShape Bytes(string name, int count) => new(count, [new(0, StructField.ArrayOf(nameof(Byte), count), name)]);

    private void Add(string name, string part) => Add(name, _layout.Struct(part));

    private void Add(string name, StructShape part)
    {
        Append(name, part);
        End();
    }

    private void Append(string name, StructShape part)
    {
        _fields.AddRange(part.Fields.Select(field => field with { Offset = _fresh.Count + field.Offset, Path = $"{name}.{field.Path}" }));
        _fresh.AddRange(part.Fresh);
    }

    // Every part begins where a 64-bit number may lie.
    private void End() => _fresh.AddRange(new byte[-_fresh.Count & 7]);
}
