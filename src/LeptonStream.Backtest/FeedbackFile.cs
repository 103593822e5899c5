using System.Globalization;
using LeptonStream.Feedback;

namespace LeptonStream.Backtest;

/// <summary>Reads verdicts from a file: the values of records of the feedback topic, one a line.</summary>
internal static class FeedbackFile
{
    /// <exception cref="InvalidDataException">It can't be read, or a line is no verdict; the message says which.</exception>
    public static IReadOnlyList<FeedbackEvent> Read(string path)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{path}: {unreadable.Message}");
        }

        List<FeedbackEvent> all = [];
        for (var i = 0; i < lines.Length; i++)
        {
            if (string.IsNullOrWhiteSpace(lines[i])) continue;
            all.Add(FeedbackEvent.Read(lines[i]) ?? throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture,
                $"{path}:{i + 1}: no verdict: write one as it stands in the feedback topic (docs/events.md)")));
        }

        return all;
    }
}
