using LeptonStream.Alerts;
using LeptonStream.State;

namespace LeptonStream.Detection.Training.Rules;

/// <summary>
/// Losses and norms that are no finite numbers. Weights that are not finite page at once: nothing heals them. A loss or gradient that
/// overflows while the weights are known to be finite was skipped by the trainer and is a ticket, until it lasts; while a run warms up its
/// gradients may overflow, for loss scaling looks for its scale.
/// </summary>
internal sealed class NonFiniteRule : TrainingRule
{
    private const double Score = 3;
    private static readonly TrainingTuning Tuning = TrainingTuning.Default;
    private static readonly int PageRows = Tuning.NonFiniteRows;
    private static readonly int PageRowsWithoutNorm = Tuning.NonFiniteRowsWithoutNorm;

    private static readonly TrainingRole[] Roles =
    [
        TrainingRole.Loss, TrainingRole.GradientNorm, TrainingRole.ParameterNorm, TrainingRole.UpdateNorm, TrainingRole.EvaluationLoss,
        TrainingRole.LearningRate,
    ];

    private readonly FindingTracker[] _alerts;
    private readonly int[] _rows = new int[Roles.Length];

    public NonFiniteRule()
        : base("non-finite") =>
        _alerts = [.. Roles.Select(role => Alert(TrainingKind.NonFinite, role, TimingOf(role)))];

    /// <summary>Whether the run is known to be broken for good.</summary>
    public bool IsBroken { get; private set; }

    public override void JudgeRest(TrainingRow row, RunPhase phase, FindingReport report)
    {
        var wasBroken = IsBroken;
        Judge(row, phase, report);
        IsBroken |= wasBroken;
    }

    public override void Judge(TrainingRow row, RunPhase phase, FindingReport report)
    {
        var hasNorm = row.Has(TrainingRole.ParameterNorm);
        var weightsBroken = hasNorm && !double.IsFinite(row[TrainingRole.ParameterNorm]);
        var broken = weightsBroken;
        for (var i = 0; i < Roles.Length; i++)
        {
            if (!row.Has(Roles[i])) continue;
            var value = row[Roles[i]];
            var isBad = !double.IsFinite(value);
            _rows[i] = isBad ? _rows[i] + 1 : 0;
            var lasts = _rows[i] >= (hasNorm ? PageRows : PageRowsWithoutNorm);
            broken |= isBad && lasts;
            var severity = weightsBroken || lasts ? AlertSeverity.Critical
                : Roles[i] == TrainingRole.GradientNorm && !phase.IsWarm ? AlertSeverity.Info : AlertSeverity.Warning;
            _alerts[i].Observe(report, isBad ? Score : 0, severity, value, double.NaN);
        }

        IsBroken = broken;
    }

    protected override void SaveState(StateWriter state)
    {
        foreach (var rows in _rows) state.Write(rows);
        state.Write(IsBroken);
    }

    protected override void LoadState(ref StateReader state)
    {
        for (var i = 0; i < _rows.Length; i++) _rows[i] = state.ReadCount(int.MaxValue);
        IsBroken = state.ReadBoolean();
    }

    private static FindingTiming TimingOf(TrainingRole role) =>
        role == TrainingRole.EvaluationLoss ? FindingTiming.Rows(1) with { MayBeAccepted = false } : FindingTiming.Grave;
}
