using LeptonStream.Series;

namespace LeptonStream.Benchmarks.Accuracy;

/// <summary>
/// Four detectors of a few lines each, on one metric: the least that a learned default must be worth. Every scale has a floor of a quarter
/// of the metric's standard deviation so far, else a series that mostly stands still would speak for every row.
/// </summary>
internal static class SimplePeers
{
    private const double MinShareOfSigma = 0.25;
    private const int MinRows = 30;
    private const int MedianRows = 360;
    private const int VarianceRows = 12;
    private const double ScaleRate = 0.002;
    private const double Clip = 10;

    // Additive Holt-Winters (P. R. Winters, Management Science 6, 1960): level, trend, one profile of the day.
    private const double Level = 0.2;
    private const double Trend = 0.01;
    private const double Season = 0.1;

    /// <summary>|x − forecast| in mean absolute residuals.</summary>
    public static double[] HoltWinters(double[][] rows, int rowsADay)
    {
        var season = new double[Math.Max(1, rowsADay)];
        var (level, trend) = (rows[0][0], 0.0);
        return Score(rows, (row, value) =>
        {
            var slot = row % season.Length;
            var error = value - (level + trend + season[slot]);
            var before = level;
            level += trend + (Level * error);
            trend += Trend * (level - before - trend);
            season[slot] += Season * (1 - Level) * error;
            return error;
        });
    }

    /// <summary>|x − x before| in mean absolute differences.</summary>
    public static double[] FirstDifference(double[][] rows, int rowsADay)
    {
        var before = rows[0][0];
        return Score(rows, (_, value) =>
        {
            var difference = value - before;
            before = value;
            return difference;
        });
    }

    /// <summary>|x − median| in median absolute deviations of the last 360 rows.</summary>
    public static double[] MedianMad(double[][] rows, int rowsADay)
    {
        var window = new RollingWindow(new byte[RollingWindow.BytesFor(MedianRows)]);
        var scores = new double[rows.Length];
        var history = new Spread();
        for (var row = 0; row < rows.Length; row++)
        {
            var value = rows[row][0];
            var scale = Math.Max(1.4826 * window.MedianAbsoluteDeviation(), MinShareOfSigma * history.Sigma);
            if (row >= MinRows && scale > 0) scores[row] = Math.Abs(value - window.Median) / scale;
            window.Push(value);
            history.Add(value);
        }

        return scores;
    }

    /// <summary>Standard deviation of the last 12 rows, in standard deviations so far.</summary>
    public static double[] MovingVariance(double[][] rows, int rowsADay)
    {
        var window = new RollingWindow(new byte[RollingWindow.BytesFor(VarianceRows)]);
        var scores = new double[rows.Length];
        var history = new Spread();
        for (var row = 0; row < rows.Length; row++)
        {
            window.Push(rows[row][0]);
            if (row >= MinRows && history.Sigma > 0) scores[row] = window.StandardDeviation / history.Sigma;
            history.Add(rows[row][0]);
        }

        return scores;
    }

    // An error of each row, in mean absolute errors of those before, the far ones clipped.
    private static double[] Score(double[][] rows, Func<int, double, double> errorOf)
    {
        var scores = new double[rows.Length];
        var history = new Spread();
        double scale = 0;
        for (var row = 0; row < rows.Length; row++)
        {
            var error = Math.Abs(errorOf(row, rows[row][0]));
            var usual = Math.Max(scale, MinShareOfSigma * history.Sigma);
            if (row >= MinRows && usual > 0) scores[row] = error / usual;
            var learned = row < MinRows ? error : Math.Min(error, Clip * usual);
            scale += Math.Max(ScaleRate, 1.0 / (row + 1)) * (learned - scale);
            history.Add(rows[row][0]);
        }

        return scores;
    }

    // Standard deviation of all values so far (B. P. Welford, Technometrics 4, 1962).
    private struct Spread
    {
        private int _count;
        private double _mean;
        private double _squares;

        public readonly double Sigma => _count < 2 ? 0 : Math.Sqrt(_squares / _count);

        public void Add(double value)
        {
            var off = value - _mean;
            _mean += off / ++_count;
            _squares += off * (value - _mean);
        }
    }
}
