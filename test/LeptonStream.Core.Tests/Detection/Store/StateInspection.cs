using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LeptonStream.Detection;
using LeptonStream.Detection.Calibration;
using LeptonStream.Detection.Store;
using LeptonStream.Detectors;
using LeptonStream.Series;

namespace LeptonStream.Core.Tests.Detection.Store;

/// <summary>
/// Looks at every number in the memory of a partition's series: forecast, scales, windows, detectors, calibrators and past.
/// </summary>
internal static class StateInspection
{
    /// <summary>The paths of those that are not finite.</summary>
    public static IEnumerable<string> NotFinite(PartitionPipeline partition) => AllSeries(Registry(partition)).Values.SelectMany(NotFinite);

    private static List<string> NotFinite(SeriesState series)
    {
        var layout = Layout(series.Pipeline);
        var memory = series.Memory.Span;
        var found = new List<string>();
        Look(SeriesLayout.Numbers(memory), "numbers", found);
        Look(layout.Window(memory), "window", found);
        if (layout.HasSlow)
        {
            Look(layout.Slow(memory), "slow step", found);
            Look(layout.SlowWindow(memory), "slow window", found);
        }

        if (layout.HasPast) Look(layout.Past(memory), "past", found);
        for (var i = 0; i < layout.Detectors.Length; i++)
        {
            var detector = layout.Detectors[i];
            Look(StateOf(detector, layout.State(memory, i)), detector.Name, found);
            if (detector.Kind != DetectorKind.Rule) Look(layout.Calibrator(memory, i), $"calibrator of {detector.Name}", found);
        }

        return found;
    }

    private static void Look(in RollingWindow window, string path, List<string> found)
    {
        for (var back = 0; back < window.Count; back++)
            if (!double.IsFinite(window[back])) found.Add($"{path}[{back}]");
        if (window.Count > 0 && !double.IsFinite(window.Mean + window.StandardDeviation + window.Median
            + window.MedianAbsoluteDeviation())) found.Add($"{path}'s statistics");
    }

    private static void Look(object part, string path, List<string> found)
    {
        if (part is double or float && !double.IsFinite(Convert.ToDouble(part, null))) found.Add($"{path} = {part}");
        var type = part.GetType();
        if (type.IsPrimitive || type.IsEnum) return;
        if (type.GetCustomAttribute<InlineArrayAttribute>() is { } array)
        {
            foreach (var (i, element) in Elements(part, array.Length).Index()) Look(element, $"{path}[{i}]", found);
            return;
        }

        foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
            Look(field.GetValue(part)!, $"{path}.{field.Name}", found);
    }

    private static object StateOf(SeriesDetector detector, ReadOnlySpan<byte> bytes)
    {
        var type = detector.GetType();
        while (!type.IsGenericType) type = type.BaseType!;
        return Boxed(type.GetGenericArguments()[0], bytes.ToArray());
    }

    private static object Boxed(Type type, byte[] bytes) =>
        typeof(StateInspection).GetMethod(nameof(Read), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(type)
            .Invoke(null, [bytes])!;

    private static object Read<T>(byte[] bytes)
        where T : struct => MemoryMarshal.Read<T>(bytes);

    private static IEnumerable<object> Elements(object array, int length)
    {
        var element = array.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Single().FieldType;
        var elements = typeof(StateInspection).GetMethod(nameof(ElementsOf), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(array.GetType(), element);
        return (object[])elements.Invoke(null, [array, length])!;
    }

    private static object[] ElementsOf<TArray, TElement>(TArray array, int length)
        where TElement : struct =>
        [.. MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<TArray, TElement>(ref array), length).ToArray().Cast<object>()];

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_series")]
    private static extern ref SeriesRegistry Registry(PartitionPipeline partition);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_series")]
    private static extern ref Dictionary<SeriesId, SeriesState> AllSeries(SeriesRegistry registry);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_layout")]
    private static extern ref SeriesLayout Layout(SeriesPipeline pipeline);
}
