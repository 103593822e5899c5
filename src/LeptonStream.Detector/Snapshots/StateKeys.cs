using System.Globalization;
using System.Text;

namespace LeptonStream.Detector.Snapshots;

/// <summary>
/// The keys of the state topic's records, the same in each of its partitions. The topic is compacted: a snapshot replaces the last but one.
/// </summary>
internal static class StateKeys
{
    public static string Header(long number) => Of($"header/{number % 2}");

    public static string Chunk(long number, int index) => Of($"chunk/{number % 2}/{index:D5}");

    public static string HeaderPart(long number, int index) => Of($"part/{number % 2}/{index:D5}");

    public static string Journal(long place) => Of($"journal/{place:D4}");

    public static bool IsHeader(byte[]? key) => key is not null && key.AsSpan().StartsWith("header/"u8);

    public static bool IsJournal(byte[]? key) => key is not null && key.AsSpan().StartsWith("journal/"u8);

    public static byte[] Bytes(string key) => Encoding.UTF8.GetBytes(key);

    private static string Of(FormattableString key) => key.ToString(CultureInfo.InvariantCulture);
}
