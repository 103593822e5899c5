using LeptonStream.Alerts;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Training.Statistics;
using LeptonStream.State;

namespace LeptonStream.Detection.Training.Rules;

/// <summary>
/// Gradients that explode (three of five rows at three times the level and six scales) or vanish: they fall to a third while the loss does
/// not follow, or fall while the loss is high. A gradient that falls together with the loss is success. An explosion pages at ten times the
/// level, once the loss stays high too.
/// </summary>
internal sealed class GradientRule : TrainingRule
{
    private static readonly TrainingTuning Tuning = TrainingTuning.Default;
    private static readonly double ExplosionScales = Tuning.GradientExplosionScales;
    private static readonly double VanishingScales = Tuning.GradientVanishingScales;
    private static readonly double LossFollows = -Tuning.GradientLossFollows;

    // Logarithms of ratios, above the level or below it.
    private static readonly double Threefold = Math.Log(Tuning.GradientTimes);
    private static readonly double Tenfold = Math.Log(Tuning.GradientPageTimes);
    private static readonly double WithHighLoss = Math.Log(1 + Tuning.GradientWithHighLoss);

    private readonly RobustLevel _level = new(0.02);
    private readonly LossRule _loss;
    private readonly FindingTracker _explosion;
    private readonly FindingTracker _vanishing;

    /// <param name="loss">Whether the loss follows; judged before.</param>
    public GradientRule(LossRule loss)
        : base("gradient")
    {
        _loss = loss;
        _explosion = Alert(TrainingKind.GradientExplosion, TrainingRole.GradientNorm);
        _vanishing = Alert(TrainingKind.GradientVanishing, TrainingRole.GradientNorm);
    }

    /// <summary>Distance of this row's gradient above its level, as a logarithm; 0 where it isn't above, or isn't known.</summary>
    public double Excess { get; private set; }

    /// <summary>Whether its level is known.</summary>
    public bool IsKnown => _level.IsReady;

    public override void Judge(TrainingRow row, RunPhase phase, FindingReport report)
    {
        if (phase.BreaksFrom(_explosion.IsOpen || _vanishing.IsOpen)) Rebase(report);
        if (phase.IsResume) _level.Rewind(row.Step);
        Excess = 0;
        if (!row.IsPositive(TrainingRole.GradientNorm)) return;
        var value = row[TrainingRole.GradientNorm];
        var log = Math.Log(value);
        _level.Judge(log);
        Excess = Math.Max(0, _level.Last.Excess);
        if (phase.IsWarm && _level.IsReady) Report(report, value);
        if (!_explosion.IsOpen && !_vanishing.IsOpen) _level.Learn(row.Step, log);
    }

    protected override void SaveState(StateWriter state)
    {
        _level.Save(state);
    }

    protected override void LoadState(ref StateReader state)
    {
        _level.Load(ref state);
    }

    private void Report(FindingReport report, double value)
    {
        var expected = Math.Exp(_level.Center);
        var five = _level.Five;
        var seventeen = _level.Seventeen;
        var explosion = Math.Min(five.Deviation / ExplosionScales, five.Excess / Threefold);
        var severity = _loss.Stays && seventeen.Excess >= Tenfold ? AlertSeverity.Critical : AlertSeverity.Warning;
        var follows = !_loss.IsKnown || (_loss.Excess < LossFollows && !_loss.IsHigh);
        var vanishing = follows ? 0 : Math.Min(-seventeen.Deviation / VanishingScales, -seventeen.Excess / (_loss.IsHigh
            ? WithHighLoss
            : Threefold));
        var accepted = _explosion.Observe(report, explosion, severity, value, expected) == AlertChange.Accepted
            | _vanishing.Observe(report, vanishing, AlertSeverity.Warning, value, expected,
                mayAccept: !_explosion.IsOpen) == AlertChange.Accepted;
        if (accepted) Rebase(report);
    }

    private void Rebase(FindingReport report)
    {
        Close(report, AlertChange.Superseded);
        _level.Rebase();
    }
}
