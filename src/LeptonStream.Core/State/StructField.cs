using System.Globalization;

namespace LeptonStream.State;

/// <summary>
/// A field of a struct of plain bytes, or of one within it: a number, an array of numbers, or a mark that there is a struct or an array of
/// structs of this name, which has no bytes of its own.
/// </summary>
/// <param name="Offset">Bytes of the outermost struct before it.</param>
/// <param name="Type"><c>Double</c>, <c>Single[24]</c>; of a mark <c>{}</c> or <c>{}[7]</c>.</param>
/// <param name="Path">The names that lead to it: <c>Forecaster.Level</c>, <c>Slots[3].Mean</c>.</param>
internal readonly record struct StructField(int Offset, string Type, string Path)
{
    /// <summary>The type of a mark.</summary>
    public const string Mark = "{}";

    private static readonly Dictionary<string, int> Numbers = new()
    {
        [nameof(Boolean)] = 1, [nameof(Byte)] = 1, [nameof(SByte)] = 1, [nameof(Int16)] = 2, [nameof(UInt16)] = 2, [nameof(Char)] = 2,
        [nameof(Int32)] = 4, [nameof(UInt32)] = 4, [nameof(Single)] = 4, [nameof(Int64)] = 8, [nameof(UInt64)] = 8, [nameof(Double)] = 8,
        [nameof(Int128)] = 16, [nameof(UInt128)] = 16,
    };

    /// <summary>Its bytes; −1 where there is no such type.</summary>
    public int Bytes => BytesOf(Type);

    /// <summary>The name of an array's type.</summary>
    public static string ArrayOf(string element, int length) => string.Create(CultureInfo.InvariantCulture, $"{element}[{length}]");

    /// <summary>The bytes of a type by its name; −1 where there is none.</summary>
    public static int BytesOf(string type)
    {
        var bracket = type.IndexOf('[', StringComparison.Ordinal);
        var element = bracket < 0 ? type : type[..bracket];
        var length = 1;
        if (bracket >= 0 && (type[^1] != ']' || !TryReadLength(type.AsSpan((bracket + 1)..^1), out length))) return -1;
        return element == Mark ? 0 : Numbers.TryGetValue(element, out var bytes) ? bytes * length : -1;
    }

    private static bool TryReadLength(ReadOnlySpan<char> digits, out int length) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out length) && length is > 0 and <= StructShape.MaxBytes;
}
