using System.Reflection;
using System.Runtime.InteropServices;

namespace LeptonStream.Benchmarks;

/// <summary>Bytes of all objects that one leads to, by their types: what the garbage collector keeps of it.</summary>
internal sealed class ObjectBytes
{
    private static readonly Dictionary<Type, FieldInfo[]> Fields = [];

    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);
    private readonly Stack<object> _waiting = new();

    /// <summary>Bytes by type.</summary>
    public Dictionary<Type, long> ByType { get; } = [];

    /// <summary>Counts an object and all that it leads to, unless it was counted already.</summary>
    public void Count(object root)
    {
        Visit(root);
        while (_waiting.TryPop(out var next))
        {
            ByType[next.GetType()] = ByType.GetValueOrDefault(next.GetType()) + SizeOf(next);
            if (next is string) continue;
            if (next is Array array) VisitAll(array);
            else VisitFields(next, next.GetType());
        }
    }

    private void VisitAll(Array array)
    {
        var element = array.GetType().GetElementType()!;
        if (element.IsPrimitive || !MayRefer(element)) return;
        foreach (var one in array) Visit(one);
    }

    private void VisitFields(object here, Type type)
    {
        foreach (var field in FieldsOf(type)) Visit(field.GetValue(here));
    }

    private void Visit(object? value)
    {
        if (value is null or Type or MemberInfo or Delegate) return;
        var type = value.GetType();
        if (type.IsPrimitive || type.IsEnum || type.IsPointer) return;
        if (type.IsValueType) VisitFields(value, type);
        else if (_seen.Add(value)) _waiting.Push(value);
    }

    private static bool MayRefer(Type type) => !type.IsValueType || FieldsOf(type).Length > 0;

    private static FieldInfo[] FieldsOf(Type type)
    {
        if (Fields.TryGetValue(type, out var known)) return known;
        var fields = new List<FieldInfo>();
        for (var here = type; here is not null; here = here.BaseType)
            fields.AddRange(here.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic
                | BindingFlags.DeclaredOnly).Where(f => !f.FieldType.IsPrimitive && !f.FieldType.IsEnum && !f.FieldType.IsPointer
                    && f.FieldType != type && (!f.FieldType.IsValueType || MayRefer(f.FieldType)) && !f.FieldType.IsByRefLike));
        return Fields[type] = [.. fields];
    }

    // The runtime keeps the size of an object of a type, and of an element, at the beginning of its table of methods.
    private static long SizeOf(object value)
    {
        var table = value.GetType().TypeHandle.Value;
        long size = Marshal.ReadInt32(table, sizeof(int));
        if (value is string text) size += sizeof(char) * (long)text.Length;
        else if (value is Array array) size += (ushort)Marshal.ReadInt16(table) * (long)array.Length;
        return (size + 7) & ~7;
    }
}
