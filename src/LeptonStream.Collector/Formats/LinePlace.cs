using System.Buffers;
using System.Globalization;
using System.Text;
using LeptonStream.Collector.Points;

namespace LeptonStream.Collector.Formats;

/// <summary>The place of a fault in a text of lines, with the word there where another word would do.</summary>
internal static class LinePlace
{
    private const int LongestWord = 60;

    private static readonly SearchValues<byte> Ends = SearchValues.Create(" \t,=}\r\n"u8);

    /// <summary><c>line 1, column 18: 'abc' is no number</c>.</summary>
    /// <param name="reason">The fault.</param>
    /// <param name="line">The number of the line, from 1.</param>
    /// <param name="text">The payload.</param>
    /// <param name="from">Where the line begins.</param>
    /// <param name="at">Where reading ended: before the word, or behind it.</param>
    public static string Of(RefusalReason reason, int line, ReadOnlySpan<byte> text, int from, int at)
    {
        at = Math.Min(at, text.Length);
        if (reason is not (RefusalReason.BadNumber or RefusalReason.BadTime)) return Place(line, at - from);
        var begin = at;
        if (at == text.Length || Ends.Contains(text[at])) begin = from + text[from..at].LastIndexOfAny(Ends) + 1;
        var rest = text[begin..];
        var length = rest.IndexOfAny(Ends);
        var word = Encoding.UTF8.GetString(rest[..Math.Min(length < 0 ? rest.Length : length, LongestWord)]);
        var why = reason == RefusalReason.BadNumber ? "is no number" : $"is no time: {Epoch.Numbers}";
        return $"{Place(line, begin - from)}: '{word}' {why}";
    }

    private static string Place(int line, int column) => string.Create(CultureInfo.InvariantCulture, $"line {line}, column {column + 1}");
}
