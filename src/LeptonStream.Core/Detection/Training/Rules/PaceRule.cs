using System.Numerics;
using LeptonStream.Alerts;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Training.Statistics;
using LeptonStream.Samples;
using LeptonStream.State;
using LeptonStream.Statistics;

namespace LeptonStream.Detection.Training.Rules;

/// <summary>
/// Steps that stall: seven of twenty rows at 2.5 times the usual duration. An evaluation, a checkpoint or a hiccup is one row; a starved
/// loader is many, or every second. The duration is the logged one, else the inverse of the throughput, else the time between rows. Steps
/// that get slower by and by are for <see cref="PaceDrift"/>.
/// </summary>
internal sealed class PaceRule : TrainingRule
{
    private const int Window = 128;
    private const int Enough = 20;
    private const int Rows = 20;
    private static readonly TrainingTuning Tuning = TrainingTuning.Default;
    private static readonly double SlowRows = Tuning.StallRows;

    // Rows ten steps apart: an evaluation every 50 steps is one row in five.
    private const int SparseRows = 8;
    private static readonly double SlowSparseRows = Tuning.StallSparseRows;
    private static readonly double SlowScales = Tuning.StallScales;
    private static readonly double PageFactor = Tuning.StallPageFactor;
    private static readonly int PageRows = Tuning.StallPageRows;
    private static readonly double MaxFactor = Tuning.StallMaxFactor;
    private static readonly double Slow = Math.Log(1 + Tuning.StallLeast);

    private readonly FindingTracker _stall;
    private readonly FindingTracker _drift;
    private readonly StepWindow _window = new(Window);
    private readonly PaceDrift _trend = new();
    private readonly double[] _factors = new double[Rows];
    private int _next;
    private uint _slow;
    private Timestamp _lastTime;

    public PaceRule()
        : base("pace")
    {
        _stall = Alert(TrainingKind.DataStall, TrainingRole.StepTime);
        _drift = Alert(TrainingKind.StepTimeDrift, TrainingRole.StepTime, FindingTiming.Default with { MaxRows = 64 });
    }

    public override void Judge(TrainingRow row, RunPhase phase, FindingReport report)
    {
        if (phase.PaceChanged) Rebase(report);
        var duration = DurationOf(row, phase);
        _lastTime = row.Time;
        if (!(duration > 0) || !double.IsFinite(duration)) return;
        var log = Math.Log(duration);
        if (_window.Count < Enough)
        {
            _window.Push(row.Step, log);
            return;
        }

        Judge(row, phase, report, log);
    }

    protected override void SaveState(StateWriter state)
    {
        _window.Save(state);
        _trend.Save(state);
        state.Write(_factors.AsSpan());
        state.Write(_next);
        state.Write((long)_slow);
        state.Write(_lastTime.UnixNanoseconds);
    }

    protected override void LoadState(ref StateReader state)
    {
        _window.Load(ref state);
        _trend.Load(ref state);
        state.Read(_factors.AsSpan());
        _next = state.ReadCount(Rows - 1);
        _slow = (uint)state.ReadInt64();
        _lastTime = new(state.ReadInt64());
    }

    private double DurationOf(TrainingRow row, RunPhase phase)
    {
        if (row.IsPositive(TrainingRole.StepTime)) return row[TrainingRole.StepTime];
        if (row.IsPositive(TrainingRole.Throughput)) return 1 / row[TrainingRole.Throughput];
        if (row.Has(TrainingRole.StepTime) || row.Has(TrainingRole.Throughput)) return double.NaN;
        if (phase.IsResume || _lastTime == Timestamp.Zero) return double.NaN;
        return row.Time.SecondsSince(_lastTime) / phase.StepDelta;
    }

    private void Judge(TrainingRow row, RunPhase phase, FindingReport report, double log)
    {
        var center = _window.Median;
        var scale = MathConstants.MadToSigma * _window.MedianAbsoluteDeviation();
        var isSlow = log - center > Math.Max(Slow, SlowScales * scale);
        _slow = (_slow << 1) | (isSlow ? 1u : 0);
        _factors[_next] = Math.Min(MaxFactor, Math.Exp(log - center));
        _next = (_next + 1) % Rows;
        var sparse = phase.IsSparse;
        var count = BitOperations.PopCount(_slow & ((1u << (sparse ? SparseRows : Rows)) - 1));
        var severity = count >= PageRows && Mean() >= PageFactor ? AlertSeverity.Critical : AlertSeverity.Warning;
        var score = phase.IsWarm ? count / (sparse ? SlowSparseRows : SlowRows) : 0;
        var value = Math.Exp(log);
        var accepted = _stall.Observe(report, score, severity, value, Math.Exp(center)) == AlertChange.Accepted;
        if (!isSlow) _window.Push(row.Step, log);
        if (!isSlow && !_stall.IsOpen)
            accepted |= _drift.Observe(report, phase.IsWarm ? _trend.Judge(row.Step, log) : 0, AlertSeverity.Warning, value,
                Math.Exp(_trend.Best)) == AlertChange.Accepted;
        if (accepted) Rebase(report);
    }

    private double Mean()
    {
        double sum = 0;
        foreach (var factor in _factors) sum += factor;
        return sum / Rows;
    }

    private void Rebase(FindingReport report)
    {
        Close(report, AlertChange.Superseded);
        _window.Clear();
        _trend.Rebase();
        _slow = 0;
        Array.Clear(_factors);
    }
}
