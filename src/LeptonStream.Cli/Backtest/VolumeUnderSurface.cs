namespace LeptonStream.Cli.Backtest;

/// <summary>
/// Volume under the surface of range-aware curves (J. Paparrizos and others, PVLDB 15, 2022), as TSB-AD computes it. For every buffer length from 0 to
/// the window each event gets edges of half the buffer on both sides whose weight falls as √(1−d/ℓ); recall is multiplied by the share of the
/// (widened) events that are touched; the areas are averaged over the buffers.
/// </summary>
/// <remarks>
/// TSB-AD takes its thresholds at evenly spaced ranks, 250 of them: the strictest flags one row in 250. That is comparable with its tables, but coarse
/// on long series; more thresholds come closer to the truth.
/// </remarks>
internal static class VolumeUnderSurface
{
    /// <summary>The thresholds of TSB-AD's tables.</summary>
    public const int ComparableThresholds = 250;

    /// <returns>The volumes under the ROC and the precision-recall surface; null where no row is anomalous.</returns>
    public static (double Roc, double Pr)? Of(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels, int window, int thresholds = ComparableThresholds)
    {
        var events = RowRange.Of(labels);
        if (events.Count == 0) return null;
        var surface = new Surface(scores.ToArray(), events, thresholds);
        double roc = 0, pr = 0;
        for (var buffer = 0; buffer <= window; buffer++)
        {
            var (underRoc, underPr) = surface.AreasAt(buffer, window);
            roc += underRoc;
            pr += underPr;
        }

        return (roc / (window + 1), pr / (window + 1));
    }

    private sealed class Surface
    {
        private readonly double[] _scores;
        private readonly List<RowRange> _events;
        private readonly double[] _thresholds;
        private readonly int[] _flagged;

        public Surface(double[] scores, List<RowRange> events, int thresholds)
        {
            _scores = scores;
            _events = events;
            var ascending = scores.Order().ToArray();
            _thresholds = [.. Enumerable.Range(0, thresholds).Select(k => ascending[^(1 + (int)((scores.Length - 1) * (double)k / (thresholds - 1)))])];
            _flagged = [.. _thresholds.Select(t => scores.Count(s => s >= t))];
        }

        /// <summary>The areas under both curves for one length of the edges.</summary>
        public (double Roc, double Pr) AreasAt(int buffer, int window)
        {
            var weights = Weights(buffer);
            var widened = Widened(buffer);
            var counted = Widened(window);
            var positives = _events.Sum(e => e.Length);
            double roc = 0, pr = 0, lastHit = 0, lastFalse = 0;
            for (var k = 0; k < _thresholds.Length; k++)
            {
                var (weight, caught) = Catch(weights, counted, _thresholds[k]);
                var touched = widened.Count(range => Touches(range, _thresholds[k])) / (double)widened.Count;
                var all = (positives + weight) / 2;
                var hit = Math.Min(caught / all, 1) * touched;
                var wrong = (_flagged[k] - caught) / (_scores.Length - all);
                roc += (wrong - lastFalse) * (hit + lastHit) / 2;
                pr += (hit - lastHit) * (caught / _flagged[k]);
                (lastHit, lastFalse) = (hit, wrong);
            }

            return (roc + ((1 - lastFalse) * (1 + lastHit) / 2), pr);
        }

        // An event weighs fully whether flagged or not, an edge only where it is flagged.
        private (double Weight, double Caught) Catch(double[] weights, List<RowRange> ranges, double threshold)
        {
            double weight = 0, caught = 0;
            foreach (var range in ranges)
            {
                for (var row = range.First; row <= range.Last; row++)
                {
                    if (_scores[row] >= threshold)
                    {
                        weight += weights[row];
                        caught += weights[row];
                    }
                    else if (weights[row] == 1) weight++;
                }
            }

            return (weight, caught);
        }

        private bool Touches(RowRange range, double threshold)
        {
            for (var row = range.First; row <= range.Last; row++)
                if (_scores[row] >= threshold) return true;
            return false;
        }

        private double[] Weights(int buffer)
        {
            var weights = new double[_scores.Length];
            foreach (var truth in _events)
            {
                weights.AsSpan(truth.First, truth.Length).Fill(1);
                for (var distance = 1; distance <= buffer / 2; distance++)
                {
                    var weight = Math.Sqrt(1 - (distance / (double)buffer));
                    if (truth.Last + distance < weights.Length) weights[truth.Last + distance] = Math.Min(1, weights[truth.Last + distance] + weight);
                    if (truth.First - distance >= 0) weights[truth.First - distance] = Math.Min(1, weights[truth.First - distance] + weight);
                }
            }

            return weights;
        }

        // Events with their edges; those whose edges meet are one.
        private List<RowRange> Widened(int buffer)
        {
            var half = buffer / 2;
            var ranges = new List<RowRange>();
            foreach (var truth in _events)
            {
                var range = new RowRange(Math.Max(0, truth.First - half), Math.Min(_scores.Length - 1, truth.Last + half));
                if (ranges.Count > 0 && ranges[^1].Last >= range.First) ranges[^1] = ranges[^1] with { Last = range.Last };
                else ranges.Add(range);
            }

            return ranges;
        }
    }
}
