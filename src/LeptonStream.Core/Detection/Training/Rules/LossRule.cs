using LeptonStream.Alerts;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Training.Statistics;
using LeptonStream.State;
using MathNet.Numerics;

namespace LeptonStream.Detection.Training.Rules;

/// <summary>
/// The loss that jumped and came back (a spike), stays up (high) or is doubled and stays (diverging), and the loss that creeps up
/// (<see cref="LossTrend"/>). In logarithms, so that any scale and any falling trend will do. Two rows, the median of five, and the median
/// of 17 each have a line, so one heavy row of a small batch is nothing; where rows stand for five steps or more a single one counts too,
/// if it is far out.
/// </summary>
internal sealed class LossRule : TrainingRule
{
    private static readonly TrainingTuning Tuning = TrainingTuning.Default;
    private static readonly double PairLine = Tuning.LossPairLine;
    private static readonly double FiveLine = Tuning.LossFiveLine;
    private static readonly double SeventeenLine = Tuning.LossSeventeenLine;
    private static readonly double SingleLine = Tuning.LossSingleLine;
    private const double Doubled = Constants.Ln2;

    // No deviation is a spike whose ratio nobody would call one.
    private static readonly double SingleLeast = Math.Log(1 + Tuning.LossSingleLeast);
    private static readonly double PairLeast = Math.Log(1 + Tuning.LossPairLeast);
    private static readonly double FiveLeast = Math.Log(1 + Tuning.LossFiveLeast);
    private static readonly double SeventeenLeast = Math.Log(1 + Tuning.LossSeventeenLeast);

    // A spike that is not over after so many steps, and rows, is a level.
    private static readonly int StaysAfterSteps = Tuning.LossStaysAfterSteps;
    private static readonly int StaysAfterRows = Tuning.LossStaysAfterRows;
    private static readonly double StillAtPeak = Tuning.LossStillAtPeak;

    // The scale at which five rows at double the level are within their line.
    private static readonly double BluntScale = Doubled / FiveLine;

    // A learning rate near its end improves nothing, and is not meant to.
    private static readonly double RateThatImproves = Tuning.LossRateThatImproves;

    private readonly RobustLevel _level = new(0.01);
    private readonly LossTrend _trend = new();
    private readonly FindingTracker _spike;
    private readonly FindingTracker _high;
    private readonly FindingTracker _plateau;
    private readonly FindingTracker _diverging;
    private double _peak;
    private long _stepsOpen;
    private int _rowsOpen;

    public LossRule()
        : base("loss")
    {
        _spike = Alert(TrainingKind.LossSpike, TrainingRole.Loss);
        _high = Alert(TrainingKind.LossHigh, TrainingRole.Loss);
        _plateau = Alert(TrainingKind.Plateau, TrainingRole.Loss);
        _diverging = Alert(TrainingKind.LossDiverging, TrainingRole.Loss);
    }

    /// <summary>Whether the loss is known to be off its level.</summary>
    public bool IsHigh => _spike.IsOpen || _high.IsOpen || _diverging.IsOpen;

    /// <summary>Whether the spike has lasted so long that no few bad batches explain it.</summary>
    public bool Stays => _stepsOpen >= StaysAfterSteps && _rowsOpen >= StaysAfterRows;

    /// <summary>The median of the last 17 rows against the level, as a logarithm of the ratio.</summary>
    public double Excess => _level.Seventeen.Excess;

    public bool IsKnown => _level.IsReady;

    /// <summary>The usual logarithm of the loss.</summary>
    public double Level => _level.Center;

    // While the loss is off, what it was before is kept; not so a level that values made which were no losses: one so wide that it would
    // not show a doubling, or one that the loss is far below.
    private bool IsUseless => _level.Scale > BluntScale || _level.Five.Deviation < -FiveLine;

    public override void Judge(TrainingRow row, RunPhase phase, FindingReport report)
    {
        if (phase.BreaksFrom(IsHigh)) Rebase(report);
        if (phase.IsResume) Rewind(row.Step);
        if (!row.IsPositive(TrainingRole.Loss)) return;
        var value = row[TrainingRole.Loss];
        var log = Math.Log(value);
        _level.Judge(log);
        var creep = _trend.Judge(row.Step, log, _level.Scale);
        var score = phase.IsWarm ? SpikeScore(phase.IsSparse) : 0;
        if (phase.IsWarm) Report(phase, report, value, score, creep);
        var isMeantToFall = !IsHigh && !(row[TrainingRole.LearningRate] < RateThatImproves * phase.HighestRate);
        _plateau.Observe(report, isMeantToFall ? _trend.Plateau : 0, AlertSeverity.Info, value, double.NaN);
        if ((!IsHigh || IsUseless) && score < 1) _level.Learn(row.Step, log);
    }

    protected override void SaveState(StateWriter state)
    {
        _level.Save(state);
        _trend.Save(state);
        state.Write(_peak);
        state.Write(_stepsOpen);
        state.Write(_rowsOpen);
    }

    protected override void LoadState(ref StateReader state)
    {
        _level.Load(ref state);
        _trend.Load(ref state);
        _peak = state.ReadDouble();
        _stepsOpen = state.ReadInt64();
        _rowsOpen = state.ReadCount(int.MaxValue);
    }

    private double SpikeScore(bool isSparse)
    {
        if (!_level.IsReady) return 0;
        var score = Math.Max(Line(_level.Pair, PairLine, PairLeast), Line(_level.Five, FiveLine, FiveLeast));
        score = Math.Max(score, Line(_level.Seventeen, SeventeenLine, SeventeenLeast));
        return isSparse ? Math.Max(score, Line(_level.Last, SingleLine, SingleLeast)) : score;

        static double Line((double Deviation, double Excess) seen, double line, double least) =>
            Math.Min(seen.Deviation / line, seen.Excess / least);
    }

    private void Report(RunPhase phase, FindingReport report, double value, double score, double creep)
    {
        var expected = Math.Exp(_level.Center);
        var five = _level.Five.Excess;
        (_peak, _stepsOpen, _rowsOpen) = _spike.IsOpen
            ? (Math.Max(_peak, five), _stepsOpen + phase.StepDelta, _rowsOpen + 1)
            : (five, 0, 0);
        var level = Stays ? Math.Min(_level.Five.Deviation / FiveLine, five / FiveLeast) : 0;
        var doubled = Stays && five >= StillAtPeak * _peak ? _level.Seventeen.Excess / Doubled : 0;
        var accepted = _spike.Observe(report, score, AlertSeverity.Warning, value, expected,
            mayAccept: !_diverging.IsOpen) == AlertChange.Accepted
            | _high.Observe(report, Math.Max(level, creep), AlertSeverity.Warning, value, expected,
                mayAccept: !_diverging.IsOpen) == AlertChange.Accepted;
        _diverging.Observe(report, _diverging.IsOpen
            ? _level.Seventeen.Excess / Doubled
            : doubled, AlertSeverity.Critical, value, expected);
        _trend.Freeze(_high.IsOpen);
        if (accepted) Rebase(report);
    }

    private void Rewind(long step)
    {
        _level.Rewind(step);
        _trend.Rewind(step);
    }

    private void Rebase(FindingReport report)
    {
        _spike.Close(report, AlertChange.Superseded);
        _high.Close(report, AlertChange.Superseded);
        _diverging.Close(report, AlertChange.Superseded);
        _level.Rebase();
        _trend.Rebase();
    }
}
