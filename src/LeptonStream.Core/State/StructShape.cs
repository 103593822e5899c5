using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LeptonStream.State;

/// <summary>Where the fields of a struct of plain bytes lie, and with which bytes it begins.</summary>
internal sealed class StructShape(int bytes, IReadOnlyList<StructField> fields, byte[]? fresh = null)
{
    /// <summary>Bytes of a struct, at most.</summary>
    public const int MaxBytes = ushort.MaxValue;

    // What reflection says of a struct that asks for nothing.
    private const int UsualPack = 8;

    /// <summary>The shape of a struct that is not there: no bytes.</summary>
    public static StructShape Empty { get; } = new(0, []);

    /// <summary>Bytes of the whole struct.</summary>
    public int Bytes => bytes;

    /// <summary>Its fields, in their order.</summary>
    public IReadOnlyList<StructField> Fields => fields;

    /// <summary>The bytes with which it begins: zeros, but where an <see cref="IFreshState{TSelf}"/> says otherwise.</summary>
    public byte[] Fresh { get; } = fresh ?? new byte[bytes];

    /// <summary>The shape of a struct of this program.</summary>
    /// <exception cref="NotSupportedException">Its fields lie otherwise than one behind the other.</exception>
    public static StructShape Of(Type type)
    {
        var fields = new List<StructField>();
        var size = Measure(type).Bytes;
        if (size != RuntimeHelpers.SizeOf(type.TypeHandle))
            throw new NotSupportedException($"{type} has {RuntimeHelpers.SizeOf(type.TypeHandle)} bytes, by its fields {size}");
        var fresh = new byte[size];
        Inside(type, "", 0, fields, fresh);
        if (fields.Exists(field => field.Bytes < 0)) throw new NotSupportedException($"{type} has a field of no known type");
        return new(size, fields, fresh);
    }

    private static void Inside(Type type, string path, int at, List<StructField> fields, byte[] fresh)
    {
        foreach (var (field, offset) in FieldsOf(type))
        {
            if (LengthOf(type) is { } length)
            {
                // The only field of an array is its first element.
                for (var i = 0; i < length; i++) Add(field.FieldType, $"{path.TrimEnd('.')}[{i}]", i * Measure(field.FieldType).Bytes);
            }
            else
            {
                Add(field.FieldType, path + NameOf(field), offset);
            }
        }

        if (type.GetInterfaces().Any(one => one.IsGenericType && one.GetGenericTypeDefinition() == typeof(IFreshState<>)))
            FreshBytesOf(type).CopyTo(fresh, at);

        void Add(Type inner, string name, int offset)
        {
            var kind = TypeNameOf(inner);
            fields.Add(new(at + offset, kind, name));
            if (kind.StartsWith(StructField.Mark, StringComparison.Ordinal)) Inside(inner, name + ".", at + offset, fields, fresh);
        }
    }

    private static string TypeNameOf(Type type)
    {
        if (type.IsEnum) return type.GetEnumUnderlyingType().Name;
        if (IsNumber(type)) return type.Name;
        return LengthOf(type) is not { } length ? StructField.Mark
            : StructField.ArrayOf(TypeNameOf(FieldsOf(type).Single().Field.FieldType), length);
    }

    private static IEnumerable<(FieldInfo Field, int Offset)> FieldsOf(Type type)
    {
        var at = 0;
        foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .OrderBy(TokenOf))
        {
            var (size, alignment) = Measure(field.FieldType);
            at = Aligned(at, Math.Min(alignment, PackOf(type)));
            yield return (field, at);
            at += size;
        }
    }

    private static (int Bytes, int Alignment) Measure(Type type)
    {
        if (type.IsEnum) type = type.GetEnumUnderlyingType();
        if (IsNumber(type)) return (StructField.BytesOf(type.Name), StructField.BytesOf(type.Name));
        var (end, alignment) = (0, 1);
        foreach (var (field, offset) in FieldsOf(type))
        {
            var (size, own) = Measure(field.FieldType);
            end = offset + (size * (LengthOf(type) ?? 1));
            alignment = Math.Max(alignment, Math.Min(own, PackOf(type)));
        }

        // One without fields has a byte all the same.
        return (Aligned(Math.Max(end, 1), alignment), alignment);
    }

    private static int PackOf(Type type) => type.StructLayoutAttribute is { Pack: > 0 and < UsualPack } packed ? packed.Pack : 16;

    private static int? LengthOf(Type type) => type.GetCustomAttribute<InlineArrayAttribute>()?.Length;

    private static bool IsNumber(Type type) => StructField.BytesOf(type.Name) > 0 && type.Namespace == nameof(System);

    // A property's field is named after it.
    private static string NameOf(FieldInfo field) => field.Name.StartsWith('<') ? field.Name[1..field.Name.IndexOf('>')] : field.Name;

    private static int Aligned(int at, int to) => (at + to - 1) / to * to;

    // A program compiled ahead of time has no tokens; there fields come as they are declared.
    private static int TokenOf(FieldInfo field) => field.HasMetadataToken() ? field.MetadataToken : 0;

    // Nor has it generic methods that are made as it runs.
    private static byte[] FreshBytesOf(Type type)
    {
        var bytes = new byte[Measure(type).Bytes];
        var fresh = GCHandle.Alloc(type.GetProperty(nameof(IFreshState<>.Fresh))!.GetValue(null), GCHandleType.Pinned);
        Marshal.Copy(fresh.AddrOfPinnedObject(), bytes, 0, bytes.Length);
        fresh.Free();
        return bytes;
    }
}
