namespace LeptonStream.Backtest;

/// <summary>The result of the Numenta Anomaly Benchmark's protocol for a corpus of files.</summary>
/// <param name="Profile">Whose weights.</param>
/// <param name="Threshold">The one threshold for all files.</param>
/// <param name="Raw">The sum over all files at that threshold.</param>
/// <param name="Normalised">0 is a detector that flags nothing, 100 one that flags the first row of every window and nothing else.</param>
internal sealed record NabScore(NabProfile Profile, double Threshold, double Raw, double Normalised)
{
    // Above every score that a NAB detector gives: it flags nothing.
    private const double FlagNothing = 1.1;

    /// <summary>
    /// The score at the threshold that is best for this corpus, as NAB does for every detector: the candidates are "flag nothing" and every
    /// distinct score, of equal ones the higher wins.
    /// </summary>
    public static NabScore Best(IReadOnlyList<NabSeries> corpus, NabProfile profile)
    {
        var rows = new List<(double Score, int File, int Row)>();
        for (var file = 0; file < corpus.Count; file++)
            for (var row = corpus[file].Probation; row < corpus[file].Scores.Length; row++)
                rows.Add((corpus[file].Scores[row], file, row));
        rows.Sort((a, b) => b.Score.CompareTo(a.Score));

        // The worth of each window so far: that of its best flagged row.
        var windows = corpus.Select(f => Enumerable.Repeat(-profile.FalseNegative, f.Windows.Count).ToArray()).ToArray();
        var total = -profile.FalseNegative * corpus.Sum(ScorableWindows);
        var (best, threshold) = (total, Math.Max(FlagNothing, rows.Count > 0 ? Math.BitIncrement(rows[0].Score) : 0));
        for (var i = 0; i < rows.Count; i++)
        {
            var (score, file, row) = rows[i];
            var worth = corpus[file].WorthOf(row, profile);
            var window = corpus[file].WindowOf(row);
            if (window < 0) total += worth;
            else if (worth > windows[file][window])
            {
                total += worth - windows[file][window];
                windows[file][window] = worth;
            }

            if ((i + 1 == rows.Count || rows[i + 1].Score < score) && total > best) (best, threshold) = (total, score);
        }

        return At(corpus, profile, threshold);
    }

    /// <summary>The score at a given threshold.</summary>
    public static NabScore At(IReadOnlyList<NabSeries> corpus, NabProfile profile, double threshold)
    {
        var raw = corpus.Sum(file => NabFileScore.At(file, profile, threshold).Score);
        var windows = corpus.Sum(file => file.Windows.Count);
        var nothing = -profile.FalseNegative * windows;
        var perfect = profile.TruePositive * windows;
        return new(profile, threshold, raw, windows == 0 ? 0 : 100 * (raw - nothing) / (perfect - nothing));
    }

    private static int ScorableWindows(NabSeries file) => file.Windows.Count(w => w.Last >= file.Probation);
}

/// <summary>One file's part: its score, and how many rows were flagged rightly (in a window) and not.</summary>
internal readonly record struct NabFileScore(double Score, int TruePositives, int TrueNegatives, int FalsePositives, int FalseNegatives)
{
    public static NabFileScore At(NabSeries file, NabProfile profile, double threshold)
    {
        var windows = Enumerable.Repeat(-profile.FalseNegative, file.Windows.Count).ToArray();
        double outside = 0;
        int hits = 0, quiet = 0, wrong = 0, missed = 0;
        for (var row = file.Probation; row < file.Scores.Length; row++)
        {
            var window = file.WindowOf(row);
            var flagged = file.Scores[row] >= threshold;
            if (window < 0 && flagged)
            {
                wrong++;
                outside += file.WorthOf(row, profile);
            }
            else if (window < 0) quiet++;
            else if (flagged)
            {
                hits++;
                windows[window] = Math.Max(windows[window], file.WorthOf(row, profile));
            }
            else missed++;
        }

        var inside = windows.Where((_, i) => file.Windows[i].Last >= file.Probation).Sum();
        return new(inside + outside, hits, quiet, wrong, missed);
    }
}
