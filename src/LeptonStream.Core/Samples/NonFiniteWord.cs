using System.Text;

namespace LeptonStream.Samples;

/// <summary>
/// The words for numbers that JSON can't write, as producers' languages print them: <c>NaN</c>, <c>Infinity</c>, <c>-inf</c>, <c>+Inf</c>,
/// in any case.
/// </summary>
public static class NonFiniteWord
{
    /// <summary>The longest of them, with its sign.</summary>
    public const int MaxBytes = 9;

    /// <summary>Reads a word.</summary>
    /// <param name="text">UTF-8, without quotes.</param>
    /// <param name="value">NaN or an infinity; NaN where it is no such word.</param>
    public static bool TryRead(ReadOnlySpan<byte> text, out double value)
    {
        value = double.NaN;
        if (text.Length is < 3 or > MaxBytes) return false;
        var sign = text[0] switch { (byte)'-' => -1, (byte)'+' => 1, _ => 0 };
        var word = sign == 0 ? text : text[1..];
        if (Ascii.EqualsIgnoreCase(word, "nan"u8)) return true;
        if (!Ascii.EqualsIgnoreCase(word, "inf"u8) && !Ascii.EqualsIgnoreCase(word, "infinity"u8)) return false;
        value = sign < 0 ? double.NegativeInfinity : double.PositiveInfinity;
        return true;
    }
}
