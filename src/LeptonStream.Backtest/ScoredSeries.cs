namespace LeptonStream.Backtest;

/// <summary>A detector's scores of one series (or entity), row by row, beside the truth.</summary>
internal sealed class ScoredSeries
{
    /// <param name="scores">One per row; higher is more anomalous, 0 is nothing.</param>
    /// <param name="alarms">One per row: whether an alarm stood.</param>
    /// <param name="events">The true anomalies, in order, apart from each other. What lies before <paramref name="firstScored"/> is cut
    /// off.</param>
    /// <param name="firstScored">The first row that counts.</param>
    /// <param name="days">The time from the first row that counts to the last.</param>
    public ScoredSeries(double[] scores, bool[] alarms, IEnumerable<RowRange> events, int firstScored, double days)
    {
        Scores = scores;
        Alarms = alarms;
        FirstScored = firstScored;
        Days = days;
        Events = [.. events.Where(e => e.Last >= firstScored).Select(e => e with { First = Math.Max(e.First, firstScored) })];
    }

    public double[] Scores { get; }

    public bool[] Alarms { get; }

    public RowRange[] Events { get; }

    /// <summary>The score of each row in which an alarm begins, 0 in all others.</summary>
    public double[] OpeningScores => [.. Scores.Select((score, row) => Alarms[row] && (row == 0 || !Alarms[row - 1]) ? score : 0)];

    /// <summary>The truth row by row.</summary>
    public bool[] Labels
    {
        get
        {
            var labels = new bool[Scores.Length];
            foreach (var truth in Events) labels.AsSpan(truth.First, truth.Length).Fill(true);
            return labels;
        }
    }

    public int FirstScored { get; }

    public double Days { get; }

    /// <summary>Rows of warm-up of a file, as in NAB: 15 %, at most 750.</summary>
    public static int WarmUpOf(int rows) => Math.Min((int)(0.15 * rows), 750);
}
