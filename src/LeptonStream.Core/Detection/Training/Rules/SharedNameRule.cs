using LeptonStream.Alerts;
using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Detection.Training.Rules;

/// <summary>
/// Two jobs that write one run: steps go back to where another source is, and forth, again and again. Told from the fourth time on; over
/// when the steps have gone one way for a while.
/// </summary>
internal sealed class SharedNameRule : TrainingRule
{
    private static readonly TrainingTuning Tuning = TrainingTuning.Default;
    private static readonly int Returns = Tuning.SharedNameReturns;

    // Returns that are this far apart have nothing to do with each other.
    private static readonly double MaxDistanceSeconds = Tuning.SharedNameMaxSeconds;
    private static readonly double MinHoldSeconds = Tuning.SharedNameHoldSeconds;
    private static readonly double HoldDistances = Tuning.SharedNameHoldDistances;
    private static readonly double DistanceRate = Tuning.SharedNameRate;

    private readonly FindingTracker _shared;
    private int _returns;
    private double _distance;
    private Timestamp _last;

    public SharedNameRule()
        : base("shared-name") =>
        _shared = Alert(TrainingKind.SharedName, TrainingRole.None, FindingTiming.Rows(1) with
            { MayBeAccepted = false, IsScaled = false });

    /// <summary>The row to come is one of a source that was not the last to write.</summary>
    public void Return(Timestamp time)
    {
        var distance = Math.Max(0, time.SecondsSince(_last));
        if (_returns == 0 || distance > MaxDistanceSeconds) (_returns, _distance) = (0, 0);
        else _distance = _returns == 1 ? distance : _distance + (DistanceRate * (distance - _distance));
        _returns = Math.Min(Returns, _returns + 1);
        _last = time;
    }

    public override void Judge(TrainingRow row, RunPhase phase, FindingReport report)
    {
        var isOver = row.LogTime.SecondsSince(_last) >= Math.Max(MinHoldSeconds, HoldDistances * _distance);
        if (_returns == Returns && isOver) _returns = 0;
        _shared.Observe(report, _returns == Returns ? 1 : 0, AlertSeverity.Warning, _distance, double.NaN);
    }

    protected override void SaveState(StateWriter state)
    {
        state.Write(_returns);
        state.Write(_distance);
        state.Write(_last.UnixNanoseconds);
    }

    protected override void LoadState(ref StateReader state)
    {
        _returns = state.ReadCount(Returns);
        _distance = state.ReadDouble();
        _last = new(state.ReadInt64());
    }
}
