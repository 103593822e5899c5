using LeptonStream.Alerts;
using LeptonStream.Samples;

namespace LeptonStream.Backtest.Training;

/// <summary>One report about a run: an alert opened, or became a page.</summary>
/// <param name="Time">When.</param>
/// <param name="Position">Place in the run, in steps since it began; resumes go on counting, and so does silence in usual steps.</param>
/// <param name="Step">The step.</param>
/// <param name="Kind">Kind of finding, or the name of the detector.</param>
/// <param name="Metric">The metric by its name in the file; <c>*</c> for the run itself.</param>
/// <param name="Severity">Ticket (warning) or page (critical).</param>
/// <param name="Score">1.0 is the line.</param>
internal readonly record struct TrainingAlarm(
    Timestamp Time, double Position, long Step, string Kind, string Metric, AlertSeverity Severity, double Score)
{
    /// <summary>The metric of events about the run itself.</summary>
    public const string Run = "run";

    /// <summary>Its name in alarms.</summary>
    public const string Everything = "*";
}
