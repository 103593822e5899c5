namespace LeptonStream.Backtest;

/// <summary>
/// Volume under the surface of range-aware curves (J. Paparrizos and others, PVLDB 15, 2022), as TSB-AD computes it. For every buffer
/// length ℓ from 0 to the window each event gets edges of half the buffer on both sides whose weight falls as √(1−d/ℓ); recall is
/// multiplied by the share of the (widened) events that are touched; the areas are averaged over the buffers.
/// </summary>
/// <remarks>
/// TSB-AD takes its thresholds at evenly spaced ranks, 250 of them: the strictest but one flags one row in 250. That is comparable with its
/// tables, but coarse on long series; more thresholds come closer to the truth. Time: n log n, and a buffer costs its edges, its events and
/// its thresholds, not its rows.
/// </remarks>
internal static class VolumeUnderSurface
{
    /// <summary>The thresholds of TSB-AD's tables.</summary>
    public const int ComparableThresholds = 250;

    /// <summary>
    /// The longest buffer that TSB-AD's metrics take where none is given, in rows; the same for every series, so that their means mean
    /// something.
    /// </summary>
    public const int ComparableWindow = 100;

    /// <param name="scores">One per row; higher is more anomalous.</param>
    /// <param name="labels">One per row: whether it is anomalous.</param>
    /// <param name="window">The longest buffer, in rows, at least 0.</param>
    /// <param name="thresholds">At how many ranks the curves are taken, at least 2.</param>
    /// <returns>The volumes under the ROC and the precision-recall surface; null where no row is anomalous.</returns>
    public static (double Roc, double Pr)? Of(
        ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels, int window = ComparableWindow, int thresholds = ComparableThresholds)
    {
        var events = RowRange.Of(labels);
        if (events.Count == 0) return null;
        var surface = new Surface(labels.ToArray(), [.. events], FlaggedRows.Of(scores, thresholds));
        double roc = 0, pr = 0;
        for (var buffer = 0; buffer <= window; buffer++)
        {
            var (underRoc, underPr) = surface.AreasAt(buffer);
            roc += underRoc;
            pr += underPr;
        }

        return (roc / (window + 1), pr / (window + 1));
    }

    /// <summary>The rows that each threshold flags, from the strictest on: all that the curves need of the scores.</summary>
    /// <param name="Since">By row, the first threshold that flags it.</param>
    /// <param name="Counts">By threshold, how many rows it flags.</param>
    private sealed record FlaggedRows(int[] Since, int[] Counts)
    {
        public static FlaggedRows Of(ReadOnlySpan<double> scores, int thresholds)
        {
            var rows = new int[scores.Length];
            for (var row = 0; row < rows.Length; row++) rows[row] = row;
            var sorted = scores.ToArray();
            Array.Sort(sorted, rows);
            var (since, counts) = (new int[rows.Length], new int[thresholds]);
            var step = (rows.Length - 1) / (double)(thresholds - 1);
            var next = rows.Length - 1;
            for (var k = 0; k < thresholds; k++)
            {
                var rank = k == thresholds - 1 ? rows.Length - 1 : (int)(k * step);
                for (var threshold = sorted[^(1 + rank)]; next >= 0 && sorted[next] >= threshold; next--) since[rows[next]] = k;
                counts[k] = rows.Length - 1 - next;
            }

            return new(since, counts);
        }
    }

    /// <summary>The curves of one buffer after the other; they must be asked for in order, from 0.</summary>
    private sealed class Surface
    {
        private readonly bool[] _labels;
        private readonly RowRange[] _events;
        private readonly FlaggedRows _flagged;
        private readonly int _positives;

        // By threshold: the anomalous rows that it is the first to flag.
        private readonly int[] _hits;

        // By event: the first threshold that flags a row of it or of its edges.
        private readonly int[] _touched;
        private readonly double[] _weights;

        public Surface(bool[] labels, RowRange[] events, FlaggedRows flagged)
        {
            (_labels, _events, _flagged) = (labels, events, flagged);
            _hits = new int[flagged.Counts.Length];
            _touched = new int[events.Length];
            _weights = new double[labels.Length];
            for (var i = 0; i < events.Length; i++)
            {
                var since = flagged.Since.AsSpan(events[i].First, events[i].Length);
                _positives += since.Length;
                _touched[i] = since[0];
                foreach (var k in since)
                {
                    _hits[k]++;
                    _touched[i] = Math.Min(_touched[i], k);
                }
            }
        }

        /// <summary>The areas under both curves for one length of the edges.</summary>
        public (double Roc, double Pr) AreasAt(int buffer)
        {
            var half = buffer / 2;
            if (half > 0 && buffer % 2 == 0) Widen(half);
            var edges = EdgesAt(buffer);
            var (touched, ranges) = TouchedAt(half);
            double roc = 0, pr = 0, lastHit = 0, lastFalse = 0, edge = 0;
            int hits = 0, found = 0;
            for (var k = 0; k < _hits.Length; k++)
            {
                edge += edges[k];
                hits += _hits[k];
                found += touched[k];
                // An event weighs fully whether flagged or not, an edge only where it is flagged.
                var all = _positives + (edge / 2);
                var caught = hits + edge;
                var hit = Math.Min(caught / all, 1) * found / ranges;
                var wrong = (_flagged.Counts[k] - caught) / (_labels.Length - all);
                roc += (wrong - lastFalse) * (hit + lastHit) / 2;
                pr += (hit - lastHit) * (caught / _flagged.Counts[k]);
                (lastHit, lastFalse) = (hit, wrong);
            }

            return (roc + ((1 - lastFalse) * (1 + lastHit) / 2), pr);
        }

        private void Widen(int half)
        {
            for (var i = 0; i < _events.Length; i++)
            {
                var (before, after) = (_events[i].First - half, _events[i].Last + half);
                if (before >= 0) _touched[i] = Math.Min(_touched[i], _flagged.Since[before]);
                if (after < _labels.Length) _touched[i] = Math.Min(_touched[i], _flagged.Since[after]);
            }
        }

        // By threshold: the weight of the edge rows that it is the first to flag. Where edges overlap they add up to at most 1.
        private double[] EdgesAt(int buffer)
        {
            for (var distance = 1; distance <= buffer / 2; distance++)
            {
                var weight = Math.Sqrt(1 - (distance / (double)buffer));
                foreach (var truth in _events)
                {
                    if (truth.First - distance >= 0) _weights[truth.First - distance] += weight;
                    if (truth.Last + distance < _labels.Length) _weights[truth.Last + distance] += weight;
                }
            }

            var edges = new double[_hits.Length];
            for (var distance = 1; distance <= buffer / 2; distance++)
            {
                foreach (var truth in _events)
                {
                    Take(truth.First - distance);
                    Take(truth.Last + distance);
                }
            }

            return edges;

            // Leaves nothing behind, so that a row of two edges counts once and the next buffer starts from nothing.
            void Take(int row)
            {
                if (row < 0 || row >= _labels.Length) return;
                if (!_labels[row]) edges[_flagged.Since[row]] += Math.Min(1, _weights[row]);
                _weights[row] = 0;
            }
        }

        // By threshold: the widened events that it is the first to touch, those whose edges meet being one; and how many there are.
        private (int[] Touched, int Ranges) TouchedAt(int half)
        {
            var touched = new int[_hits.Length];
            var ranges = 0;
            for (var i = 0; i < _events.Length;)
            {
                var since = _touched[i];
                for (i++; i < _events.Length && _events[i - 1].Last + half >= _events[i].First - half; i++)
                    since = Math.Min(since, _touched[i]);
                touched[since]++;
                ranges++;
            }

            return (touched, ranges);
        }
    }
}
