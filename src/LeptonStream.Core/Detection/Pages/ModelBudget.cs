using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Detection.Pages;

/// <summary>
/// Keeps a budget of one model, however many series it has: one false page, or one false warning, in a time. An alert that asks says by how
/// many powers of ten its score is rarer than one in that time on a single series; it is admitted where that is enough for all series of
/// the model together, with those that ask at the same time as its witnesses.
/// </summary>
/// <remarks>
/// <code>
/// k alerts of the last minutes, each of d decades or more, are admitted where d ≥ log10(series ÷ k) + learned
/// </code>
/// It is the rule of Benjamini and Hochberg, run over the alerts of ten to twenty minutes (Benjamini and Hochberg 1995, J. R. Stat. Soc. B
/// 57, 289; by the inequality of Simes the probability of any false page keeps its bound). A fault of many series needs less of each; a
/// single one of many thousands needs more. What the tails of the scores promise and the model does not keep is <c>learned</c>: each
/// admission raises the line by half a decade, and each budget's time lowers it by as much, so that they come at the rate of the budget in
/// the long run (adaptive conformal inference: Gibbs and Candès 2021, NeurIPS 34), between 0 and as many decades as the series have: then
/// a tail of half the slope is covered.
/// Those within one time of <see cref="Together"/> are one. A function of the questions and their order.
/// </remarks>
internal sealed class ModelBudget
{
    /// <summary>Admissions in this time are one.</summary>
    public static readonly TimeSpan Together = TimeSpan.FromMinutes(10);

    /// <summary>Witnesses count for so long at most.</summary>
    public static readonly TimeSpan Window = 2 * Together;

    private const int Bins = 64;
    private const double BinsPerDecade = 5;
    private const double Step = 0.5;

    private readonly ushort[] _now = new ushort[Bins];
    private readonly ushort[] _before = new ushort[Bins];
    private long _clock;
    private long _nowSince;
    private long _admitted = Timestamp.Never.UnixNanoseconds;
    private double _learned;
    private long _learnedAt;

    /// <summary>Decades by which the line is raised now: what was learned from those that were admitted.</summary>
    public double Learned => _learned;

    /// <summary>Whether an alert grew enough to ask again.</summary>
    public static bool IsHigher(double decades, double? before) => before is not { } then || BinOf(decades) > BinOf(then);

    /// <summary>Answers an alert that asks to be a page, or a warning.</summary>
    /// <param name="time">Event time.</param>
    /// <param name="decades">Powers of ten by which its score is rarer, on one series, than one in <paramref name="budget"/>.</param>
    /// <param name="before">The decades with which the same alert asked before, whose place it takes; null where it did not.</param>
    /// <param name="series">The number of series of the model.</param>
    /// <param name="budget">The time in which the model may have one that is false.</param>
    public bool Admits(Timestamp time, double decades, double? before, int series, TimeSpan budget)
    {
        var all = Advance(time, series, budget);
        var bin = BinOf(decades);
        // An alert that grows is one witness, not one of each of its heights.
        if (before is { } then && _now[BinOf(then)] > 0) _now[BinOf(then)]--;
        if (_now[bin] < ushort.MaxValue) _now[bin]++;
        return IsAdmitted(bin, all);
    }

    /// <summary>Answers an alert that asked in the last minutes, and is no higher since: others may have asked beside it.</summary>
    /// <param name="time">Event time.</param>
    /// <param name="decades">The decades with which it asked.</param>
    /// <param name="series">The number of series of the model.</param>
    /// <param name="budget">The time in which the model may have one that is false.</param>
    public bool AdmitsAfterAll(Timestamp time, double decades, int series, TimeSpan budget)
    {
        var all = Advance(time, series, budget);
        return IsAdmitted(BinOf(decades), all);
    }

    /// <summary>Sets the clock back: what was asked ahead of it was asked now.</summary>
    public void SetBack(Timestamp to)
    {
        (_clock, _nowSince) = (Math.Min(_clock, to.UnixNanoseconds), Math.Min(_nowSince, to.UnixNanoseconds));
        (_admitted, _learnedAt) = (Math.Min(_admitted, to.UnixNanoseconds), Math.Min(_learnedAt, to.UnixNanoseconds));
    }

    /// <summary>Writes everything a bit-equal copy needs.</summary>
    public void Save(StateWriter state)
    {
        state.Write(_clock);
        state.Write(_nowSince);
        state.Write(_admitted);
        state.Write(_learned);
        state.Write(_learnedAt);
        Save(_now, state);
        Save(_before, state);
    }

    /// <summary>Reads what <see cref="Save(StateWriter)"/> wrote.</summary>
    /// <exception cref="SnapshotCorruptException">The bytes are no such state.</exception>
    public static ModelBudget Load(ref StateReader state)
    {
        var budget = new ModelBudget
        {
            _clock = state.ReadInt64(),
            _nowSince = state.ReadInt64(),
            _admitted = state.ReadInt64(),
            _learned = state.ReadFinite(),
            _learnedAt = state.ReadInt64(),
        };
        Load(budget._now, ref state);
        Load(budget._before, ref state);
        return budget;
    }

    private bool IsAdmitted(int bin, double all)
    {
        // It raises the line for those that follow, and not for the other alerts of its minutes.
        var isOneMore = !new Timestamp(_admitted).IsNever && _clock - _admitted <= Nanoseconds(Together);
        if (!IsEnough(bin, all + (isOneMore ? Math.Max(0, _learned - Step) : _learned))) return false;
        if (isOneMore) return true;
        _learned = Math.Min(Step + all, _learned + Step);
        _admitted = _clock;
        return true;
    }

    // From the alert's own bin down: each lower one has more witnesses.
    private bool IsEnough(int bin, double needed)
    {
        var witnesses = 0;
        for (var i = Bins - 1; i >= 0; i--)
        {
            witnesses += _now[i] + _before[i];
            if (i <= bin && witnesses > 0 && i / BinsPerDecade >= needed - Math.Log10(witnesses)) return true;
        }

        return false;
    }

    // Returns the decades of the number of series.
    private double Advance(Timestamp time, int series, TimeSpan budget)
    {
        var all = Math.Log10(Math.Max(1, series));
        _clock = Math.Max(_clock, time.UnixNanoseconds);
        var elapsed = _clock - _nowSince;
        if (elapsed >= Nanoseconds(Together))
        {
            if (elapsed >= 2 * Nanoseconds(Together)) Array.Clear(_before);
            else _now.CopyTo(_before, 0);
            Array.Clear(_now);
            _nowSince = _clock;
        }

        _learned = Math.Min(Step + all, Math.Max(0, _learned - (Step * ((_clock - _learnedAt) / (double)Nanoseconds(budget)))));
        _learnedAt = _clock;
        return all;
    }

    // Rounded down: the score is at least so rare.
    private static int BinOf(double decades) => (int)Math.Clamp(decades * BinsPerDecade, 0, Bins - 1);

    private static long Nanoseconds(TimeSpan time) => time.Ticks * TimeSpan.NanosecondsPerTick;

    private static void Save(ushort[] counts, StateWriter state)
    {
        state.Write(counts.Count(static count => count > 0));
        for (var i = 0; i < Bins; i++)
        {
            if (counts[i] == 0) continue;
            state.Write(i);
            state.Write((int)counts[i]);
        }
    }

    private static void Load(ushort[] counts, ref StateReader state)
    {
        for (var left = state.ReadCount(Bins); left > 0; left--)
            counts[state.ReadCount(Bins - 1)] = (ushort)state.ReadCount(ushort.MaxValue);
    }
}
