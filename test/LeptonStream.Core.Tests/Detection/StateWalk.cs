using System.Reflection;
using LeptonStream.Core.Tests.Detection.Store;
using LeptonStream.Detection;

namespace LeptonStream.Core.Tests.Detection;

/// <summary>
/// Every field of everything that a partition holds, by reflection: series, entities, watches over limits, training runs. The blocks of
/// plain bytes in which series keep their numbers are not fields; <see cref="StateInspection"/> reads those.
/// </summary>
internal static class StateWalk
{
    private static readonly Assembly Core = typeof(PartitionPipeline).Assembly;

    /// <summary>The fields that hold a NaN, as <c>Type.field</c>.</summary>
    public static SortedSet<string> NotANumber(PartitionPipeline partition)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var open = new Stack<(object Part, string Path)>([(partition, "")]);
        while (open.TryPop(out var next))
        {
            var (part, path) = next;
            if (part is double or float)
            {
                if (double.IsNaN(Convert.ToDouble(part, null))) found.Add(path);
                continue;
            }

            if (!part.GetType().IsValueType && !seen.Add(part)) continue;
            foreach (var (inner, name) in PartsOf(part))
                if (inner is not null && IsState(inner.GetType())) open.Push((inner, name ?? path));
        }

        return found;
    }

    private static IEnumerable<(object? Part, string? Name)> PartsOf(object part)
    {
        var type = part.GetType();
        if (part is Array array)
        {
            // Elements have the name of the field that holds them.
            foreach (var element in array) yield return (element, null);
            yield break;
        }

        for (var declaring = type; declaring is not null && declaring != typeof(object); declaring = declaring.BaseType)
        {
            foreach (var field in declaring.GetFields(
                BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                if (!field.FieldType.IsPointer && !field.FieldType.IsByRefLike) yield return
                    (field.GetValue(part), declaring.Assembly == Core ? $"{declaring.Name}.{NameOf(field)}" : null);
        }
    }

    // A property's field is named after it.
    private static string NameOf(FieldInfo field) => field.Name.StartsWith('<') ? field.Name[1..field.Name.IndexOf('>')] : field.Name;

    private static bool IsState(Type type) =>
        type == typeof(double) || type == typeof(float)
        || (!type.IsPrimitive && !type.IsEnum && !type.IsAssignableTo(typeof(Delegate)) && IsOurs(type));

    // Collections of the base library hold ours, or numbers.
    private static bool IsOurs(Type type) =>
        type.IsArray ? type.GetElementType() is { } element && (element == typeof(double) || element == typeof(float) || IsOurs(element))
        : type.IsGenericType ? type.Assembly == Core || type.GetGenericArguments().Any(argument =>
            argument == typeof(double) || argument == typeof(float) || IsOurs(argument))
        : type.Assembly == Core;
}
