using LeptonStream.Alerts;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Detection.Training;

/// <summary>The life of the alert of one kind and role: opens at score 1, closes when calm for long or when odd for so long that it is the new normal.</summary>
/// <param name="kind">What is wrong.</param>
/// <param name="role">The metric that shows it.</param>
/// <param name="resolveAfter">Calm observations in a row that resolve it.</param>
/// <param name="acceptAfter">Observations after which the new level is accepted.</param>
internal sealed class FindingTracker(TrainingKind kind, TrainingRole role, int resolveAfter = 30, int acceptAfter = 200)
{
    // Between this and the line an open alert stays open.
    private const double CalmBelow = 0.7;
    private const double SuspectedFrom = 0.5;
    private const double ToldAgainAt = 2;

    private bool _isSuspected;
    private Timestamp _onset;
    private long _onsetStep;
    private double _worst;
    private double _told;
    private int _calm;
    private int _age;
    private AlertSeverity _severity;

    public bool IsOpen { get; private set; }

    /// <summary>Takes the score of a row and tells what it changed.</summary>
    /// <param name="report">Takes the finding.</param>
    /// <param name="score">The score; 1.0 is the line.</param>
    /// <param name="severity">How urgent it would be.</param>
    /// <param name="value">What was seen.</param>
    /// <param name="expected">What was expected; NaN for nothing.</param>
    /// <param name="since">When it began where that is known; else it begins with the first row that is suspicious.</param>
    public AlertChange Observe(FindingReport report, double score, AlertSeverity severity, double value, double expected, Timestamp? since = null)
    {
        score *= report.Sensitivity;
        // Norms of broken weights overflow: a score is a number whatever it was made from.
        if (!(score < 1e9)) score = double.IsNaN(score) ? 0 : 1e9;
        Suspect(report, score, since ?? report.Time);
        var change = IsOpen ? Follow(score, severity) : Await(score, severity);
        if (change == AlertChange.None) return change;
        report.Add(new(kind, role, change, _severity, _worst, report.Time, report.Step, _onset, _onsetStep, value, expected));
        return change;
    }

    /// <summary>Closes an open alert: what it was measured against is no more.</summary>
    public void Close(FindingReport report, AlertChange change)
    {
        if (IsOpen) report.Add(new(kind, role, change, _severity, _worst, report.Time, report.Step, _onset, _onsetStep, double.NaN, double.NaN));
        IsOpen = _isSuspected = false;
    }

    public void Save(StateWriter state)
    {
        state.Write(IsOpen);
        state.Write(_isSuspected);
        state.Write(_onset.UnixNanoseconds);
        state.Write(_onsetStep);
        state.Write(_worst);
        state.Write(_told);
        state.Write(_calm);
        state.Write(_age);
        state.Write((int)_severity);
    }

    public void Load(ref StateReader state)
    {
        IsOpen = state.ReadBoolean();
        _isSuspected = state.ReadBoolean();
        _onset = new(state.ReadInt64());
        _onsetStep = state.ReadInt64();
        _worst = state.ReadDouble();
        _told = state.ReadDouble();
        _calm = state.ReadCount(int.MaxValue);
        _age = state.ReadCount(int.MaxValue);
        _severity = (AlertSeverity)state.ReadCount((int)AlertSeverity.Critical);
    }

    private void Suspect(FindingReport report, double score, Timestamp since)
    {
        var suspected = score >= SuspectedFrom;
        if (suspected && !_isSuspected && !IsOpen) (_onset, _onsetStep) = (since, report.Step);
        _isSuspected = suspected;
    }

    private AlertChange Await(double score, AlertSeverity severity)
    {
        if (score < 1) return AlertChange.None;
        IsOpen = true;
        _worst = _told = score;
        _severity = severity;
        _calm = _age = 0;
        return AlertChange.Opened;
    }

    private AlertChange Follow(double score, AlertSeverity severity)
    {
        _worst = Math.Max(_worst, score);
        _calm = score < CalmBelow ? _calm + 1 : 0;
        _age++;
        if (_calm >= resolveAfter) return End(AlertChange.Recovered);
        if (_age >= acceptAfter && _calm == 0) return End(AlertChange.Accepted);
        var rose = score >= 1 && severity > _severity;
        if (!rose && _worst < _told * ToldAgainAt) return AlertChange.None;
        if (rose) _severity = severity;
        _told = _worst;
        return AlertChange.Worsened;
    }

    private AlertChange End(AlertChange change)
    {
        IsOpen = _isSuspected = false;
        return change;
    }
}
