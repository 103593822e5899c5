using LeptonStream.Detection.Calibration;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Store;
using LeptonStream.Detectors;
using LeptonStream.Samples;

namespace LeptonStream.Detection;

/// <summary>
/// The detectors of a policy, on one series after the other: each scores the sample at hand, its raw score becomes a rarity against the
/// series' own past, and the rarities are combined. One thread, one sample at a time; allocates nothing after its construction.
/// </summary>
/// <param name="layout">Where the state and the calibration of each detector lie in the memory of a series.</param>
/// <param name="policy">The policy of the series: its bounds, and whether it is a distance.</param>
internal sealed class DetectorEnsemble(SeriesLayout layout, SeriesPolicy policy)
{
    private static readonly double MostOfOneSlow = CalibrationTuning.Default.MostOfOneSlow;

    private readonly SeriesLayout _layout = layout;
    private readonly SeriesDetector[] _detectors = layout.Detectors;
    private readonly DetectorKind[] _kinds = layout.Kinds;

    // The largest value that the metric can have, in its unit; infinite where it has none.
    private readonly double _ceiling = policy.Bounds.Upper;

    // Where nothing drifts, distances are independent draws around 0: the mean of the window and the forecast are then one number, and two
    // detectors that find the same sample rare have made one finding (ADR 0054).
    private readonly bool _countsAgreement = !policy.IsDistance;

    // The detector that knows the hours of the day; −1 where none does.
    private readonly int _hours = Array.FindIndex(layout.Detectors, detector => detector is TimeOfDayDetector);

    private readonly CalibrationPlan _sharp = policy.IsDistance ? CalibrationPlan.Distance : CalibrationPlan.Sharp;

    // Of the present sample, in the order of the layout.
    private readonly double[] _raw = new double[layout.Detectors.Length];
    private readonly double[] _rarity = new double[layout.Detectors.Length];
    private readonly double[] _byBody = new double[layout.Detectors.Length];

    /// <summary>Number of detectors.</summary>
    public int Count => _detectors.Length;

    /// <summary>Whether one of them sees single samples.</summary>
    public bool HasSharp => _kinds.Contains(DetectorKind.Sharp);

    /// <summary>
    /// Number of tests that share the warning budget: all slow detectors together are one, and so are all rules.
    /// </summary>
    public int Tests => _kinds.Count(kind => kind is not (DetectorKind.Slow or DetectorKind.Rule))
        + (_layout.HasSlow ? 1 : 0) + (_kinds.Contains(DetectorKind.Rule) ? 1 : 0);

    /// <summary>The part of the last sum of slow rarities that another detector says of the same number, in decades.</summary>
    public double DoubleCounted { get; private set; }

    /// <summary>A detector's name.</summary>
    public string NameOf(int detector) => _detectors[detector].Name;

    /// <summary>A detector's raw score of the sample that was judged last.</summary>
    public double RawOf(int detector) => _raw[detector];

    /// <summary>The rarity of that score, in decades.</summary>
    public double RarityOf(int detector) => _rarity[detector];

    /// <summary>Whether a detector looks every two minutes only.</summary>
    public bool IsSlow(int detector) => _kinds[detector] == DetectorKind.Slow;

    /// <summary>Whether a detector says that a value lies elsewhere than expected.</summary>
    public bool IsOfValues(int detector) => _detectors[detector].IsOfValues;

    /// <summary>The time since which a detector says so of a series; null where it does not know.</summary>
    public Timestamp? Since(int detector, Span<byte> memory) => _detectors[detector].Since(_layout.State(memory, detector));

    /// <summary>The one value that the series had until then; NaN where the detector does not know it.</summary>
    public double ValueBefore(int detector, Span<byte> memory) => _detectors[detector].ValueBefore(_layout.State(memory, detector));

    /// <summary>The range of the values that the series has shown at this hour of other days; null where nobody knows it.</summary>
    /// <param name="memory">The series' memory.</param>
    /// <param name="time">The time.</param>
    /// <param name="most">The part of the range of all hours that this one may be: else it says little.</param>
    public (double Low, double High)? UsualAt(Span<byte> memory, Timestamp time, double most) =>
        _hours < 0 ? null : TimeOfDayDetector.UsualAt(_layout.State(memory, _hours), time, most);

    /// <summary>The ranges of what the series has shown at each hour of other days; of no hour where nobody knows them.</summary>
    public HourRanges HoursOf(Span<byte> memory) =>
        _hours < 0 ? default : TimeOfDayDetector.RangesOf(_layout.State(memory, _hours));

    /// <summary>Takes that the values of every hour are so much higher from now on than they were.</summary>
    public void RaiseHours(Span<byte> memory, in HourRanges were, double amount)
    {
        if (_hours >= 0) TimeOfDayDetector.Raise(_layout.State(memory, _hours), were, amount);
    }

    /// <summary>Scores a sample with all detectors that see single ones, and calibrates: steps 3 and 4.</summary>
    public void Score(Span<byte> memory, in Sample sample, in SeriesView view, double intervalSeconds)
    {
        for (var i = 0; i < _detectors.Length; i++)
        {
            if (_kinds[i] == DetectorKind.Slow)
            {
                _raw[i] = _rarity[i] = 0;
                continue;
            }

            var raw = _detectors[i].Score(sample, view, _layout.State(memory, i));
            // A full cache stands still by itself: no reading hangs.
            if (raw > 0 && sample.Value >= _ceiling && _detectors[i] is FrozenValueDetector) raw = 0;
            _raw[i] = raw;
            _rarity[i] = _kinds[i] == DetectorKind.Rule
                ? Rarities.SoftCap(raw)
                : _layout.Calibrator(memory, i).Rarity(raw, _sharp, intervalSeconds);
            if (_kinds[i] == DetectorKind.Sharp) _byBody[i] = _layout.Calibrator(memory, i).RarityByBody(raw, _sharp);
        }
    }

    /// <summary>
    /// Scores a mean with the slow detectors, and lets them learn it always: they are there to see how the series goes on.
    /// </summary>
    /// <returns>The sum of their rarities, in decades.</returns>
    public double StepSlow(Span<byte> memory, in Sample mean, in SeriesView view, double stepSeconds)
    {
        double sum = 0;
        DoubleCounted = 0;
        for (var i = 0; i < _detectors.Length; i++)
        {
            if (_kinds[i] != DetectorKind.Slow) continue;
            var detector = _detectors[i];
            var state = _layout.State(memory, i);
            ref var calibrator = ref _layout.Calibrator(memory, i);
            var raw = detector.Score(mean, view, state);
            detector.Learn(mean, view, state);
            (_raw[i], _rarity[i]) = (0, 0);
            if (double.IsNaN(raw)) continue;
            _raw[i] = raw;
            _rarity[i] = Math.Min(calibrator.Rarity(raw, CalibrationPlan.Slow, stepSeconds), MostOfOneSlow);
            sum += _rarity[i];
            DoubleCounted += (1 - detector.Vote) * _rarity[i];
            calibrator.Learn(raw, CalibrationPlan.Slow);
        }

        return sum;
    }

    /// <summary>The rarity of the sample without the rules, in decades; 0 of a small change.</summary>
    /// <param name="gate">The policy's gates of small and unwatched changes.</param>
    public double Combine(GateVerdict gate)
    {
        if (gate != GateVerdict.Open) return 0;
        double most = 0;
        for (var i = 0; i < _detectors.Length; i++)
            if (_kinds[i] is not (DetectorKind.Sharp or DetectorKind.Slow or DetectorKind.Rule)) most = Math.Max(most, _rarity[i]);
        return Math.Max(NormOfSharp(_rarity), most);
    }

    /// <summary>
    /// The rarity of the sample by the bodies of its sharp scores, however often such a one came, in decades; 0 of an ordinary sample and
    /// of a small change.
    /// </summary>
    /// <param name="gate">The policy's gates of small and unwatched changes.</param>
    public double CombineByBody(GateVerdict gate) => gate == GateVerdict.Open ? NormOfSharp(_byBody) : 0;

    /// <summary>The highest rarity of the rules alone, in decades.</summary>
    /// <param name="gate">The policy's gates of small and unwatched changes.</param>
    public double CombineRules(GateVerdict gate)
    {
        double most = 0;
        for (var i = 0; i < _detectors.Length; i++)
            if (_kinds[i] == DetectorKind.Rule && MaySpeak(i, gate)) most = Math.Max(most, _rarity[i]);
        return most;
    }

    /// <summary>Lets all detectors that see single samples learn the one they scored last.</summary>
    /// <param name="memory">The series' memory.</param>
    /// <param name="sample">The sample.</param>
    /// <param name="view">The series as it was shown for the scores.</param>
    /// <param name="learns">Whether it is normal from now on; the rules learn every sample.</param>
    /// <param name="rebases">Whether the series is on another level from this sample on.</param>
    /// <param name="counts">Whether the scores count in the calibration.</param>
    public void Learn(Span<byte> memory, in Sample sample, in SeriesView view, bool learns, bool rebases, bool counts)
    {
        for (var i = 0; i < _detectors.Length; i++)
        {
            var (detector, kind) = (_detectors[i], _kinds[i]);
            if (kind == DetectorKind.Slow) continue;
            var state = _layout.State(memory, i);
            if (rebases) detector.Rebase(state);
            if (learns || kind == DetectorKind.Rule) detector.Learn(sample, view, state);
            if (counts && kind != DetectorKind.Rule) _layout.Calibrator(memory, i).Learn(_raw[i], _sharp);
        }
    }

    /// <summary>Tells all detectors that see single samples that the series is on another level.</summary>
    public void Rebase(Span<byte> memory)
    {
        for (var i = 0; i < _detectors.Length; i++)
            if (_kinds[i] != DetectorKind.Slow) _detectors[i].Rebase(_layout.State(memory, i));
    }

    /// <summary>Forgets what the detectors know of a series, and how rare their scores are; the rules keep what they know.</summary>
    public void Forget(Span<byte> memory)
    {
        for (var i = 0; i < _detectors.Length; i++)
        {
            if (_kinds[i] == DetectorKind.Rule) continue;
            _layout.State(memory, i).Clear();
            _layout.Calibrator(memory, i) = default;
        }
    }

    // The p-norm with p = 5 lies close to the largest and rewards agreement a little, where that says something.
    private double NormOfSharp(double[] rarities)
    {
        double most = 0, powers = 0;
        for (var i = 0; i < rarities.Length; i++)
        {
            var rarity = rarities[i];
            if (_kinds[i] != DetectorKind.Sharp) continue;
            most = Math.Max(most, rarity);
            powers += rarity * rarity * (rarity * rarity) * rarity;
        }

        return _countsAgreement && powers > 0 ? Math.Pow(powers, 0.2) : most;
    }

    // Rules speak of changes however small, but not of those that the policy does not look for.
    private bool MaySpeak(int detector, GateVerdict gate) => gate == GateVerdict.Open || (_kinds[detector] == DetectorKind.Rule
        && !(gate is GateVerdict.WrongDirection or GateVerdict.TooFew && _detectors[detector] is ConstantChangeDetector));
}
