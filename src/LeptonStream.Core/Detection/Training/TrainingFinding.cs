using LeptonStream.Alerts;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Samples;

namespace LeptonStream.Detection.Training;

/// <summary>A change of one alert of a run. There is at most one open alert of each kind and role at a time.</summary>
/// <param name="Kind">Kind of finding.</param>
/// <param name="Role">The metric that shows it.</param>
/// <param name="Change">Change by this row: opened, worsened (score doubled or severity rose), recovered, or ended for another
/// reason.</param>
/// <param name="Severity">Severity now: Info for the record, Warning for a ticket, Critical for a page.</param>
/// <param name="Score">The worst score so far; 1.0 is the line. Finite, ≥ 0.</param>
/// <param name="Time">Time of the row, or of the tick, that changed it.</param>
/// <param name="Step">Step of that row.</param>
/// <param name="Onset">Time from which it was suspected.</param>
/// <param name="OnsetStep">Step from which it was suspected.</param>
/// <param name="Value">Measured value in the metric's unit; NaN or infinite where the producer sent that.</param>
/// <param name="Expected">Expected value in the same unit; NaN where there is none.</param>
/// <param name="Number">Its place among all reports of the alert, from 0.</param>
public readonly record struct TrainingFinding(
    TrainingKind Kind,
    TrainingRole Role,
    AlertChange Change,
    AlertSeverity Severity,
    double Score,
    Timestamp Time,
    long Step,
    Timestamp Onset,
    long OnsetStep,
    double Value,
    double Expected,
    int Number)
{
    /// <summary>Of one that recovered, the time from which on it was normal; else null.</summary>
    public Timestamp? NormalSince { get; init; }
}
