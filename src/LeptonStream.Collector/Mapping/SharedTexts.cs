using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;

namespace LeptonStream.Collector.Mapping;

/// <summary>
/// Makes strings of texts, and the same string of a text that comes again: the series of a resource share its labels. It remembers a few
/// hundred, found by their hashes.
/// </summary>
internal sealed class SharedTexts
{
    private const int Slots = 512;
    private const int LongestBytes = 1024;

    private readonly (UInt128 Hash, string Text)[] _slots = new (UInt128, string)[Slots];

    /// <summary>The same string where it came before: values that were cut, and those that rules made.</summary>
    public string Of(string text)
    {
        var hash = XxHash128.HashToUInt128(MemoryMarshal.AsBytes(text.AsSpan()), 1);
        ref var slot = ref _slots[(int)(hash % Slots)];
        if (slot.Text is null || slot.Hash != hash) slot = (hash, text);
        return slot.Text;
    }

    /// <summary>The string of a text in UTF-8.</summary>
    public string Of(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) return "";
        if (text.Length > LongestBytes) return Encoding.UTF8.GetString(text);
        var hash = XxHash128.HashToUInt128(text);
        ref var slot = ref _slots[(int)(hash % Slots)];
        if (slot.Text is null || slot.Hash != hash) slot = (hash, Encoding.UTF8.GetString(text));
        return slot.Text;
    }
}
