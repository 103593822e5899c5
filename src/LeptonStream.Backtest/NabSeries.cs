namespace LeptonStream.Backtest;

/// <summary>
/// One file as the Numenta Anomaly Benchmark scores it: every row beyond the probation has a worth, should a detector flag it.
/// </summary>
internal sealed class NabSeries
{
    private static readonly double Best = Sigmoid(-1);

    /// <param name="scores">One per row, from 0 to 1 or on any other scale.</param>
    /// <param name="windows">The labelled windows, in order.</param>
    public NabSeries(double[] scores, IReadOnlyList<RowRange> windows)
    {
        Scores = scores;
        Windows = windows;
        Probation = ScoredSeries.WarmUpOf(scores.Length);
    }

    public double[] Scores { get; }

    public IReadOnlyList<RowRange> Windows { get; }

    /// <summary>The first row that counts.</summary>
    public int Probation { get; }

    /// <summary>The window that a row lies in, or -1.</summary>
    public int WindowOf(int row)
    {
        for (var i = 0; i < Windows.Count && Windows[i].First <= row; i++)
            if (row <= Windows[i].Last) return i;
        return -1;
    }

    /// <summary>
    /// The worth of flagging a row: in a window up to the weight of a hit, less the later it is; outside minus the weight of a false alarm,
    /// less shortly after a window.
    /// </summary>
    public double WorthOf(int row, NabProfile profile)
    {
        RowRange? passed = null;
        foreach (var window in Windows)
        {
            if (row < window.First) break;
            if (row <= window.Last) return Sigmoid(-(window.Last - row + 1) / (double)window.Length) / Best * profile.TruePositive;
            passed = window;
        }

        if (passed is not { } last) return -profile.FalsePositive;
        return Sigmoid((row - last.Last) / (double)(last.Length - 1)) * profile.FalsePositive;
    }

    private static double Sigmoid(double x) => x > 3 ? -1 : (2 / (1 + Math.Exp(5 * x))) - 1;
}
