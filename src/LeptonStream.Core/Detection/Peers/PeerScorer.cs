using System.Runtime.InteropServices;
using LeptonStream.Detection.Calibration;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Store;
using LeptonStream.State;

namespace LeptonStream.Detection.Peers;

/// <summary>
/// The part of the siblings in a series' alert. The score is 1.0 where it is the odd one of its group
/// (<see cref="PeerVerdict.AnomalousFrom"/> scales) and grows by a half with each doubling; but no more than the rarity of such a distance
/// in its own past allows, held against the warning budget as any detector's is: GPUs with jobs of their own part company every day. An
/// alert is opened by the odd one only; an open one goes on while the series is far from its siblings, though another may be farther.
/// </summary>
internal sealed class PeerScorer(PeerMembership membership)
{
    private static readonly PeersTuning Tuning = PeersTuning.Default;

    // Of fewer the middle is no more than a guess.
    private static readonly int MinSiblings = Tuning.MinSiblings;

    // A reported score is reported again when it is so much worse, or was near its siblings for so long: a member that they get used to
    // goes through the line slowly.
    private static readonly double Worse = Tuning.WorseFactor;
    private static readonly double Near = Tuning.Near;
    private static readonly int NearFor = Tuning.NearFor;

    private Numbers _numbers;

    /// <summary>The place of the series among its siblings.</summary>
    public PeerMembership Membership => membership;

    /// <summary>The score of the newest sample; 0 where it is near its siblings, or where the policy does not look.</summary>
    public double Score => _numbers.Score;

    /// <summary>The score beyond the one reported before; a score without novelty keeps its order below the line.</summary>
    public double Novelty => _numbers.Novelty;

    /// <summary>Whether it says more of the newest sample than the series' own detectors.</summary>
    public bool IsLeading => _numbers.IsLeading;

    /// <summary>Takes a sample and combines the score of its siblings with that of the series' own detectors.</summary>
    /// <param name="own">The score of the series' own detectors.</param>
    /// <param name="value">The sample's value; of a counter, its rate.</param>
    /// <param name="series">The series, before its alert has seen the sample.</param>
    /// <param name="minScale">The smallest scale on which a difference counts, in the series' unit.</param>
    /// <param name="line">The rarity, per five minutes, of one alarm in the budget.</param>
    /// <param name="isYoung">Whether the series is in its warm-up, and so has no alert.</param>
    /// <returns>The score that its alert is to see.</returns>
    public double Combine(double own, double value, SeriesState series, double minScale, double line, bool isYoung)
    {
        // The deviation of an open alert must not become usual meanwhile.
        membership.Hold(series.Alert.Phase == AlertPhase.Open);
        var verdict = membership.Observe(value);
        var distance = verdict.Siblings >= MinSiblings && Passes(verdict, minScale, series.Policy) ? Math.Abs(verdict.Score) : 0;
        var rarity = _numbers.Calibrator.Rarity(distance, CalibrationPlan.Sharp, series.IntervalSeconds) + series.IntervalDecades;
        var speaks = !isYoung && (verdict.IsAnomalous || series.Alert.Phase == AlertPhase.Open);
        _numbers.Score = speaks ? Math.Clamp(rarity / line, 0, ScoreOf(distance)) : 0;
        if (_numbers.Events.Admits(_numbers.Score >= 1)) _numbers.Calibrator.Learn(distance, CalibrationPlan.Sharp);
        _numbers.Novelty = NoveltyOf(_numbers.Score, Math.Abs(verdict.Score));
        var seen = series.Alert.Phase == AlertPhase.Quiet ? _numbers.Novelty : _numbers.Score;
        _numbers.IsLeading = seen > own;
        return Math.Max(own, seen);
    }

    /// <summary>Writes everything a bit-equal copy needs.</summary>
    public void Save(StateWriter state)
    {
        state.WriteBlock(MemoryMarshal.AsBytes(new ReadOnlySpan<Numbers>(in _numbers)));
        membership.Save(state);
    }

    /// <summary>Reads what <see cref="Save"/> wrote on a scorer of the same series.</summary>
    /// <exception cref="SnapshotCorruptException">The bytes are no such state.</exception>
    public void Load(ref StateReader state)
    {
        state.ReadBlock(ref _numbers);
        membership.Load(ref state);
    }

    private static double ScoreOf(double distance)
    {
        var lines = distance / PeerVerdict.AnomalousFrom;
        return lines < 1 ? lines : 1 + (0.5 * Math.Log2(lines));
    }

    private double NoveltyOf(double score, double distance)
    {
        _numbers.NearSince = distance < Near ? _numbers.NearSince + 1 : 0;
        if (_numbers.NearSince > NearFor)
        {
            _numbers.NearSince = NearFor;
            _numbers.Reported = 0;
        }

        if (score < 1) return score;
        if (score < Worse * _numbers.Reported) return NoveltyFilter.KnownScore(score);
        return _numbers.Reported = score;
    }

    private static bool Passes(in PeerVerdict verdict, double minScale, SeriesPolicy policy) =>
        DeviationGate.Check(verdict.Value, verdict.Expected, double.NaN, minScale, policy) == GateVerdict.Open;

    internal struct Numbers
    {
        public TailCalibrator Calibrator;
        public double Score;
        public double Novelty;

        /// <summary>The score that was reported last; 0 once it is near its siblings again.</summary>
        public double Reported;
        public int NearSince;
        public LearningGate Events;
        public bool IsLeading;
    }
}
