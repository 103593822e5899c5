using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LeptonStream.Collector.Edge;

/// <summary>
/// Gives back what the start of the native edge read of its program and libraries. The pages stay in the host's page cache, and those that
/// are used come again.
/// </summary>
internal static partial class StartPages
{
    private const string Mappings = "/proc/self/smaps";

    // MADV_DONTNEED.
    private const int NotNeeded = 4;

    /// <summary>Gives them back, but in a program that compiles as it runs, whose runtime changes pages after it has mapped them.</summary>
    public static void Release()
    {
        if (RuntimeFeature.IsDynamicCodeSupported || !OperatingSystem.IsLinux()) return;
        try
        {
            // All are known before the first is given back.
            foreach (var (start, length) in Unchanged(File.ReadLines(Mappings)).ToList()) _ = Advise(start, length, NotNeeded);
        }
        catch (Exception hidden) when (hidden is IOException or UnauthorizedAccessException)
        {
            // It is larger then, and works as well.
        }
    }

    // Of a mapping that can't be written and never was, the file has every byte.
    private static IEnumerable<(nuint Start, nuint Length)> Unchanged(IEnumerable<string> lines)
    {
        (nuint Start, nuint Length)? mapping = null;
        foreach (var line in lines)
        {
            if (char.IsAsciiHexDigitLower(line[0])) mapping = OfFile(line);
            else if (mapping is { } found && line.StartsWith("Anonymous:", StringComparison.Ordinal)
                && line.EndsWith(" 0 kB", StringComparison.Ordinal)) yield return found;
        }
    }

    // 00404000-017fb000 r-xp 00004000 fe:00 11722767    /opt/lepton/lepton-edge
    private static (nuint Start, nuint Length)? OfFile(string line)
    {
        var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields is not [var range, "r--p" or "r-xp", _, _, _, ['/', ..], ..]) return null;
        var dash = range.IndexOf('-', StringComparison.Ordinal);
        var (start, end) = (Address(range.AsSpan(0, dash)), Address(range.AsSpan(dash + 1)));
        return (start, end - start);
    }

    private static nuint Address(ReadOnlySpan<char> hex) => nuint.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nuint start, nuint length, int advice);
}
