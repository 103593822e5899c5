namespace LeptonStream.Detection.Lifecycle;

/// <summary>
/// Reduces a score to its novelty: how far it goes beyond what was already reported. A sharp event is reported again when it is twice as
/// bad, or after four calm samples; a slow one when it is twice as bad, or after a hundred steps. A score without novelty keeps its order
/// far below the line: a part of 1 − 0.1/score. All zeros is the state of a series that was never seen.
/// </summary>
internal struct NoveltyFilter
{
    private static readonly LifecycleTuning Tuning = LifecycleTuning.Default;

    private float _sharpReported;
    private int _calm;
    private SlowNovelty _finding;
    private SlowNovelty _alert;

    /// <summary>The novelty of a sharp score.</summary>
    /// <param name="score">The score, in lines of news.</param>
    /// <param name="known">What a score without novelty comes to at most.</param>
    public double OfSharp(double score, double known)
    {
        if (score < 1)
        {
            if (++_calm > Tuning.CalmSamples) _sharpReported = 0;
            return score;
        }

        _calm = 0;
        if (score < Tuning.WorseFactor * _sharpReported) return known * KnownScore(score);
        _sharpReported = (float)score;
        return score;
    }

    /// <summary>The novelty of a slow score, once a step. Below the line a slow score counts for little.</summary>
    /// <param name="score">The slow score.</param>
    /// <param name="alertFrom">From which score on it is worth an alert.</param>
    /// <param name="known">What a score without novelty comes to at most.</param>
    /// <param name="alert">The score that is worth an alert now; 0 for none.</param>
    public double OfSlow(double score, double alertFrom, double known, out double alert)
    {
        alert = _alert.Take(score, alertFrom, _sharpReported) ? score : 0;
        if (_finding.Take(score, 1, _sharpReported)) return score;
        return score < 1 ? score * score * score : known * KnownScore(score);
    }

    /// <summary>The order of a score from 1 on without novelty, below 1.</summary>
    public static double KnownScore(double score) => 1 - (0.1 / score);

    private struct SlowNovelty
    {
        private const int Quiet = 100;

        private float _reported;
        private int _steps;

        public bool Take(double score, double line, double sharpReported)
        {
            if (++_steps > Quiet) _reported = 0;
            // A change that was reported as a sharp event is half reported.
            if (score < line || score < Math.Max(Tuning.WorseFactor * _reported, sharpReported)) return false;
            _reported = (float)score;
            _steps = 0;
            return true;
        }
    }
}
