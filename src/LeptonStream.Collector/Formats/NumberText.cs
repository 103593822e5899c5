using System.Buffers.Text;
using LeptonStream.Samples;

namespace LeptonStream.Collector.Formats;

/// <summary>Reads numbers that stand as text.</summary>
internal static class NumberText
{
    // Whole numbers of so many digits, and powers of ten up to that, are exact in a double, so that one division rounds as it must.
    private const int ExactDigits = 15;

    private static readonly double[] PowersOfTen = [.. Enumerable.Range(0, ExactDigits + 1).Select(power => Math.Pow(10, power))];

    /// <summary>Reads a number, <c>NaN</c> or an infinity; the text must be that alone.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out double value)
    {
        if (TryPlain(text, out value)) return true;
        if (text.IsEmpty) return false;
        // The parser takes a sign and "Infinity" but no "+Inf"; digits and a point decide which one is asked.
        if (text[^1] is > (byte)'9') return NonFiniteWord.TryRead(text, out value);
        return Utf8Parser.TryParse(text, out value, out int used) && used == text.Length && double.IsFinite(value);
    }

    /// <summary>Reads a whole number of at most 18 digits, without sign.</summary>
    public static bool TryDigits(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        if (text.Length is 0 or > 18) return false;
        foreach (var unit in text)
        {
            var digit = unit - '0';
            if ((uint)digit > 9) return false;
            value = (value * 10) + digit;
        }

        return true;
    }

    private static bool TryPlain(ReadOnlySpan<byte> text, out double value)
    {
        value = 0;
        var isNegative = !text.IsEmpty && text[0] == (byte)'-';
        var at = isNegative ? 1 : 0;
        if (text.Length - at is 0 or > ExactDigits + 1) return false;
        long digits = 0;
        var point = -1;
        for (; at < text.Length; at++)
        {
            var digit = text[at] - '0';
            if ((uint)digit <= 9) digits = (digits * 10) + digit;
            else if (text[at] == (byte)'.' && point < 0) point = at;
            else return false;
        }

        if (point < 0 && text.Length - (isNegative ? 1 : 0) > ExactDigits) return false;
        var decimals = point < 0 ? 0 : text.Length - point - 1;
        // "." alone, "-." and "5." are left to the parser.
        if (point >= 0 && (decimals == 0 || point == (isNegative ? 1 : 0))) return false;
        value = decimals == 0 ? digits : digits / PowersOfTen[decimals];
        if (isNegative) value = -value;
        return true;
    }
}
