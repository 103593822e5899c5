using LeptonStream.Alerts;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Detection.Training;

/// <summary>The alert of one kind and role: turns a rule's scores into its life, and makes the findings about it.</summary>
/// <param name="kind">Kind of finding.</param>
/// <param name="role">The metric that shows it.</param>
/// <param name="timing">Times by which it ends.</param>
internal sealed class FindingTracker(TrainingKind kind, TrainingRole role, FindingTiming timing)
{
    private static readonly TrainingTuning Tuning = TrainingTuning.Default;
    private static readonly double SuspectedFrom = Tuning.SuspectedFrom;

    private readonly AlertLifecycle _life = timing.Begin();
    private bool _isSuspected;
    private Timestamp _suspected;
    private long _suspectedStep;
    private long _onsetStep;
    private int _calm;
    private AlertSeverity _severity;

    public TrainingKind Kind => kind;

    public TrainingRole Role => role;

    public bool IsOpen => _life.Phase == AlertPhase.Open;

    /// <summary>Takes the score of a row and returns the change of the alert.</summary>
    /// <param name="report">Takes the finding.</param>
    /// <param name="score">The score; 1.0 is the line.</param>
    /// <param name="severity">Severity that the finding would have.</param>
    /// <param name="value">Measured value, in the metric's unit.</param>
    /// <param name="expected">Expected value in the same unit; NaN where there is none.</param>
    /// <param name="since">Time of its beginning where that is known; else it begins with the first row that is suspicious.</param>
    /// <param name="mayAccept">Whether a level that lasts may be accepted now: not while something graver says the same.</param>
    public AlertChange Observe(
        FindingReport report, double score, AlertSeverity severity, double value, double expected, Timestamp? since = null,
        bool mayAccept = true)
    {
        if (timing.IsScaled) score *= report.Sensitivity;
        // Norms of broken weights overflow: a score is a number whatever it was made from.
        if (!(score < 1e9)) score = double.IsNaN(score) ? 0 : 1e9;
        Suspect(report, score, since ?? report.Time);
        _calm = score < AlertTiming.Default.CalmBelow ? Math.Min(_calm + 1, timing.MaxRows) : 0;
        var rose = IsOpen && score >= 1 && severity > _severity;
        var change = _life.Observe(new(score, report.Time)
        {
            IsGrave = score >= 1 && severity == AlertSeverity.Critical,
            IsFurtherChange = rose,
            HasRecovered = _calm >= timing.MaxRows,
            AcceptAfter = mayAccept && timing.MayBeAccepted && _calm == 0 ? report.AcceptAfter : null,
        });
        if (change == AlertChange.Opened)
        {
            _life.BeginAt(_suspected);
            _onsetStep = _suspectedStep;
        }

        if (rose || change == AlertChange.Opened) _severity = severity;
        if (change != AlertChange.None) Report(report, change, value, expected);
        return change;
    }

    /// <summary>Ends an open alert that is not judged any more.</summary>
    public void Close(FindingReport report, AlertChange reason)
    {
        if (_life.End(reason, report.Time) == reason) Report(report, reason, double.NaN, double.NaN);
        _isSuspected = false;
    }

    public void Save(StateWriter state)
    {
        _life.Save(state);
        state.Write(_isSuspected);
        state.Write(_suspected.UnixNanoseconds);
        state.Write(_suspectedStep);
        state.Write(_onsetStep);
        state.Write(_calm);
        state.Write((int)_severity);
    }

    public void Load(ref StateReader state)
    {
        _life.Load(ref state);
        _isSuspected = state.ReadBoolean();
        _suspected = new(state.ReadInt64());
        _suspectedStep = state.ReadInt64();
        _onsetStep = state.ReadInt64();
        _calm = state.ReadCount(timing.MaxRows);
        _severity = state.ReadEnum(AlertSeverity.Warning);
    }

    private void Suspect(FindingReport report, double score, Timestamp since)
    {
        var suspected = score >= SuspectedFrom;
        if (suspected && !_isSuspected) (_suspected, _suspectedStep) = (since, report.Step);
        _isSuspected = suspected;
    }

    private void Report(FindingReport report, AlertChange change, double value, double expected)
    {
        report.Add(new(
            kind, role, change, _severity, _life.Worst, report.Time, report.Step, _life.Onset, _onsetStep, value, expected,
            _life.NextEvent()) { NormalSince = _life.NormalSince(change) });
        if (change.IsEnd()) _isSuspected = false;
    }
}
