using System.IO.Hashing;
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
