using System.Globalization;

namespace LeptonStream.Backtest;

/// <summary>
/// Writes the score, alarm and band of every row, for other scoring programs: <c>timestamp,value,score,alarm,expected,lower,upper</c>. For
/// a file of several metrics the row is that of the metric with the highest score, named in a further column, and each metric's score
/// follows.
/// </summary>
internal static class ScoresFile
{
    public static void Write(BacktestFile file, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var text = new StreamWriter(path);
        var metrics = file.File.Metrics;
        var wide = metrics.Count > 1;
        text.Write("timestamp,value,score,alarm,expected,lower,upper");
        if (wide) text.Write(",metric," + string.Join(',', metrics.Select(m => "score_" + m)));
        text.Write('\n');
        for (var row = 0; row < file.Rows.Count; row++)
        {
            var verdict = file.RowVerdicts[row];
            text.Write(file.Rows[row].TimeText);
            Field(text, verdict.Value);
            Field(text, file.Series.Scores[row]);
            text.Write(file.Series.Alarms[row] ? ",1" : ",0");
            Field(text, verdict.Expected);
            Field(text, verdict.Lower);
            Field(text, verdict.Upper);
            if (wide)
            {
                text.Write(',');
                if (verdict.Metric >= 0) text.Write(metrics[verdict.Metric]);
                foreach (var scores in file.MetricScores) Field(text, scores[row]);
            }

            text.Write('\n');
        }
    }

    // Not known is an empty field, as in the input.
    private static void Field(StreamWriter text, double value)
    {
        text.Write(',');
        if (!double.IsNaN(value)) text.Write(value.ToString("G9", CultureInfo.InvariantCulture));
    }
}
