using LeptonStream.Alerts;
using LeptonStream.Detection.Cleaning;
using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Detection.Training.Rules;

/// <summary>
/// A run that makes no progress, by the clock of the log. Restarts, evaluations and checkpoints are silent too: the limit is the policy's time, many usual
/// intervals, and twice the longest silence that this run has survived without going back. A declared end, or the planned last step, ends the watch.
/// </summary>
internal sealed class SilenceWatch(TrainingPolicy policy, TrackerSet trackers)
{
    private const double IntervalStep = 1.05;
    private const double SurvivedMargin = 2;

    // Somebody was paged for this run already and stops it: its silence is no news for a while.
    private const double BrokenMargin = 15;

    // What a run came back from was no death; but a dead run that somebody restarted the next day must not blind the watch.
    private const double MaxSurvivedSeconds = 1800;

    // Before there were two rows, nobody knows how often it speaks.
    private const double UnknownIntervalSeconds = 900;

    private readonly FindingTracker _dead = trackers.Add(TrainingKind.RunDead, TrainingRole.None, resolveAfter: 1, acceptAfter: int.MaxValue);
    private Timestamp _progress;
    private double _interval;
    private double _survived;
    private bool _isKnown;
    private bool _isPaced;
    private bool _isOver;
    private bool _isBroken;

    /// <summary>A row that made progress.</summary>
    public void Progress(TrainingRow row, RunPhase phase, bool isBroken, FindingReport report)
    {
        var silence = _isKnown ? Math.Max(0, SecondsTo(row.LogTime)) : 0;
        if (_isKnown)
        {
            _interval = SamplingInterval.After(_interval, silence, IntervalStep);
            if (!phase.IsResume) _survived = Math.Max(_survived, Math.Min(silence, MaxSurvivedSeconds));
            _isPaced = true;
        }

        _dead.Observe(report, 0, AlertSeverity.Critical, silence, double.NaN);
        _progress = row.LogTime;
        _isKnown = true;
        _isBroken = isBroken;
        _isOver = row.IsPositive(TrainingRole.PlannedSteps) && row.Step + phase.Stride >= row[TrainingRole.PlannedSteps];
    }

    /// <summary>Whether no more is to be expected of the run.</summary>
    public bool IsOver => _isOver;

    /// <summary>A row that says nothing new: somebody is there.</summary>
    public void Alive(TrainingRow row)
    {
        if (_isKnown && row.LogTime > _progress) _progress = row.LogTime;
    }

    /// <summary>The run declared its end.</summary>
    public void Finish() => _isOver = true;

    /// <summary>Time went on.</summary>
    public void Tick(Timestamp now, FindingReport report)
    {
        if (!_isKnown || _isOver) return;
        var limit = Math.Max(policy.DeadAfter.TotalSeconds * (_isBroken ? BrokenMargin : 1), Math.Max(_isPaced ? policy.DeadIntervals * _interval : UnknownIntervalSeconds, SurvivedMargin * _survived));
        var silence = SecondsTo(now);
        _dead.Observe(report, silence / limit, AlertSeverity.Critical, silence, limit, since: _progress);
    }

    public void Save(StateWriter state)
    {
        state.Write(_progress.UnixNanoseconds);
        state.Write(_interval);
        state.Write(_survived);
        state.Write(_isKnown);
        state.Write(_isPaced);
        state.Write(_isOver);
        state.Write(_isBroken);
    }

    public void Load(ref StateReader state)
    {
        _progress = new(state.ReadInt64());
        _interval = state.ReadDouble();
        _survived = state.ReadDouble();
        _isKnown = state.ReadBoolean();
        _isPaced = state.ReadBoolean();
        _isOver = state.ReadBoolean();
        _isBroken = state.ReadBoolean();
    }

    private double SecondsTo(Timestamp time) => (time.UnixNanoseconds - _progress.UnixNanoseconds) / 1e9;
}
