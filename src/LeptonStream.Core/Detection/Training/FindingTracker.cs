using LeptonStream.Alerts;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Detection.Training;

/// <summary>The life of the alert of one kind and role: opens at score 1, ends when calm for long; what is no fault for good may be accepted after a day.</summary>
/// <param name="kind">What is wrong.</param>
/// <param name="role">The metric that shows it.</param>
/// <param name="timing">How it ends.</param>
internal sealed class FindingTracker(TrainingKind kind, TrainingRole role, FindingTiming timing)
{
    // Between this and the line an open alert stays open.
    private const double CalmBelow = 0.7;
    private const double SuspectedFrom = 0.5;
    private const double ToldAgainAt = 2;

    private bool _isSuspected;
    private Timestamp _onset;
    private long _onsetStep;
    private Timestamp _opened;
    private Timestamp _calmSince;
    private double _worst;
    private double _told;
    private int _calm;
    private int _events;
    private AlertSeverity _severity;

    public TrainingKind Kind => kind;

    public TrainingRole Role => role;

    public bool IsOpen { get; private set; }

    /// <summary>Takes the score of a row and tells what it changed.</summary>
    /// <param name="report">Takes the finding.</param>
    /// <param name="score">The score; 1.0 is the line.</param>
    /// <param name="severity">How urgent it would be.</param>
    /// <param name="value">What was seen.</param>
    /// <param name="expected">What was expected; NaN for nothing.</param>
    /// <param name="since">When it began where that is known; else it begins with the first row that is suspicious.</param>
    /// <param name="mayAccept">Whether a level that lasts may be accepted now: not while something graver says the same.</param>
    public AlertChange Observe(
        FindingReport report, double score, AlertSeverity severity, double value, double expected, Timestamp? since = null, bool mayAccept = true)
    {
        score *= report.Sensitivity;
        // Norms of broken weights overflow: a score is a number whatever it was made from.
        if (!(score < 1e9)) score = double.IsNaN(score) ? 0 : 1e9;
        Suspect(report, score, since ?? report.Time);
        if (!IsOpen)
        {
            if (score >= 1) Open(report, score, severity, value, expected);
            return AlertChange.None;
        }

        _worst = Math.Max(_worst, score);
        if (score >= CalmBelow) _calm = 0;
        else if (_calm++ == 0) _calmSince = report.Time;
        var end = EndAt(report, mayAccept);
        if (end != AlertChange.None) End(report, end, value, expected);
        else if (Worsened(score, severity)) Tell(report, AlertChange.Worsened, value, expected);
        return end;
    }

    /// <summary>Closes an open alert: nobody will judge it any more.</summary>
    public void Close(FindingReport report, AlertChange reason)
    {
        if (IsOpen) End(report, reason, double.NaN, double.NaN);
        IsOpen = _isSuspected = false;
    }

    public void Save(StateWriter state)
    {
        state.Write(IsOpen);
        state.Write(_isSuspected);
        state.Write(_onset.UnixNanoseconds);
        state.Write(_onsetStep);
        state.Write(_opened.UnixNanoseconds);
        state.Write(_calmSince.UnixNanoseconds);
        state.Write(_worst);
        state.Write(_told);
        state.Write(_calm);
        state.Write(_events);
        state.Write((int)_severity);
    }

    public void Load(ref StateReader state)
    {
        IsOpen = state.ReadBoolean();
        _isSuspected = state.ReadBoolean();
        _onset = new(state.ReadInt64());
        _onsetStep = state.ReadInt64();
        _opened = new(state.ReadInt64());
        _calmSince = new(state.ReadInt64());
        _worst = state.ReadDouble();
        _told = state.ReadDouble();
        _calm = state.ReadCount(int.MaxValue - 1);
        _events = state.ReadCount(int.MaxValue - 1);
        _severity = (AlertSeverity)state.ReadCount((int)AlertSeverity.Critical);
    }

    private void Suspect(FindingReport report, double score, Timestamp since)
    {
        var suspected = score >= SuspectedFrom;
        if (suspected && !_isSuspected && !IsOpen) (_onset, _onsetStep) = (since, report.Step);
        _isSuspected = suspected;
    }

    private void Open(FindingReport report, double score, AlertSeverity severity, double value, double expected)
    {
        IsOpen = true;
        _worst = _told = score;
        _severity = severity;
        _calm = _events = 0;
        _opened = report.Time;
        Tell(report, AlertChange.Opened, value, expected);
    }

    private AlertChange EndAt(FindingReport report, bool mayAccept)
    {
        if (_calm >= timing.MinRows && (_calm >= timing.MaxRows || report.Time - _calmSince >= timing.ResolveAfter)) return AlertChange.Recovered;
        mayAccept &= timing.MayBeAccepted && _calm == 0 && _severity != AlertSeverity.Critical;
        return mayAccept && report.Time - _opened >= report.AcceptAfter ? AlertChange.Accepted : AlertChange.None;
    }

    private bool Worsened(double score, AlertSeverity severity)
    {
        var rose = score >= 1 && severity > _severity;
        if (!rose && _worst < _told * ToldAgainAt) return false;
        if (rose) _severity = severity;
        _told = _worst;
        return true;
    }

    private void End(FindingReport report, AlertChange end, double value, double expected)
    {
        Tell(report, end, value, expected);
        IsOpen = _isSuspected = false;
    }

    private void Tell(FindingReport report, AlertChange change, double value, double expected) =>
        report.Add(new(kind, role, change, _severity, _worst, report.Time, report.Step, _onset, _onsetStep, value, expected, _events++));
}
