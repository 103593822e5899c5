using LeptonStream.Detection.Calibration;
using LeptonStream.Detection.Pages;

namespace LeptonStream.Detection.Lifecycle;

/// <content>The budgets that a critical alert and a warning need room in: that of the series, and those of the model.</content>
public sealed partial class AlertLifecycle
{
    // The score with which its model's page budget was asked last; null where it was not.
    private double? AskedForPage => Numbers.IsHeld ? Math.Max(Numbers.Refused, Numbers.Corroborated) : null;

    // Asked once for each height: a long alert must not wear the budget's patience out sample by sample.
    private bool TakeFromBudget(in AlertSignal signal)
    {
        var before = AskedForPage;
        Numbers.Refused = Numbers.Worst;
        if (!Numbers.Critical.TryTake(signal.Time, _plan.CriticalBudget)) return false;
        if (IsAdmitted(signal, Numbers.Worst, before)) return true;
        Numbers.Critical.Return();
        return false;
    }

    // The score before is the one with which it asked last; null where it did not.
    private bool IsAdmitted(in AlertSignal signal, double score, double? before)
    {
        if (signal.Entity?.Model is not { } model) return true;
        var line = LineOf(signal);
        Numbers.IsHeld = !model.AdmitsPage(signal.Time, Decades(score), before is { } then ? Decades(then) : null, _plan.PageBudget);
        return !Numbers.IsHeld;

        double Decades(double of) =>
            Math.Log10(_plan.CriticalBudget / _plan.PageBudget) + line.DecadesOf(of) - line.DecadesOf(line.CriticalScore);
    }

    private bool IsAdmittedAsWarning(in AlertSignal signal, double? before)
    {
        if (signal.IsFact || signal.Entity?.Model is not { } model) return true;
        var line = LineOf(signal);
        var (decades, then) = (Decades(Numbers.Worst), before is { } score ? Decades(score) : (double?)null);
        if (ModelBudget.IsHigher(decades, then)) return model.AdmitsWarning(signal.Time, decades, then, _plan.ModelWarningBudget);
        // Others may have joined it.
        return signal.Time - OpenedAt <= ModelBudget.Window && model.AdmitsWarningAfterAll(signal.Time, decades, _plan.ModelWarningBudget);

        double Decades(double of) => Math.Log10(line.Budget / _plan.ModelWarningBudget) + line.DecadesOf(of);
    }

    private AlarmLine LineOf(in AlertSignal signal) => signal.Line ?? _plan.Line;
}
