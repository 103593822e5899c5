using System.IO.Hashing;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using LeptonStream.Detection.Entities;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Peers;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Store;
using LeptonStream.Detectors;

namespace LeptonStream.Detection.Snapshots;

/// <summary>
/// What the bytes of a snapshot mean: a fingerprint of the program's version of states, the lengths of windows and charts, the detectors,
/// and the fields of every struct whose bytes are written as they are. A snapshot of another fingerprint is not read.
/// </summary>
public static class StateLayout
{
    /// <summary>
    /// The version of everything that is written field by field. To be raised whenever that, or the meaning of a field, changes.
    /// </summary>
    public const int Version = 3;

    // Beside the states of detectors.
    private static readonly Type[] Blocks =
    [
        typeof(SeriesNumbers), typeof(Calibration.TailCalibrator), typeof(Series.PastExtremes), typeof(ChartPoint),
        typeof(ChangeOnset.Candidate),
        typeof(Cleaning.NonFiniteHabit),
        typeof(Cleaning.LostReadings), typeof(EntityNumbers), typeof(PeerMember.Numbers), typeof(PeerGroup.Numbers),
        typeof(PeerScorer.Numbers), typeof(FrozenBaseline.Numbers),
    ];

    private static readonly Lazy<string> Fields = new(DescribeAll);

    /// <summary>The fingerprint under a policy.</summary>
    public static UInt128 FingerprintOf(DetectionPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var text = $"{Version}|{policy.Window}|{policy.SlowWindow}|{policy.ChartPoints}|{policy.LeanChartPoints}|{Fields.Value}";
        return XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>The fields of a struct, in their order, with the fields of the structs among them.</summary>
    internal static string Describe(Type type)
    {
        var text = new StringBuilder();
        Describe(type, text);
        return text.ToString();
    }

    private static string DescribeAll()
    {
        var text = new StringBuilder();
        text.AppendJoin(',', DetectorSet.AllNames);
        foreach (var detector in DetectorCatalog.All)
        {
            text.Append('\n').Append(detector.Name).Append(' ').Append(detector.StateBytes).Append(' ');
            if (StateOf(detector.GetType()) is { } state) Describe(state, text);
        }

        foreach (var block in Blocks)
        {
            text.Append('\n').Append(block.FullName).Append(' ');
            Describe(block, text);
        }

        return text.ToString();
    }

    private static Type? StateOf(Type detector)
    {
        for (var type = detector.BaseType; type is not null; type = type.BaseType)
            if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(SeriesDetector<>)) return type.GetGenericArguments()[0];
        return null;
    }

    private static void Describe(Type type, StringBuilder text)
    {
        if (type.IsPrimitive || type.IsEnum)
        {
            text.Append(type.IsEnum ? type.GetEnumUnderlyingType().Name : type.Name);
            return;
        }

        text.Append('{');
        if (type.GetCustomAttribute<InlineArrayAttribute>() is { } array) text.Append(array.Length).Append('×');
        foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).OrderBy(field =>
            field.MetadataToken))
        {
            text.Append(field.Name).Append(':');
            if (field.GetCustomAttribute<FixedBufferAttribute>() is { } buffer)
                text.Append(buffer.ElementType.Name).Append('×').Append(buffer.Length);
            else Describe(field.FieldType, text);
            text.Append(';');
        }

        text.Append('}');
    }
}
