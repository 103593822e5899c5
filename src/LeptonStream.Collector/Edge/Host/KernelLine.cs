using System.Buffers;
using System.Globalization;

namespace LeptonStream.Collector.Edge.Host;

/// <summary>Lines of the kernel's log, as its device and as syslog's files have them.</summary>
internal static class KernelLine
{
    private const string Tag = " kernel: ";
    private static readonly SearchValues<char> TimeLetters = SearchValues.Create(" .0123456789");
    private const int KernelFacility = 0;
    private const int LevelBits = 3;

    /// <summary>
    /// Takes a record of <c>/dev/kmsg</c> apart: <c>4,1234,5678901,-;message</c>. Records that a program wrote there, and not the kernel,
    /// are none.
    /// </summary>
    /// <param name="record">The record; further lines of it say more about the first.</param>
    /// <param name="sinceBoot">When it was written, since the machine started.</param>
    /// <param name="message">The message.</param>
    public static bool TryReadRecord(ReadOnlySpan<char> record, out TimeSpan sinceBoot, out ReadOnlySpan<char> message)
    {
        sinceBoot = default;
        message = default;
        var end = record.IndexOf(';');
        if (end < 0) return false;
        Span<Range> fields = stackalloc Range[4];
        var head = record[..end];
        if (head.Split(fields, ',') < 3 || !TryParse(head[fields[0]], out var priority) || priority >> LevelBits != KernelFacility
            || !TryParse(head[fields[2]], out var microseconds)) return false;
        sinceBoot = TimeSpan.FromTicks(Math.Min(microseconds, TimeSpan.MaxValue.Ticks / 20) * TimeSpan.TicksPerMicrosecond);
        message = record[(end + 1)..];
        if (message.IndexOf('\n') is >= 0 and var line) message = message[..line];
        return true;
    }

    /// <summary>
    /// Takes a line of a file apart: <c>Nov 30 12:00:00 host kernel: [ 5678.901] message</c>, with any form of time. The tag must be the
    /// first that the line has, so that no other program's line counts.
    /// </summary>
    public static bool TryReadLine(ReadOnlySpan<char> line, out ReadOnlySpan<char> message)
    {
        message = default;
        // The tag's colon is the first that a space follows: those of the time have digits behind them.
        var colon = line.IndexOf(": ", StringComparison.Ordinal);
        if (colon < 0 || !line[..(colon + 2)].EndsWith(Tag, StringComparison.Ordinal)) return false;
        message = line[(colon + 2)..].TrimEnd('\r');
        if (!message.StartsWith("[", StringComparison.Ordinal)) return true;
        if (message.IndexOf(']') is not (> 0 and var bracket)) return false;
        if (message[1..bracket].ContainsAnyExcept(TimeLetters)) return false;
        message = message[(bracket + 1)..].TrimStart(' ');
        return true;
    }

    private static bool TryParse(ReadOnlySpan<char> digits, out long value) =>
        long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
