using System.Globalization;

namespace LeptonStream.Explanations;

/// <summary>Numbers with the English name of the counted thing.</summary>
public static class EnglishCount
{
    /// <summary><c>1 alert</c>, <c>42 alerts</c>.</summary>
    /// <param name="count">The number, from 0.</param>
    /// <param name="thing">The thing in the singular; an s makes its plural.</param>
    public static string Of(long count, string thing) =>
        count == 1 ? $"1 {thing}" : string.Create(CultureInfo.InvariantCulture, $"{count} {thing}s");
}
