using System.IO.Compression;
using System.Runtime.InteropServices;

namespace LeptonStream.Backtest.Html;

/// <summary>A column of numbers as text that a page unpacks in a moment: little-endian floats, gzip, Base64.</summary>
internal static class PackedColumn
{
    public static string Of(ReadOnlySpan<float> numbers) => Pack(MemoryMarshal.AsBytes(numbers));

    public static string Of(ReadOnlySpan<double> numbers) => Pack(MemoryMarshal.AsBytes(numbers));

    /// <summary>
    /// A number without the digits that nobody can see on a chart of that <paramref name="span"/>: they would be most of the file.
    /// </summary>
    public static float Rounded(float number, float span)
    {
        var step = MathF.Pow(2, MathF.Floor(MathF.Log2(span / 128)));
        return float.IsFinite(step) && step > 0 ? MathF.Round(number / step) * step : number;
    }

    private static string Pack(ReadOnlySpan<byte> bytes)
    {
        using var packed = new MemoryStream();
        using (var zip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true)) zip.Write(bytes);
        return Convert.ToBase64String(packed.GetBuffer(), 0, (int)packed.Length);
    }
}
