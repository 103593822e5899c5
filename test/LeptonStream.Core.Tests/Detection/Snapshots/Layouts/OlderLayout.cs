using LeptonStream.Detection;
using LeptonStream.Detection.Snapshots;
using LeptonStream.Detectors;
using LeptonStream.Forecasting;
using LeptonStream.State;

namespace LeptonStream.Core.Tests.Detection.Snapshots.Layouts;

/// <summary>Made-up layouts of an older program: fields and detectors of this one added, taken out and in another order.</summary>
internal static class OlderLayout
{
    public const string FormerDetector = "former-detector";

    public static LayoutDescription Present => StateLayout.Of(DetectionPolicy.Default);

    /// <summary>The same fields in another order, with some that are no more among them; a detector that is no more came first.</summary>
    public static LayoutDescription WithMore(Random random) =>
        WithFormerDetector(EachShape(Present, (_, shape) => Shuffled([.. shape.Fields, .. Former(random)], random)));

    /// <summary>As <see cref="WithMore"/>, and some fields were not there yet.</summary>
    public static LayoutDescription WithLess(Random random, Func<StructField, bool> mayLack) => WithFormerDetector(EachShape(Present,
        (_, shape) => Shuffled([.. shape.Fields.Where(field => !mayLack(field) || random.Next(8) > 0), .. Former(random)], random)));

    /// <summary>A detector was not there yet.</summary>
    public static LayoutDescription Without(string detector) => Present with
    {
        Detectors = [.. Present.Detectors.Where(name => name != detector)],
        Lean = [.. Present.Lean.Where(name => name != detector)],
        States = [.. Present.States.Where(state => state.Name != detector)],
    };

    /// <summary>A struct was not there yet.</summary>
    public static LayoutDescription WithoutStruct(LayoutDescription layout, string name) =>
        layout with { Structs = layout.Structs.Where(one => one.Key != name).ToDictionary() };

    /// <summary>The step of slow detectors lay among the numbers of any series.</summary>
    public static LayoutDescription WithTheSlowStepInEverySeries()
    {
        var step = Present.Struct(StateLayout.SlowStep);
        return WithoutStruct(With(StateLayout.Series, series => new(series.Bytes + step.Bytes, [.. series.Fields,
            new(series.Bytes, StructField.Mark, "Slow"),
            .. step.Fields.Select(field => field with { Offset = series.Bytes + field.Offset, Path = $"Slow.{field.Path}" })])),
            StateLayout.SlowStep);
    }

    /// <summary>The profiles of forecasts had a number of 32 bits for each slot.</summary>
    public static LayoutDescription WithProfilesOfFloats() => EachShape(Present, (_, shape) => Wider(shape));

    private static StructShape Wider(StructShape shape)
    {
        var (fields, at) = (new List<StructField>(), shape.Bytes);
        foreach (var field in shape.Fields)
        {
            var slots = field.Path.EndsWith("Forecaster._days", StringComparison.Ordinal) ? DailySlots.Count
                : field.Path.EndsWith("Forecaster._weeks", StringComparison.Ordinal) ? WeeklySlots.Count : 0;
            if (fields.Exists(one => one.Type.StartsWith("Single[", StringComparison.Ordinal)
                && field.Path.StartsWith($"{one.Path}.", StringComparison.Ordinal))) continue;
            fields.Add(slots == 0 ? field : new(at, StructField.ArrayOf(nameof(Single), slots), field.Path));
            at += slots * sizeof(float);
        }

        return new(at, fields);
    }

    /// <summary>A struct had another shape.</summary>
    public static LayoutDescription With(string name, Func<StructShape, StructShape> change) =>
        EachShape(Present, (other, shape) => other == name ? change(shape) : shape);

    private static LayoutDescription EachShape(LayoutDescription layout, Func<string, StructShape, StructShape> change) => layout with
    {
        States = [.. layout.States.Select(state => state with { Shape = change(state.Name, state.Shape) })],
        Structs = layout.Structs.ToDictionary(one => one.Key, one => change(one.Key, one.Value)),
    };

    private static LayoutDescription WithFormerDetector(LayoutDescription layout) => layout with
    {
        Detectors = [FormerDetector, .. layout.Detectors],
        Lean = [FormerDetector, .. layout.Lean],
        States = [new(FormerDetector, DetectorKind.Sharp, new(12, [new(4, "Double", "Former")])), .. layout.States],
    };

    private static IEnumerable<StructField> Former(Random random) =>
        Enumerable.Range(0, random.Next(3)).Select(i => new StructField(0, random.Next(2) == 0 ? "Int32" : "Double[3]", $"Former{i}"));

    private static StructShape Shuffled(StructField[] fields, Random random)
    {
        random.Shuffle(fields);
        var at = 0;
        for (var i = 0; i < fields.Length; i++)
        {
            fields[i] = fields[i] with { Offset = at };
            at += fields[i].Bytes + random.Next(2);
        }

        return new(Math.Max(at, 1), fields);
    }
}
