using System.Text.Json;
using System.Text.Json.Serialization;

namespace LeptonStream.Policies.Calendars;

/// <summary>
/// The texts of the iCal files that policies name. They travel with the policies, in a comment on the first line: whoever takes a partition
/// over judges by the same days, though the files have changed or are not there.
/// </summary>
internal static class CalendarTexts
{
    private const string Mark = "# calendars: ";

    /// <summary>Characters of all files together, at most: the policies are one record of a topic.</summary>
    public const int MaxLength = 256 * 1024;

    /// <summary>The policies with the texts; as they are where there is none.</summary>
    public static string Pack(string yaml, IReadOnlyDictionary<string, string> texts)
    {
        if (texts.Count == 0) return yaml;
        var ordered = new SortedDictionary<string, string>(texts.ToDictionary(), StringComparer.Ordinal);
        return $"{Mark}{JsonSerializer.Serialize(ordered, CalendarJson.Default.SortedDictionaryStringString)}\n{yaml}";
    }

    /// <summary>The policies without the texts.</summary>
    /// <param name="packed">What <see cref="Pack"/> made, or any other policies.</param>
    /// <param name="texts">The texts by the names of their files; null where the policies hold none.</param>
    public static string Unpack(string packed, out IReadOnlyDictionary<string, string>? texts)
    {
        texts = null;
        var end = packed.IndexOf('\n', StringComparison.Ordinal);
        if (end < 0 || !packed.StartsWith(Mark, StringComparison.Ordinal)) return packed;
        try
        {
            texts = JsonSerializer.Deserialize(packed.AsSpan(Mark.Length, end - Mark.Length), CalendarJson.Default.DictionaryStringString);
        }
        catch (JsonException)
        {
            // A comment of somebody's own.
            return packed;
        }

        return packed[(end + 1)..];
    }
}

[JsonSerializable(typeof(SortedDictionary<string, string>))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class CalendarJson : JsonSerializerContext;
