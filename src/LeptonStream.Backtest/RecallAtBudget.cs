namespace LeptonStream.Backtest;

/// <summary>
/// The best event recall that one threshold for all series reaches within a budget of false episodes per series-day, whatever line the
/// detector drew itself. Because episodes merge, a detector that flags everything has one endless episode: a threshold that flags more than
/// 1 % of the normal rows does not count.
/// </summary>
internal static class RecallAtBudget
{
    private const double MostNormalRowsFlagged = 0.01;

    /// <summary>The recall at each budget, in the budgets' order; null where there is no event or no time.</summary>
    /// <remarks>
    /// Exact: every distinct score is tried, from the highest down, and each row that comes in joins the episodes beside it.
    /// </remarks>
    public static double?[] Of(IReadOnlyList<ScoredSeries> series, params ReadOnlySpan<double> budgets)
    {
        var sweep = new Sweep(series);
        var best = new double?[budgets.Length];
        if (sweep.Events == 0 || sweep.Days <= 0) return best;
        best.AsSpan().Fill(0);
        while (sweep.LowerToNextScore())
        {
            if (sweep.NormalFlagged > MostNormalRowsFlagged * sweep.NormalRows) break;
            for (var i = 0; i < budgets.Length; i++)
                if (sweep.FalseEpisodes <= budgets[i] * sweep.Days)
                    best[i] = Math.Max(best[i]!.Value, sweep.Detected / (double)sweep.Events);
        }

        return best;
    }

    private sealed class Sweep
    {
        // Ascending by score.
        private readonly double[] _scores;
        private readonly int[] _rows;

        // Rows of all series one behind the other, each series followed by a gap that no episode crosses.
        private readonly int[] _episode;
        private readonly int[] _event;
        private readonly bool[] _touches;
        private readonly bool[] _detected;
        private int _next;

        public Sweep(IReadOnlyList<ScoredSeries> all)
        {
            var rows = all.Sum(s => s.Scores.Length + EventMetrics.MergeGap);
            _episode = new int[rows];
            _event = new int[rows];
            _touches = new bool[rows];
            Array.Fill(_episode, -1);
            Array.Fill(_event, -1);
            var (scores, order) = (new List<double>(), new List<int>());
            var start = 0;
            foreach (var series in all)
            {
                Days += series.Days;
                NormalRows += series.Scores.Length - series.FirstScored;
                foreach (var truth in series.Events)
                {
                    _event.AsSpan(start + truth.First, truth.Length).Fill(Events++);
                    NormalRows -= truth.Length;
                }

                for (var row = series.FirstScored; row < series.Scores.Length; row++)
                {
                    if (series.Scores[row] <= 0) continue;
                    scores.Add(series.Scores[row]);
                    order.Add(start + row);
                }

                start += series.Scores.Length + EventMetrics.MergeGap;
            }

            _detected = new bool[Events];
            (_scores, _rows) = ([.. scores], [.. order]);
            Array.Sort(_scores, _rows);
            _next = _rows.Length - 1;
        }

        public int Events { get; }

        public double Days { get; }

        public long NormalRows { get; }

        public long NormalFlagged { get; private set; }

        public int Detected { get; private set; }

        public int FalseEpisodes { get; private set; }

        public bool LowerToNextScore()
        {
            if (_next < 0) return false;
            var score = _scores[_next];
            while (_next >= 0 && _scores[_next] == score) Flag(_rows[_next--]);
            return true;
        }

        private void Flag(int row)
        {
            _episode[row] = row;
            var truth = _event[row];
            if (truth < 0)
            {
                NormalFlagged++;
                FalseEpisodes++;
            }
            else
            {
                _touches[row] = true;
                if (!_detected[truth]) Detected++;
                _detected[truth] = true;
            }

            Join(row, -1);
            Join(row, 1);
        }

        // The nearest flagged row on that side is enough: those behind it are in its episode already.
        private void Join(int row, int direction)
        {
            for (var distance = 1; distance <= EventMetrics.MergeGap; distance++)
            {
                var other = row + (direction * distance);
                if (other < 0 || other >= _episode.Length) return;
                if (_episode[other] < 0) continue;
                Merge(Root(row), Root(other));
                return;
            }
        }

        private void Merge(int one, int other)
        {
            if (one == other) return;
            if (!_touches[one] || !_touches[other]) FalseEpisodes--;
            _touches[other] |= _touches[one];
            _episode[one] = other;
        }

        private int Root(int row)
        {
            while (_episode[row] != row) row = _episode[row] = _episode[_episode[row]];
            return row;
        }
    }
}
