using LeptonStream.Series;

namespace LeptonStream.Benchmarks.Accuracy;

/// <summary>
/// |x − median| ÷ (1.4826 · median absolute deviation) over the last day, the largest over the metrics. The scale is at least a quarter of
/// the metric's standard deviation so far, else a metric that mostly stands still would speak for every row.
/// </summary>
internal static class RobustZ
{
    private const double MadToSigma = 1.4826;
    private const double MinShareOfSigma = 0.25;
    private const int MinRows = 30;

    public static double[] Score(double[][] rows, int rowsADay)
    {
        var scores = new double[rows.Length];
        for (var metric = 0; metric < rows[0].Length; metric++)
        {
            var window = new RollingWindow(new byte[RollingWindow.BytesFor(rowsADay)]);
            double mean = 0, squares = 0;
            for (var row = 0; row < rows.Length; row++)
            {
                var value = rows[row][metric];
                if (row >= MinRows)
                {
                    var scale = Math.Max(MadToSigma * window.MedianAbsoluteDeviation(), MinShareOfSigma * Math.Sqrt(squares / row));
                    if (scale > 0) scores[row] = Math.Max(scores[row], Math.Abs(value - window.Median) / scale);
                }

                window.Push(value);
                var off = value - mean;
                mean += off / (row + 1);
                squares += off * (value - mean);
            }
        }

        return scores;
    }
}
