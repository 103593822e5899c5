using System.Numerics;
using LeptonStream.Alerts;
using LeptonStream.State;

namespace LeptonStream.Detection.Training.Rules;

/// <summary>
/// The same data again and again. Batches differ, so a loss goes up and down: among independent values two of three are turning points (I.
/// J. Bienaymé, 1874). One batch repeated has no such noise, its loss falls smoothly. The line is 60 % fewer turning points among 48 than
/// the run usually shows; a loss that also falls by a third pages.
/// </summary>
internal sealed class RepetitionRule : TrainingRule
{
    private const int Rows = 48;
    private static readonly TrainingTuning Tuning = TrainingTuning.Default;
    private static readonly double Fewer = Tuning.RepetitionFewer;
    private static readonly double MinUsual = Tuning.RepetitionMinUsual;
    private static readonly double UsualRate = 1 / Tuning.RepetitionMemory;
    private static readonly double FastRate = 1 / Tuning.RepetitionFastMemory;
    private static readonly double SlowRate = 1 / Tuning.RepetitionSlowMemory;
    private static readonly double Fell = Math.Log(1 + Tuning.RepetitionFell);

    private readonly FindingTracker _repeated;
    private ulong _turns;
    private int _count;
    private double _last = double.NaN;
    private int _direction;
    private double _usual = 2.0 / 3;
    private double _fast = double.NaN;
    private double _slow;

    public RepetitionRule()
        : base("repetition")
    {
        _repeated = Alert(TrainingKind.RepeatedData, TrainingRole.Loss, FindingTiming.Grave);
    }

    public override void Judge(TrainingRow row, RunPhase phase, FindingReport report)
    {
        if (!row.IsPositive(TrainingRole.Loss)) return;
        var value = row[TrainingRole.Loss];
        Smooth(Math.Log(value), phase.IsBreak);
        var direction = value.CompareTo(_last);
        // Equal neighbours (rounded losses) count as noise, so that they raise no alarm.
        var turns = direction == 0 || _direction == 0 || direction != _direction;
        (_last, _direction) = (value, direction);
        _turns = (_turns << 1) | (turns ? 1ul : 0);
        if (_count < Rows) _count++;
        var seen = BitOperations.PopCount(_turns & ((1ul << Rows) - 1));
        var expected = Rows * _usual;
        var score = phase.IsWarm && _count == Rows && _usual >= MinUsual ? Math.Max(0, expected - seen) / (Fewer * expected) : 0;
        var severity = _slow - _fast >= Fell ? AlertSeverity.Critical : AlertSeverity.Warning;
        _repeated.Observe(report, score, severity, value, Math.Exp(_slow));
        if (score < 1 && !_repeated.IsOpen) _usual += UsualRate * ((turns ? 1 : 0) - _usual);
    }

    protected override void SaveState(StateWriter state)
    {
        state.Write((long)_turns);
        state.Write(_count);
        state.Write(_last);
        state.Write(_direction);
        state.Write(_usual);
        state.Write(_fast);
        state.Write(_slow);
    }

    protected override void LoadState(ref StateReader state)
    {
        _turns = (ulong)state.ReadInt64();
        _count = state.ReadCount(Rows);
        _last = state.ReadDouble();
        _direction = state.ReadInt32();
        _usual = state.ReadDouble();
        _fast = state.ReadDouble();
        _slow = state.ReadDouble();
    }

    private void Smooth(double log, bool isRestart)
    {
        if (double.IsNaN(_fast) || isRestart) _fast = _slow = log;
        _fast += FastRate * (log - _fast);
        _slow += SlowRate * (log - _slow);
    }
}
