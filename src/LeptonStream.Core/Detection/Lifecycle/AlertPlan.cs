using LeptonStream.Detection.Calibration;
using LeptonStream.Detection.Policies;

namespace LeptonStream.Detection.Lifecycle;

/// <summary>How the alerts of one policy live, and room for their numbers, used again and again. Used by one thread.</summary>
/// <param name="timing">Times by which they open, go on and end.</param>
/// <param name="line">The line of their scores, and the one from which on they are critical, as far as the budget allows.</param>
/// <param name="criticalBudget">The time in which one critical alert is allowed.</param>
/// <param name="pageBudget">The time in which their model may have one false page.</param>
/// <param name="modelWarningBudget">The time in which their model may have one false warning.</param>
internal sealed class AlertPlan(
    AlertTiming timing, AlarmLine line, TimeSpan criticalBudget, TimeSpan pageBudget, TimeSpan modelWarningBudget)
{
    private readonly Stack<AlertRecord> _free = [];

    public AlertTiming Timing => timing;

    public AlarmLine Line => line;

    public TimeSpan CriticalBudget => criticalBudget;

    public TimeSpan PageBudget => pageBudget;

    public TimeSpan ModelWarningBudget => modelWarningBudget;

    /// <summary>The plan of the alerts of a policy whose line is given.</summary>
    public static AlertPlan Of(SeriesPolicy policy, AlertTiming timing, AlarmLine line) =>
        new(timing, line, policy.CriticalBudget, policy.PageBudget, policy.ModelWarningBudget);

    /// <summary>Room for the numbers of an alert that was never open.</summary>
    public AlertRecord Rent()
    {
        if (!_free.TryPop(out var record)) return new();
        record.Numbers = AlertNumbers.Quiet;
        return record;
    }

    /// <summary>Takes the room of an alert back that has nothing to remember.</summary>
    public void Return(AlertRecord record) => _free.Push(record);
}

/// <summary>The numbers of an alert that has something to remember.</summary>
internal sealed class AlertRecord
{
    public AlertNumbers Numbers = AlertNumbers.Quiet;
}
