namespace LeptonStream.Detectors.Forest;

/// <summary>
/// A value of a row in one byte: its sign and 127 steps from 0 to 20, 16 an octave of 1 + 12·|value|. Around 0 a step is 0.005, at 1 it is
/// 0.04, at 5 it is 0.2. What lies further out is 20. Steps keep the order, so a tree over them is one over values.
/// </summary>
internal static class RowCode
{
    /// <summary>The code of a missing value.</summary>
    public const sbyte Missing = sbyte.MinValue;

    private const int Most = 127;
    private const float Scale = 12;

    // Of a float from 1: four bits of the mantissa are left, and its exponent counts from there.
    private const int Shift = 23 - 4;
    private const int One = 127 << 23;
    private const int Half = 1 << (Shift - 1);

    private static readonly float[] Values = [.. Enumerable.Range(sbyte.MinValue, 256).Select(code => Decoded((sbyte)code))];

    /// <summary>The nearest code of a value; <see cref="Missing"/> for NaN.</summary>
    public static sbyte Of(float value)
    {
        if (float.IsNaN(value)) return Missing;
        var bits = BitConverter.SingleToInt32Bits(1 + Math.Min(Math.Abs(value) * Scale, short.MaxValue));
        var steps = Math.Min((bits - One + Half) >> Shift, Most);
        return (sbyte)(value < 0 ? -steps : steps);
    }

    /// <summary>The code of the greatest value that is not above a cut: the same codes lie above it as values above the cut.</summary>
    public static sbyte OfCut(float cut)
    {
        var code = Of(cut);
        return code > -Most && ValueOf(code) > cut ? (sbyte)(code - 1) : code;
    }

    /// <summary>The value of a code; NaN where it is missing.</summary>
    public static float ValueOf(sbyte code) => Values[code - sbyte.MinValue];

    /// <summary>The codes of a row.</summary>
    /// <param name="row">Its values.</param>
    /// <param name="codes">Takes them; what is beyond the row is missing.</param>
    public static void Encode(ReadOnlySpan<float> row, Span<sbyte> codes)
    {
        for (var i = 0; i < row.Length; i++) codes[i] = Of(row[i]);
        codes[row.Length..].Fill(Missing);
    }

    /// <summary>The values of some codes.</summary>
    public static void Decode(ReadOnlySpan<sbyte> codes, Span<float> values)
    {
        for (var i = 0; i < codes.Length; i++) values[i] = ValueOf(codes[i]);
    }

    private static float Decoded(sbyte code)
    {
        if (code == Missing) return float.NaN;
        var value = (BitConverter.Int32BitsToSingle(One + (Math.Abs(code) << Shift)) - 1) / Scale;
        return code < 0 ? -value : value;
    }
}
