using LeptonStream.Alerts;
using LeptonStream.Detection.Cleaning;
using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Detection.Training.Rules;

/// <summary>
/// A run that makes no progress, by the clock of the log. Restarts, evaluations and checkpoints are silent too. Until a run has shown how
/// long its own take, minutes are allowed; later the policy's time, a hundred usual intervals (not beyond 110 s), twenty of them however
/// long, and 1.5 times the longest silence that it has survived without going back. A declared end, or the planned last step, ends the
/// watch.
/// </summary>
internal sealed class SilenceRule : TrainingRule
{
    private static readonly TrainingTuning Tuning = TrainingTuning.Default;
    private static readonly double IntervalStep = 1 + Tuning.SilenceIntervalStep;
    private static readonly double SurvivedMargin = Tuning.SilenceSurvivedMargin;

    // A run that reports every second has steps, and so checkpoints, of another size than one that reports every 5 ms.
    private static readonly double UsualIntervals = Tuning.SilenceIntervals;
    private static readonly double MaxUsualSeconds = Tuning.SilenceMaxSeconds;

    // Somebody was paged for this run already and stops it: its silence is no news for a while.
    private static readonly double BrokenMargin = Tuning.SilenceBrokenMargin;

    // A silence that a run came back from was no death; but a dead run that somebody restarted the next day must not blind the rule.
    private static readonly double MaxSurvivedSeconds = Tuning.SilenceMaxSurvivedSeconds;

    // Silence that is not the usual time between two rows.
    private static readonly double MinSilenceSeconds = Tuning.SilenceLeastSeconds;
    private static readonly double UsualSilence = Tuning.SilenceLeastIntervals;

    // Before there were two rows, nobody knows how often it speaks.
    private static readonly double UnknownIntervalSeconds = Tuning.SilenceUnknownSeconds;

    // A jump of the step is no work done: it counts as so many usual strides.
    private static readonly int MaxStrides = Tuning.SilenceMaxStrides;

    private readonly TrainingPolicy _policy;
    private readonly FindingTracker _dead;
    private Timestamp _progress;
    private double _interval;
    private double _survived;
    private long _steps;
    private bool _isKnown;
    private bool _isPaced;
    private bool _isOver;
    private bool _isBroken;

    public SilenceRule(TrainingPolicy policy)
        : base("silence")
    {
        _policy = policy;
        _dead = Alert(TrainingKind.RunDead, TrainingRole.None, FindingTiming.Rows(1) with { MayBeAccepted = false, IsScaled = false });
    }

    /// <summary>Whether no more is to be expected of the run.</summary>
    public bool IsOver => _isOver;

    /// <summary>Whether the run is silent for so long that nobody waits for it any more.</summary>
    public bool IsForgotten(Timestamp now) => _isKnown && now >= ForgottenAt;

    /// <summary>Time at which a silent run is forgotten.</summary>
    public Timestamp ForgottenAt => _progress + _policy.ForgetAfter;

    /// <summary>Whether the run is known to be broken for good, and will be stopped.</summary>
    public void Expect(bool isBroken) => _isBroken = isBroken;

    /// <summary>A row that made progress.</summary>
    public override void Judge(TrainingRow row, RunPhase phase, FindingReport report)
    {
        var silence = _isKnown ? Math.Max(0, SecondsTo(row.LogTime)) : 0;
        if (_isKnown)
        {
            _interval = SamplingInterval.After(_interval, silence, IntervalStep);
            if (!phase.IsResume) _survived = Math.Max(_survived, Math.Min(silence, MaxSurvivedSeconds));
            if (_steps < _policy.PauseSteps) _steps += Math.Clamp(phase.StepDelta, 0, MaxStrides * phase.Stride);
            _isPaced = true;
        }

        _dead.Observe(report, 0, AlertSeverity.Critical, silence, double.NaN);
        _progress = row.LogTime;
        _isKnown = true;
        _isOver = row.IsPositive(TrainingRole.PlannedSteps) && row.Step + phase.Stride >= row[TrainingRole.PlannedSteps];
    }

    /// <summary>A row that says nothing new: somebody is there.</summary>
    public void Alive(TrainingRow row)
    {
        if (_isKnown && row.LogTime > _progress) _progress = row.LogTime;
    }

    /// <summary>The clock is set back.</summary>
    public void SetBack(Timestamp to) => _progress = Timestamp.Earlier(_progress, to);

    /// <summary>The run declared its end.</summary>
    public void Finish() => _isOver = true;

    /// <summary>
    /// A run that is silent for longer than usual is not expected to come back here; the next row that makes progress begins the watch
    /// again.
    /// </summary>
    public void Excuse(Timestamp now)
    {
        if (_isKnown && SecondsTo(now) > Math.Max(MinSilenceSeconds, UsualSilence * _interval)) _isOver = true;
    }

    /// <summary>Time went on.</summary>
    public void Tick(Timestamp now, FindingReport report)
    {
        if (!_isKnown || _isOver) return;
        var limit = Limit();
        var died = _progress + TimeSpan.FromSeconds(limit);
        if (now < died)
        {
            _dead.Observe(report, SecondsTo(now) / limit, AlertSeverity.Critical, SecondsTo(now), limit, since: _progress);
            return;
        }

        // The report is the same whenever somebody looks.
        report.Begin(died, report.Step);
        _dead.Observe(report, 1, AlertSeverity.Critical, limit, limit, since: _progress);
    }

    protected override void SaveState(StateWriter state)
    {
        state.Write(_progress.UnixNanoseconds);
        state.Write(_interval);
        state.Write(_survived);
        state.Write(_steps);
        state.Write(_isKnown);
        state.Write(_isPaced);
        state.Write(_isOver);
        state.Write(_isBroken);
    }

    protected override void LoadState(ref StateReader state)
    {
        _progress = new(state.ReadInt64());
        _interval = state.ReadDouble();
        _survived = state.ReadDouble();
        _steps = state.ReadInt64();
        _isKnown = state.ReadBoolean();
        _isPaced = state.ReadBoolean();
        _isOver = state.ReadBoolean();
        _isBroken = state.ReadBoolean();
    }

    private double Limit()
    {
        var dead = _policy.DeadAfter.TotalSeconds;
        var usual = _steps < _policy.PauseSteps
            ? Math.Max(dead, _policy.DeadEarlyAfter.TotalSeconds)
            : Math.Max(dead, Math.Min(UsualIntervals * _interval, MaxUsualSeconds));
        if (_isBroken) usual = Math.Max(usual, BrokenMargin * dead);
        return Math.Max(usual, Math.Max(_isPaced ? _policy.DeadIntervals * _interval : UnknownIntervalSeconds, SurvivedMargin * _survived));
    }

    private double SecondsTo(Timestamp time) => time.SecondsSince(_progress);
}
