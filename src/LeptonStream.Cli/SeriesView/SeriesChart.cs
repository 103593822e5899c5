using System.Globalization;
using LeptonStream.Detection;

namespace LeptonStream.Cli.SeriesView;

/// <summary>Draws a series in letters: values, the band in which they are ordinary, and below them the scores.</summary>
internal static class SeriesChart
{
    private const int Width = 72;
    private const int Height = 12;
    private const string Levels = "▁▂▃▄▅▆▇█";

    public static void Write(TextWriter output, SeriesHistory series)
    {
        JudgedSample[] columns = Columns([.. series.Samples]);
        double[] seen = [.. columns.SelectMany(at => (double[])[at.Sample.Value, at.Lower, at.Upper]).Where(double.IsFinite)];
        if (seen.Length == 0) return;
        var (low, high) = (seen.Min(), seen.Max());
        var step = (high > low ? high - low : Math.Max(Math.Abs(high), 1)) / (Height - 1);
        for (var row = Height - 1; row >= 0; row--)
        {
            var (bottom, top) = (low + ((row - 0.5) * step), low + ((row + 0.5) * step));
            output.WriteLine($"{Text(low + (row * step)),12} │{string.Concat(columns.Select(at => Letter(at, bottom, top)))}");
        }

        if (!series.IsOfRun)
            output.WriteLine(
                $"{"score",12} │{string.Concat(columns.Select(at => Level(at.Score)))}  █ is the alert line, ! beyond it");
        output.WriteLine($"{"",12}  {Time(columns[0])} to {Time(columns[^1])} UTC; ● value"
            + (series.IsOfRun ? "" : ", × outside the band, ░ band"));
    }

    // The worst of each column, so that no point outside the band is left out.
    private static JudgedSample[] Columns(JudgedSample[] samples) =>
        samples.Length <= Width ? samples : [.. Enumerable.Range(0, Width).Select(column => samples
            .AsSpan((int)((long)column * samples.Length / Width)..(int)((long)(column + 1) * samples.Length / Width)).ToArray()
            .MaxBy(sample => sample.Score))];

    private static char Letter(in JudgedSample at, double bottom, double top) =>
        at.Sample.Value > bottom && at.Sample.Value <= top ? at.Sample.Value > at.Upper || at.Sample.Value < at.Lower ? '×' : '●'
            : at.Lower <= top && at.Upper >= bottom ? '░' : ' ';

    private static char Level(double score) => score >= 1 ? '!' : score > 0 ? Levels[(int)(score * Levels.Length)] : ' ';

    private static string Time(in JudgedSample at) =>
        at.Sample.Time.ToDateTimeOffset().UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Text(double value) => value.ToString("G5", CultureInfo.InvariantCulture);
}
